"""Balances, layers and what is owed of many shelves, with one query each.

On PostgreSQL balances are locked in the order of their key; a missing one is made first, so that it can be locked.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.core.transaction import connection
from server.stock import costing
from server.stock.models import Balance, CostLayer, LayerTake, StockMove
from server.stock.moving import Cause, Key

BALANCE, LAYER, TAKE, MOVE = (model.__table__ for model in (Balance, CostLayer, LayerTake, StockMove))
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


def locked_balances(keys: Sequence[Key]) -> dict[Key, sa.Row[Any]]:
    """The balance of each shelf, held until the transaction ends."""
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


def layers(keys: Sequence[Key]) -> Mapping[Key, tuple[costing.Layer, ...]]:
    """The layers with something left, oldest first."""
    found: dict[Key, list[costing.Layer]] = {}
    for warehouse_id, items in _by_warehouse(keys).items():
        rows = connection().execute(_LAYERS, {"warehouse": warehouse_id, "items": items})
        for item_id, id, position, milli, minor in rows:
            found.setdefault((item_id, warehouse_id), []).append(costing.Layer(id, position, milli, minor))
    return {key: tuple(layers) for key, layers in found.items()}


def owed(keys: Collection[Key]) -> tuple[dict[Key, tuple[costing.Owed, ...]], dict[uuid.UUID, Cause]]:
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
