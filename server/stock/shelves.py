"""The shelves that a batch touches: read once, changed in memory move by move, written back once.

`plan` works out what moves do and changes nothing; `accept` takes a plan over once its rows are written, so that a
savepoint that is rolled back leaves no trace here either. On PostgreSQL the balances are locked in order of their key,
so two terminals that sell the same goods wait for each other and never deadlock.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.core.ids import new_id
from server.core.transaction import connection
from server.stock import costing
from server.stock.models import (
    Balance,
    CostCorrection,
    CostLayer,
    LayerSettlement,
    LayerTake,
    StockMove,
)

Key = tuple[int, int]
"""Item and warehouse."""

BALANCE, LAYER, TAKE, MOVE = (model.__table__ for model in (Balance, CostLayer, LayerTake, StockMove))
SETTLED = "settled_negative_stock"


@dataclass(frozen=True, slots=True)
class Cause:
    """The line of a document that moves goods."""

    kind: str
    id: uuid.UUID
    line: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """Goods to move: out (negative) or in (positive), with the value that comes in.

    No value: back at the last known cost. `is_receipt`: the value becomes the last known cost.
    """

    item_id: int
    warehouse_id: int
    branch_id: int
    quantity_milli: int
    cause: Cause
    business_day: str
    moved_at: int
    value_minor: int | None = None
    is_receipt: bool = False

    @property
    def key(self) -> Key:
        """The shelf that it touches."""
        return (self.item_id, self.warehouse_id)


@dataclass(slots=True)
class Plan:
    """What some moves do: the value of each, what went below zero, the shelves after it, and the rows to insert."""

    values: list[int] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)
    shelves: dict[Key, costing.Shelf] = field(default_factory=dict)
    counts: dict[Key, int] = field(default_factory=dict)
    layers: dict[uuid.UUID, costing.Layer] = field(default_factory=dict)
    owed: dict[uuid.UUID, int] = field(default_factory=dict)
    causes: dict[uuid.UUID, Cause] = field(default_factory=dict)
    rows: dict[type, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            model: [] for model in (StockMove, CostLayer, LayerTake, LayerSettlement, CostCorrection)
        }
    )

    def write(self) -> None:
        """Insert the rows."""
        core = connection()
        for model, found in self.rows.items():
            if found:
                core.execute(sa.insert(model.__table__), found)  # type: ignore[attr-defined]


class Shelves:
    """Some shelves of the tenant, held until `close`."""

    def __init__(self, keys: Iterable[Key]) -> None:
        wanted = sorted(set(keys))
        rows = _locked_balances(wanted)
        owing = [key for key, row in rows.items() if row.quantity_milli < 0]
        owed, self._causes = _owed(owing)
        layers = _layers(wanted)
        self._shelves = {
            key: costing.Shelf(layers.get(key, ()), owed.get(key, ()), row.last_cost_minor, row.last_cost_milli)
            for key, row in rows.items()
        }
        self._counts = {key: row.layers for key, row in rows.items()}
        self._touched: set[Key] = set()
        self._layers: dict[uuid.UUID, costing.Layer] = {}
        self._owed: dict[uuid.UUID, int] = {}

    def last_cost(self, key: Key, quantity_milli: int) -> int:
        """The value of a quantity at the last known cost of a shelf."""
        return costing.at_last_cost(self._shelves[key], quantity_milli)

    def knows_cost(self, key: Key) -> bool:
        """Whether anything with a cost ever came to a shelf."""
        return self._shelves[key].last_milli > 0

    def plan(self, moves: Sequence[Move]) -> Plan:
        """Work out some moves in their order; nothing is changed yet."""
        plan = Plan()
        for index, move in enumerate(moves):
            shelf = plan.shelves.get(move.key) or self._shelves[move.key]
            if move.quantity_milli < 0:
                self._issue(plan, index, move, shelf)
            else:
                self._bring(plan, move, shelf)
        return plan

    def accept(self, plan: Plan) -> None:
        """The rows of a plan are written: what it says is so from now on."""
        self._shelves.update(plan.shelves)
        self._counts.update(plan.counts)
        self._causes.update(plan.causes)
        self._layers.update(plan.layers)
        self._owed.update(plan.owed)
        self._touched.update(plan.shelves)

    def close(self) -> None:
        """Write back what layers, takes and balances have become."""
        core = connection()
        if self._layers:
            core.execute(
                _LAYER_UPDATE,
                [{"layer": id, "milli": one.left_milli, "minor": one.left_minor} for id, one in self._layers.items()],
            )
        if self._owed:
            core.execute(
                _TAKE_UPDATE,
                [{"take": id, "owed": left} for id, left in self._owed.items()],
            )
        if self._touched:
            core.execute(_BALANCE_UPDATE, [self._balance(key) for key in sorted(self._touched)])
        self._layers, self._owed, self._touched = {}, {}, set()

    def _issue(self, plan: Plan, index: int, move: Move, shelf: costing.Shelf) -> None:
        move_id, provisional_id = new_id(), new_id()
        issued = costing.issue(shelf, -move.quantity_milli, provisional_id=provisional_id)
        plan.shelves[move.key] = issued.shelf
        plan.layers.update({layer.id: layer for layer in issued.changed})
        plan.values.append(issued.value_minor)
        plan.rows[StockMove].append(_move_row(move_id, move, -issued.value_minor))
        for take in issued.takes:
            plan.rows[LayerTake].append(_take_row(move_id, provisional_id, take))
            if take.layer_id is None:
                plan.short[index] = take.quantity_milli
                plan.causes[provisional_id] = move.cause

    def _bring(self, plan: Plan, move: Move, shelf: costing.Shelf) -> None:
        value = move.value_minor
        if value is None:
            value = costing.at_last_cost(shelf, move.quantity_milli)
        count = plan.counts.get(move.key, self._counts[move.key]) + 1
        bring = costing.receive if move.is_receipt else costing.put_back
        receipt = bring(shelf, move.quantity_milli, value, layer_id=new_id(), position=count)
        move_id = new_id()
        plan.shelves[move.key], plan.counts[move.key] = receipt.shelf, count
        plan.values.append(value)
        plan.rows[StockMove].append(_move_row(move_id, move, value))
        plan.rows[CostLayer].append(_layer_row(move_id, move, value, receipt.layer))
        for settlement in receipt.settlements:
            self._settle(plan, move, settlement, shelf)

    def _settle(self, plan: Plan, move: Move, settlement: costing.Settlement, before: costing.Shelf) -> None:
        owed = next(one for one in before.owed if one.take_id == settlement.take_id)
        plan.owed[owed.take_id] = owed.left_milli - settlement.quantity_milli
        plan.rows[LayerSettlement].append(
            {
                "take_id": settlement.take_id,
                "layer_id": settlement.layer_id,
                "quantity_milli": settlement.quantity_milli,
                "value_minor": settlement.value_minor,
            }
        )
        if settlement.correction_minor:
            cause = plan.causes.get(owed.take_id) or self._causes[owed.take_id]
            _correct(plan, move, cause, settlement.correction_minor)

    def _balance(self, key: Key) -> dict[str, Any]:
        shelf = self._shelves[key]
        return {
            "item": key[0],
            "warehouse": key[1],
            "milli": shelf.quantity_milli,
            "minor": shelf.value_minor,
            "last_minor": shelf.last_minor,
            "last_milli": shelf.last_milli,
            "count": self._counts[key],
        }


_ITEMS: sa.BindParameter[list[int]] = sa.bindparam("items", expanding=True)
_WAREHOUSE: sa.BindParameter[int] = sa.bindparam("warehouse")
_BALANCES = (
    sa.select(BALANCE)
    .where(BALANCE.c.warehouse_id == _WAREHOUSE, BALANCE.c.item_id.in_(_ITEMS))
    .order_by(BALANCE.c.item_id)
    .with_for_update()
)
# The zero is a literal, so that the partial indexes of what is left and what is owed are taken.
_LAYERS = (
    sa.select(LAYER.c.item_id, LAYER.c.id, LAYER.c.position, LAYER.c.left_milli, LAYER.c.left_minor)
    .where(LAYER.c.warehouse_id == _WAREHOUSE, LAYER.c.item_id.in_(_ITEMS))
    .where(LAYER.c.left_milli > sa.literal_column("0"))
    .order_by(LAYER.c.position)
)
_OWED = (
    sa.select(TAKE.c.id, TAKE.c.quantity_milli, TAKE.c.value_minor, TAKE.c.owed_milli, MOVE.c.item_id)
    .add_columns(MOVE.c.source_kind, MOVE.c.source_id, MOVE.c.source_line)
    .join(MOVE, MOVE.c.id == TAKE.c.move_id)
    .where(TAKE.c.owed_milli > sa.literal_column("0"))
    .where(MOVE.c.warehouse_id == _WAREHOUSE, MOVE.c.item_id.in_(_ITEMS))
    .order_by(TAKE.c.id)
)
_LAYER_UPDATE = (
    sa.update(LAYER)
    .where(LAYER.c.id == sa.bindparam("layer"))
    .values(left_milli=sa.bindparam("milli"), left_minor=sa.bindparam("minor"))
)
_TAKE_UPDATE = sa.update(TAKE).where(TAKE.c.id == sa.bindparam("take")).values(owed_milli=sa.bindparam("owed"))
_BALANCE_UPDATE = (
    sa.update(BALANCE)
    .where(BALANCE.c.item_id == sa.bindparam("item"), BALANCE.c.warehouse_id == sa.bindparam("warehouse"))
    .values(
        quantity_milli=sa.bindparam("milli"),
        value_minor=sa.bindparam("minor"),
        last_cost_minor=sa.bindparam("last_minor"),
        last_cost_milli=sa.bindparam("last_milli"),
        layers=sa.bindparam("count"),
    )
)


def _move_row(move_id: uuid.UUID, move: Move, value_minor: int) -> dict[str, Any]:
    return {
        "id": move_id,
        "item_id": move.item_id,
        "warehouse_id": move.warehouse_id,
        "quantity_milli": move.quantity_milli,
        "value_minor": value_minor,
        "source_kind": move.cause.kind,
        "source_id": move.cause.id,
        "source_line": move.cause.line,
        "branch_id": move.branch_id,
        "business_day": move.business_day,
        "moved_at": move.moved_at,
    }


def _take_row(move_id: uuid.UUID, provisional_id: uuid.UUID, take: costing.Take) -> dict[str, Any]:
    is_provisional = take.layer_id is None
    return {
        "id": provisional_id if is_provisional else new_id(),
        "move_id": move_id,
        "layer_id": take.layer_id,
        "quantity_milli": take.quantity_milli,
        "value_minor": take.value_minor,
        "owed_milli": take.quantity_milli if is_provisional else 0,
    }


def _layer_row(move_id: uuid.UUID, move: Move, value_minor: int, layer: costing.Layer) -> dict[str, Any]:
    return {
        "id": layer.id,
        "item_id": move.item_id,
        "warehouse_id": move.warehouse_id,
        "position": layer.position,
        "quantity_milli": move.quantity_milli,
        "value_minor": value_minor,
        "left_milli": layer.left_milli,
        "left_minor": layer.left_minor,
        "move_id": move_id,
    }


def _correct(plan: Plan, move: Move, cause: Cause, amount_minor: int) -> None:
    """The difference to the provisional cost: a correction of the sale's cost, and its move without goods."""
    move_id = new_id()
    plan.rows[StockMove].append(_move_row(move_id, replace(move, quantity_milli=0), -amount_minor))
    plan.rows[CostCorrection].append(
        {
            "id": new_id(),
            "move_id": move_id,
            "business_day": move.business_day,
            "branch_id": move.branch_id,
            "item_id": move.item_id,
            "amount_minor": amount_minor,
            "source_kind": cause.kind,
            "source_id": cause.id,
            "source_line": cause.line,
            "cause": SETTLED,
        }
    )


