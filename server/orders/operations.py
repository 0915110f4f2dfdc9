"""What changes open orders: operations are added, and each order that they touch is folded again from all its own."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.core import actor, changes, clock, flags
from server.core.errors import Conflict, NotFound, Trouble
from server.core.facts import Fact, NotAFact, Raised
from server.core.transaction import session
from server.orders import queries
from server.orders.fold import MAX_OPERATIONS, Flag, Operation, Order, fold
from server.orders.models import OpenOrder, OrderLease, OrderOperation
from server.orders.projecting import project
from server.orders.schemas import body_of
from server.sales.events import SaleCompleted
from server.stores import queries as stores
from server.values.ids import derived

TOPIC = "orders"
LEASE_MS = 60_000
"""How long a payment screen keeps an order unless it renews."""


class OrderLineUnknown(Trouble):
    """A sale pays a line of an open order that has not arrived yet; it is tried again later."""

    code = "order_line_unknown"


class OrderBook:
    """Operations of open orders that came together. Each is written at once, so that a sale behind it finds its lines;
    orders are projected once, at the end."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.branch_ids = {branch.id for branch in stores.branches(archived=True)}
        self.known = Known()
        self.touched: set[uuid.UUID] = set()

    def record(self, fact: Fact) -> list[Raised]:
        """Add one operation; returns the flags that it raises. Repeats: safe by id. Raises NotAFact."""
        body = body_of(fact.kind, fact.body)
        if body["head"]["branch_id"] not in self.branch_ids:
            raise NotAFact("branch_unknown")
        order_id = uuid.UUID(body.pop("order_id"))
        row = _row(fact.id, order_id, fact.kind, fact.terminal_id, fact.person_id, fact.hlc, body)
        raised = _add(order_id, [row], self.known)
        self.touched.add(order_id)
        return [Raised(found.kind, _detail(order_id, found)) for found in raised]

    def close(self) -> None:
        """Write the orders as they are now."""
        _project(self.touched)


def settle_paid_lines(event: SaleCompleted) -> None:
    """Reaction: what a sale paid of open orders is paid there. Repeats: safe, ids derive from the sale's.

    A line paid twice leaves both sales and the flag `paid_twice`. Raises OrderLineUnknown.
    """
    if not event.has_origins:
        return
    sale_id = uuid.UUID(event.id)
    paid = queries.paid_lines(sale_id)
    adds = queries.additions_of([line.origin_id for line in paid])
    if len(adds) < len({line.origin_id for line in paid}):
        raise OrderLineUnknown
    rows: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for line in paid:
        add = adds[line.origin_id]
        body = {"head": add.body["head"], "line_id": str(line.origin_id)}
        body |= {"quantity_milli": line.quantity_milli, "sale_id": str(sale_id)}
        op_id = derived(sale_id, str(line.position))
        made = _row(op_id, add.order_id, "order_line_pay", event.terminal_id, event.person_id, event.hlc, body)
        rows.setdefault(add.order_id, []).append(made)
    for order_id, made_rows in rows.items():
        for found in _add(order_id, made_rows, Known()):
            flags.raise_once(found.kind, "order_line", found.line_id, _detail(order_id, found))
    _project(rows)


