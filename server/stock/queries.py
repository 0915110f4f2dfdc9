"""Reads of stock: what is on hand, and the moves that made it so."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.catalog import queries as catalog
from server.catalog.models import Item, Unit
from server.core import actor, paging
from server.core.transaction import session
from server.stock.models import Balance, CostCorrection, CostLayer, StockEntry, StockMove
from server.stores import queries as stores
from server.stores.models import Warehouse
from server.values.folding import search_key

ENTRY_KINDS = ("opening", "adjustment")
ORDER = [(Item.sort_key, False), (Item.id, False)]


def stock_on_hand(item_id: int, warehouse_id: int) -> int:
    """Thousandths of an item in a warehouse; negative while more was sold than was booked in."""
    return (
        session().scalar(
            sa.select(Balance.quantity_milli).where(Balance.item_id == item_id, Balance.warehouse_id == warehouse_id)
        )
        or 0
    )


def warehouses() -> list[Warehouse]:
    """The warehouses of the branches in which the actor works."""
    who = actor.current()
    return [warehouse for warehouse in stores.warehouses() if who.sees_branch(warehouse.branch_id)]


def balances(
    *, warehouse_id: int, q: str = "", below_zero: bool = False, limit: int = 50, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of every item that is sold, in the order of names, with what a warehouse has of it."""
    query = (
        sa.select(
            Item.id.label("item_id"),
            Item.name,
            Item.sku,
            Unit.code.label("unit"),
            sa.func.coalesce(Balance.quantity_milli, 0).label("quantity_milli"),
            sa.func.coalesce(Balance.value_minor, 0).label("value_minor"),
            sa.func.coalesce(Balance.last_cost_minor, 0).label("last_cost_minor"),
            sa.func.coalesce(Balance.last_cost_milli, 0).label("last_cost_milli"),
        )
        .join(Unit, Unit.id == Item.unit_id)
        .outerjoin(Balance, sa.and_(Balance.item_id == Item.id, Balance.warehouse_id == warehouse_id))
        .where(sa.or_(Item.archived_at.is_(None), Balance.quantity_milli != 0))
    )
    for word in search_key(q).split():
        query = query.where(Item.search_key.contains(word, autoescape=True))
    if below_zero:
        query = query.where(Balance.quantity_milli < 0)
    rows, following = paging.page(query, ORDER, limit=limit, cursor=cursor, scalars=False)
    return [_seen(dict(zip(BALANCE_FIELDS, row, strict=True))) for row in rows], following


BALANCE_FIELDS = (
    "item_id", "name", "sku", "unit", "quantity_milli", "value_minor", "last_cost_minor", "last_cost_milli",
)  # fmt: skip


def on_hand(item_id: int) -> list[dict[str, Any]]:
    """What each of the actor's warehouses has of an item. Raises NotFound."""
    catalog.item(item_id)
    query = sa.select(Balance).where(Balance.item_id == item_id)
    held = {row.warehouse_id: row for row in session().scalars(query)}
    names = ("quantity_milli", "value_minor", "last_cost_minor", "last_cost_milli")
    return [
        _seen({"warehouse_id": warehouse.id} | {name: getattr(held.get(warehouse.id), name, 0) for name in names})
        for warehouse in warehouses()
    ]


def moves(
    item_id: int, *, warehouse_id: int, limit: int = 50, cursor: str | None = None
) -> tuple[list[Any], str | None]:
    """A page of an item's moves in a warehouse, newest first. Raises NotFound."""
    catalog.item(item_id)
    query = sa.select(StockMove).where(StockMove.item_id == item_id, StockMove.warehouse_id == warehouse_id)
    rows, following = paging.page(query, [(StockMove.moved_at, True), (StockMove.id, True)], limit=limit, cursor=cursor)
    reasons = _reasons({row.source_id for row in rows if row.source_kind in ENTRY_KINDS})
    return [_seen(_move(row) | {"reason": reasons.get(row.source_id)}) for row in rows], following


def layers(item_id: int, warehouse_id: int) -> list[CostLayer]:
    """The layers of an item that are not used up, oldest first."""
    query = sa.select(CostLayer).where(CostLayer.item_id == item_id, CostLayer.warehouse_id == warehouse_id)
    return list(session().scalars(query.where(CostLayer.left_milli > 0).order_by(CostLayer.position)))


def corrections_of(source_id: uuid.UUID) -> dict[int | None, int]:
    """What became known later of the cost of a document's lines, by line, in minor units."""
    query = sa.select(CostCorrection.source_line, sa.func.sum(CostCorrection.amount_minor))
    query = query.where(CostCorrection.source_id == source_id).group_by(CostCorrection.source_line)
    return {line: int(amount) for line, amount in session().execute(query)}


def _reasons(entry_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = sa.select(StockEntry.id, StockEntry.reason).where(StockEntry.id.in_(entry_ids))
    return {entry_id: reason for entry_id, reason in session().execute(query)}


def _move(row: StockMove) -> dict[str, Any]:
    return {
        "id": row.id,
        "quantity_milli": row.quantity_milli,
        "value_minor": row.value_minor,
        "source_kind": row.source_kind,
        "source_id": row.source_id,
        "source_line": row.source_line,
        "business_day": row.business_day,
        "moved_at": row.moved_at,
    }


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    """A row without its costs, unless the actor may see them."""
    if not actor.current().may("stock.see_cost"):
        for name in ("value_minor", "last_cost_minor", "last_cost_milli"):
            if name in row:
                row[name] = None
    return row