def _locked_balances(keys: Sequence[Key]) -> dict[Key, sa.Row[Any]]:
    found = _balances(keys)
    missing = [key for key in keys if key not in found]
    if missing:
        _make_balances(missing)
        found.update(_balances(missing))
    return found


def _balances(keys: Sequence[Key]) -> dict[Key, sa.Row[Any]]:
    found = {}
    for warehouse_id, items in _by_warehouse(keys).items():
        for row in connection().execute(_BALANCES, {"warehouse": warehouse_id, "items": items}):
            found[row.item_id, row.warehouse_id] = row
    return found


def _make_balances(keys: Sequence[Key]) -> None:
    core = connection()
    insert = postgresql.insert if core.dialect.name == "postgresql" else sqlite.insert
    empty = {"quantity_milli": 0, "value_minor": 0, "last_cost_minor": 0, "last_cost_milli": 0, "layers": 0}
    rows = [{"item_id": item, "warehouse_id": warehouse} | empty for item, warehouse in keys]
    core.execute(insert(BALANCE).on_conflict_do_nothing(), rows)


def _layers(keys: Sequence[Key]) -> Mapping[Key, tuple[costing.Layer, ...]]:
    found: dict[Key, list[costing.Layer]] = {}
    for warehouse_id, items in _by_warehouse(keys).items():
        rows = connection().execute(_LAYERS, {"warehouse": warehouse_id, "items": items})
        for item_id, id, position, milli, minor in rows:
            found.setdefault((item_id, warehouse_id), []).append(costing.Layer(id, position, milli, minor))
    return {key: tuple(layers) for key, layers in found.items()}


def _owed(keys: Collection[Key]) -> tuple[dict[Key, tuple[costing.Owed, ...]], dict[uuid.UUID, Cause]]:
    """What shelves below zero owe, oldest first, and the document lines that it left with."""
    found: dict[Key, list[costing.Owed]] = {}
    causes: dict[uuid.UUID, Cause] = {}
    for warehouse_id, items in _by_warehouse(keys).items():
        rows = connection().execute(_OWED, {"warehouse": warehouse_id, "items": items})
        for id, milli, minor, owed, item_id, kind, source, line in rows:
            found.setdefault((item_id, warehouse_id), []).append(costing.Owed(id, milli, minor, milli - owed))
            causes[id] = Cause(kind, source, line)
    return {key: tuple(rows) for key, rows in found.items()}, causes


def _by_warehouse(keys: Iterable[Key]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for item_id, warehouse_id in keys:
        grouped.setdefault(warehouse_id, []).append(item_id)
    return grouped
