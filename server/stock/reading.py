"""Balances, layers and what is owed of many shelves, with one query each for a warehouse.

On PostgreSQL balances are locked in the order of their key; a missing one is made first, so that it can be locked.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.core.questions import Answer, Question
from server.core.transaction import connection
from server.stock import costing
from server.stock.models import Balance, CostLayer, LayerTake, StockMove
from server.stock.moving import Cause, Key

BALANCE, LAYER, TAKE, MOVE = (model.__table__ for model in (Balance, CostLayer, LayerTake, StockMove))
_ITEMS: sa.BindParameter[list[int]] = sa.bindparam("items", expanding=True)
_WAREHOUSE: sa.BindParameter[int] = sa.bindparam("warehouse")
_BALANCES = Question(
    sa.select(BALANCE)
    .where(BALANCE.c.warehouse_id == _WAREHOUSE, BALANCE.c.item_id.in_(_ITEMS))
    .order_by(BALANCE.c.item_id)
    .with_for_update()
)
# The zero is a literal, so that the partial indexes of what is left and what is owed are taken.
_LAYERS = Question(
    sa.select(LAYER.c.item_id, LAYER.c.id, LAYER.c.position, LAYER.c.left_milli, LAYER.c.left_minor)
    .where(LAYER.c.warehouse_id == _WAREHOUSE, LAYER.c.item_id.in_(_ITEMS))
    .where(LAYER.c.left_milli > sa.literal_column("0"))
    .order_by(LAYER.c.position)
)
_OWED = Question(
    sa.select(TAKE.c.id, TAKE.c.quantity_milli, TAKE.c.value_minor, TAKE.c.owed_milli, MOVE.c.item_id)
    .add_columns(MOVE.c.source_kind, MOVE.c.source_id, MOVE.c.source_line)
    .join(MOVE, MOVE.c.id == TAKE.c.move_id)
    .where(TAKE.c.owed_milli > sa.literal_column("0"))
    .where(MOVE.c.warehouse_id == _WAREHOUSE, MOVE.c.item_id.in_(_ITEMS))
    .order_by(TAKE.c.id)
)


@dataclass(slots=True)
class Asked:
    """Shelves that were asked for: the balances of each warehouse, to be held until the transaction ends, and then the
    layers, so that nobody changes them in between."""

    keys: Sequence[Key]
    answers: list[tuple[int, Answer, Answer]]

    @classmethod
    def of(cls, keys: Iterable[Key]) -> "Asked":
        """Ask for some shelves."""
        wanted = sorted(set(keys))
        return cls(wanted, [_ask(*group) for group in _by_warehouse(wanted)])

    def look(self) -> "tuple[dict[Key, Any], dict[Key, tuple[costing.Layer, ...]]]":
        """The balance of each shelf, made where there was none, and the layers with something left, oldest first."""
        balances = self._balances()
        missing = [key for key in self.keys if key not in balances]
        if missing:
            _make_balances(missing)
            # Another one may have made them, and filled them: all is read again.
            self.answers = [_ask(*group) for group in _by_warehouse(self.keys)]
            balances = self._balances()
        return balances, self._layers()

    def _balances(self) -> dict[Key, Any]:
        return {(row.item_id, row.warehouse_id): row for _, balances, _ in self.answers for row in balances.rows}

    def _layers(self) -> dict[Key, tuple[costing.Layer, ...]]:
        found: dict[Key, list[costing.Layer]] = {}
        for warehouse_id, _, layers in self.answers:
            for item_id, id, position, milli, minor in layers.rows:
                found.setdefault((item_id, warehouse_id), []).append(costing.Layer(id, position, milli, minor))
        return {key: tuple(layers) for key, layers in found.items()}


def owed(keys: Collection[Key]) -> tuple[dict[Key, tuple[costing.Owed, ...]], dict[uuid.UUID, Cause]]:
    """What shelves below zero owe, oldest first, and the document lines that it left with."""
    found: dict[Key, list[costing.Owed]] = {}
    causes: dict[uuid.UUID, Cause] = {}
    for warehouse_id, items in _by_warehouse(keys):
        for id, milli, minor, owed, item_id, kind, source, line in _OWED.rows(warehouse=warehouse_id, items=items):
            found.setdefault((item_id, warehouse_id), []).append(costing.Owed(id, milli, minor, milli - owed))
            causes[id] = Cause(kind, source, line)
    return {key: tuple(rows) for key, rows in found.items()}, causes


def _ask(warehouse_id: int, items: list[int]) -> tuple[int, Answer, Answer]:
    about = {"warehouse": warehouse_id, "items": items}
    return warehouse_id, _BALANCES.ask(**about), _LAYERS.ask(**about)


def _make_balances(keys: Sequence[Key]) -> None:
    core = connection()
    insert = postgresql.insert if core.dialect.name == "postgresql" else sqlite.insert
    empty = {"quantity_milli": 0, "value_minor": 0, "last_cost_minor": 0, "last_cost_milli": 0, "layers": 0}
    rows = [{"item_id": item, "warehouse_id": warehouse} | empty for item, warehouse in keys]
    core.execute(insert(BALANCE).on_conflict_do_nothing(), rows)


def _by_warehouse(keys: Iterable[Key]) -> list[tuple[int, list[int]]]:
    grouped: dict[int, list[int]] = {}
    for item_id, warehouse_id in keys:
        grouped.setdefault(warehouse_id, []).append(item_id)
    return sorted(grouped.items())