def take_lease(order_id: uuid.UUID) -> OrderLease:
    """Put an order on this terminal's payment screen for a minute, or renew that. Raises NotFound, Conflict."""
    order = _visible(order_id)
    now, who = clock.now_ms(), actor.current()
    changes.take(0)  # the sequence's lock: of two terminals that ask at once, one comes second
    lease = session().get(OrderLease, order.id)
    if lease is not None and lease.until_at > now and lease.terminal_id != who.terminal_id:
        raise Conflict(
            "another terminal is about to sell this order",
            code="order_leased",
            params={"terminal_id": lease.terminal_id, "seconds": (lease.until_at - now) // 1000 + 1},
        )
    lease = lease or OrderLease(order_id=order.id)
    assert who.terminal_id is not None, "the door lets only terminals in"
    lease.terminal_id, lease.person_id, lease.until_at = who.terminal_id, who.person_id, now + LEASE_MS
    session().add(lease)
    session().flush()
    return lease


def give_back_lease(order_id: uuid.UUID) -> None:
    """Take an order off this terminal's payment screen. Safe to repeat. Raises NotFound."""
    _visible(order_id)
    mine = OrderLease.terminal_id == actor.current().terminal_id
    session().execute(sa.delete(OrderLease).where(OrderLease.order_id == order_id, mine))


def _visible(order_id: uuid.UUID) -> OpenOrder:
    order = queries.open_order(order_id)
    if not actor.current().sees_branch(order.branch_id):
        raise NotFound("no such order")
    return order


class Known:
    """The operations of orders as they were last read, and what they make: read again when others were added."""

    def __init__(self) -> None:
        self._rows: dict[uuid.UUID, list[Mapping[str, Any]]] = {}
        self._orders: dict[uuid.UUID, Order | None] = {}

    def of(self, order_id: uuid.UUID) -> tuple[list[Mapping[str, Any]], Order | None]:
        """An order's operations and its state."""
        if len(self._rows.get(order_id, ())) != queries.count_of(order_id):
            self.keep(order_id, list(queries.operations_of([order_id]).get(order_id, [])))
        return self._rows.get(order_id, []), self._orders.get(order_id)

    def keep(self, order_id: uuid.UUID, rows: list[Mapping[str, Any]]) -> Order | None:
        """Take over an order's operations; returns its state."""
        self._rows[order_id] = rows
        self._orders[order_id] = _folded(rows)
        return self._orders[order_id]


def _add(order_id: uuid.UUID, rows: Sequence[dict[str, Any]], known: Known) -> list[Flag]:
    """Write operations of one order that are not there yet; returns the flags that were not raised before them."""
    first = changes.take(len(rows))  # the sequence's lock: two folds of one order must not overlook each other
    there, before = known.of(order_id)
    ids = {row["id"] for row in there}
    news = [row for row in rows if str(row["id"]) not in ids]
    if len(there) + len(news) > MAX_OPERATIONS:
        raise NotAFact("order_too_long", most=MAX_OPERATIONS)
    if not news:
        return []
    session().execute(sa.insert(OrderOperation), news)
    after = known.keep(order_id, [*there, *(row | {"id": str(row["id"])} for row in news)])
    assert after is not None, "an order has at least the operations that were added"
    _tell(news, after.branch_id, first)
    earlier = {(found.kind, found.line_id) for found in before.flags} if before else set()
    return [found for found in after.flags if (found.kind, found.line_id) not in earlier]


def _folded(rows: Sequence[Mapping[str, Any]]) -> Order | None:
    return fold(Operation(row["id"], row["kind"], row["hlc"], row["body"], row["person_id"]) for row in rows)


def _project(order_ids: Collection[uuid.UUID]) -> None:
    found = {order_id: _folded(rows) for order_id, rows in queries.operations_of(order_ids).items()}
    project({order_id: order for order_id, order in found.items() if order is not None})


def _tell(news: Sequence[Mapping[str, Any]], branch_id: int, first: int) -> None:
    changes.record_many(
        [(seq, TOPIC, "order_operation", str(row["id"]), "put", branch_id) for seq, row in enumerate(news, start=first)]
    )


def _row(
    id: uuid.UUID,
    order_id: uuid.UUID,
    kind: str,
    terminal_id: int | None,
    person_id: int | None,
    hlc: str,
    body: dict[str, Any],
) -> dict[str, Any]:
    line_id = body.get("line_id")
    return {
        "id": id,
        "order_id": order_id,
        "kind": kind,
        "terminal_id": terminal_id,
        "person_id": person_id,
        "hlc": hlc,
        "line_id": None if line_id is None else uuid.UUID(line_id),
        "body": body,
        "received_at": clock.now_ms(),
    }


def _detail(order_id: uuid.UUID, found: Flag) -> dict[str, Any]:
    return {
        "order_id": str(order_id),
        "line_id": found.line_id,
        "over_milli": found.over_milli,
        "sale_ids": list(found.sale_ids),
    }
