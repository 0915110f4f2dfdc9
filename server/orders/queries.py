"""Reads of open orders."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from server.core.errors import NotFound
from server.core.transaction import session
from server.orders.models import OpenOrder, OrderLease, OrderLine, OrderOperation
from server.sales.models import SaleLine

IN_AT_MOST = 10_000
OPEN_AT_MOST = 1_000
"""Open orders of a branch that a terminal is given; a shop with more has forgotten to pay or drop them."""

_COLUMNS = tuple(
    OrderOperation.__table__.c[name] for name in ("id", "order_id", "kind", "terminal_id", "person_id", "hlc", "body")
)
Row = dict[str, Any]


def operations_by_id(ids: Collection[str]) -> list[Row]:
    """Operations as the feed says them."""
    wanted, found = [uuid.UUID(id) for id in ids], []
    for start in range(0, len(wanted), IN_AT_MOST):
        found += _operations(OrderOperation.id.in_(wanted[start : start + IN_AT_MOST]))
    return found


def operations_of_open_orders(branch_id: int) -> list[Row]:
    """The operations of every open order of a branch, the newest orders first where there are too many."""
    newest = sa.select(OpenOrder.id).where(OpenOrder.branch_id == branch_id, OpenOrder.is_open)
    return _operations(OrderOperation.order_id.in_(newest.order_by(OpenOrder.opened_at.desc()).limit(OPEN_AT_MOST)))


def operations_of(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row]]:
    """The operations of some orders, by order."""
    found: dict[uuid.UUID, list[Row]] = defaultdict(list)
    for row in _operations(OrderOperation.order_id.in_(list(order_ids))):
        found[uuid.UUID(row["order_id"])].append(row)
    return found


def count_of(order_id: uuid.UUID) -> int:
    """How many operations an order has."""
    query = sa.select(sa.func.count()).where(OrderOperation.order_id == order_id)
    return session().execute(query).scalar_one()


def additions_of(line_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OrderOperation]:
    """The operations that put some lines on their orders, by line."""
    query = sa.select(OrderOperation).where(OrderOperation.line_id.in_(list(line_ids)))
    query = query.where(OrderOperation.kind == "order_line_add").order_by(OrderOperation.hlc.desc())
    return {row.line_id: row for row in session().scalars(query) if row.line_id is not None}


def paid_lines(sale_id: uuid.UUID) -> Sequence[Any]:
    """The lines of a sale that pay lines of open orders: position, origin_id, quantity_milli."""
    line = SaleLine.__table__.c
    query = sa.select(line.position, line.origin_id, line.quantity_milli).order_by(line.position)
    query = query.where(line.sale_id == sale_id, line.origin_id.is_not(None), line.quantity_milli > 0)
    return session().execute(query).all()


def open_order(order_id: uuid.UUID) -> OpenOrder:
    """An order. Raises NotFound."""
    row = session().get(OpenOrder, order_id)
    if row is None:
        raise NotFound("no such order")
    return row


def open_orders(branch_ids: Collection[int] | None, *, limit: int) -> Sequence[OpenOrder]:
    """Open orders of some branches (none: all), the oldest first."""
    query = sa.select(OpenOrder).where(OpenOrder.is_open)
    if branch_ids is not None:
        query = query.where(OpenOrder.branch_id.in_(branch_ids))
    return session().scalars(query.order_by(OpenOrder.opened_at, OpenOrder.id).limit(limit)).all()


def lines_of(order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[OrderLine]]:
    """The lines of some orders, in their order."""
    found: dict[uuid.UUID, list[OrderLine]] = defaultdict(list)
    query = sa.select(OrderLine).where(OrderLine.order_id.in_(list(order_ids)))
    for line in session().scalars(query.order_by(OrderLine.order_id, OrderLine.position)):
        found[line.order_id].append(line)
    return found


def leases_of(order_ids: Collection[uuid.UUID], now: int) -> dict[uuid.UUID, OrderLease]:
    """The leases that still hold, by order."""
    query = sa.select(OrderLease).where(OrderLease.order_id.in_(list(order_ids)), OrderLease.until_at > now)
    return {lease.order_id: lease for lease in session().scalars(query)}


def _operations(condition: sa.ColumnElement[bool]) -> list[Row]:
    query = sa.select(*_COLUMNS).where(condition).order_by(OrderOperation.hlc, OrderOperation.id)
    return [
        {**row, "id": str(row["id"]), "order_id": str(row["order_id"])} for row in session().execute(query).mappings()
    ]
