"""Open orders put together for an answer: one query for the orders, one for their lines, one for the leases."""

from typing import Any

from server.core import actor, clock
from server.core.actor import Actor
from server.devices import queries as devices
from server.orders import queries

FIELDS = ("id", "branch_id", "kind", "name", "total_minor", "opened_at", "opened_by", "changed_at")


def open_orders(*, limit: int) -> dict[str, Any]:
    """What waits to be paid in the terminal's branch, or in those where the person works."""
    orders = queries.open_orders(_branch_ids(actor.current()), limit=limit)
    ids = [order.id for order in orders]
    lines, leases = queries.lines_of(ids), queries.leases_of(ids, clock.now_ms())
    rows = [
        {name: getattr(order, name) for name in FIELDS}
        | {"lines": lines.get(order.id, []), "lease": leases.get(order.id)}
        for order in orders
    ]
    return {"rows": rows, "next": None}


def _branch_ids(who: Actor) -> frozenset[int] | None:
    if who.terminal_id is None:
        return who.branch_ids
    return frozenset({devices.terminal(who.terminal_id).branch_id})
