"""The projections of open orders: rows written anew from a folded order, small and never out of step."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.core.transaction import session
from server.orders.fold import Order
from server.orders.fold import OrderLine as FoldedLine
from server.orders.models import OpenOrder, OrderLine
from server.values import hlc
from server.values.money import line_amount


def project(orders: Mapping[uuid.UUID, Order]) -> None:
    """Write orders and their lines as they are folded. Repeats: safe."""
    if not orders:
        return
    ids = list(orders)
    session().execute(sa.delete(OrderLine).where(OrderLine.order_id.in_(ids)))
    session().execute(sa.delete(OpenOrder).where(OpenOrder.id.in_(ids)))
    session().execute(sa.insert(OpenOrder), [_order(order_id, order) for order_id, order in orders.items()])
    lines = [_line(order_id, line) for order_id, order in orders.items() for line in order.lines]
    if lines:
        session().execute(sa.insert(OrderLine), lines)


def _order(order_id: uuid.UUID, order: Order) -> dict[str, Any]:
    return {
        "id": order_id,
        "branch_id": order.branch_id,
        "kind": order.kind,
        "name": order.name,
        "is_open": order.is_open,
        "lines": len(order.lines),
        "total_minor": sum(_left_minor(line) for line in order.lines),
        "opened_at": hlc.parse(order.opened_hlc).ms,
        "opened_by": order.opened_by,
        "changed_at": hlc.parse(order.changed_hlc).ms,
    }


def _line(order_id: uuid.UUID, line: FoldedLine) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "line_id": uuid.UUID(line.line_id),
        "position": line.position,
        "item_id": line.added.get("item_id"),
        "name": line.added.get("name", ""),
        "quantity_milli": line.quantity_milli,
        "voided_milli": line.voided_milli,
        "paid_milli": line.paid_milli,
        "left_milli": line.left_milli,
        "unit_price_minor": line.added.get("unit_price_minor"),
        "note": line.note,
    }


def _left_minor(line: FoldedLine) -> int:
    return line_amount(quantity_milli=line.left_milli, unit_price_minor=line.added.get("unit_price_minor") or 0)
