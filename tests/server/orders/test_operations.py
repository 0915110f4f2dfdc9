"""Open orders in the database: operations in any order, once each; what a sale pays; leases; the feed."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.core import actor, changes
from server.core.actor import Actor
from server.core.errors import Conflict, NotFound
from server.core.facts import Fact, NotAFact, Raised
from server.core.flags import Flag
from server.core.ids import new_id
from server.core.transaction import reading, session, writing
from server.orders import operations, queries, views
from server.orders.models import OrderOperation
from server.sales.events import SaleCompleted
from server.sync import feed
from server.values.ids import derived
from tests.server.catalog.conftest import World
from tests.server.conftest import NOW_MS

LINE = uuid.UUID("01900000-0000-7000-8000-0000000000a1")
OTHER = uuid.UUID("01900000-0000-7000-8000-0000000000a2")


class Till:
    """Makes facts as a terminal pushes them."""

    def __init__(self, world: World, terminal_id: int) -> None:
        self.order_id = new_id()
        self.head = {"branch_id": world.branch_id, "kind": "hold", "name": "Kassa 1"}
        self.terminal_id, self.branch_id = terminal_id, world.branch_id
        self.clock = 0

    def fact(self, kind: str, **body: Any) -> Fact:
        self.clock += 1
        return Fact(
            id=new_id(),
            seq=self.clock,
            kind=f"order_{kind}",
            happened_at=NOW_MS,
            hlc=f"{NOW_MS:012x}{self.clock:04x}",
            age_ms=0,
            person_id=7,
            shift_id=None,
            body={"order_id": str(self.order_id), "head": self.head} | body,
            terminal_id=self.terminal_id,
            branch_id=self.branch_id,
            received_at=NOW_MS,
        )

    def add(self, line: uuid.UUID = LINE, quantity: int = 2000, **more: Any) -> Fact:
        said = {"item_id": 5, "name": "Çörək", "quantity_milli": quantity, "unit_price_minor": 150, "tax_rate_id": 1}
        said |= {"line_id": str(line), "priced_at": "2026-11-24T20:00:00.000Z"}
        return self.fact("line_add", **said | more)

    def void(self, quantity: int) -> Fact:
        return self.fact("line_void", line_id=str(LINE), quantity_milli=quantity, reason="səhv")


def record(*facts: Fact) -> list[list[Raised]]:
    with writing():
        book = operations.OrderBook(facts)
        raised = [book.record(fact) for fact in facts]
        book.close()
        return raised


@pytest.fixture
def till(world: World, terminal_id: int) -> Till:
    return Till(world, terminal_id)


def state(till: Till) -> tuple[bool, int, list[tuple[int, int, int]]]:
    with reading():
        order = queries.open_order(till.order_id)
        lines = queries.lines_of([till.order_id])[till.order_id]
        return (
            order.is_open,
            order.total_minor,
            [(row.quantity_milli, row.voided_milli, row.paid_milli) for row in lines],
        )


def test_a_held_sale_is_an_open_order_with_its_lines(till: Till) -> None:
    record(till.add(), till.add(OTHER, 1000), till.void(500))

    assert state(till) == (True, 375, [(2000, 500, 0), (1000, 0, 0)])


def test_operations_count_once_in_any_order_and_however_often_they_come(till: Till) -> None:
    facts = [till.add(), till.add(OTHER, 1000), till.void(500)]
    record(*reversed(facts))
    before = state(till)

    record(*facts)
    record(facts[1], facts[1])

    assert state(till) == before == (True, 375, [(2000, 500, 0), (1000, 0, 0)])


def test_two_terminals_that_add_while_offline_lose_nothing(till: Till) -> None:
    elsewhere = Till.__new__(Till)
    elsewhere.__dict__ = till.__dict__ | {"terminal_id": 6, "clock": 50}
    record(till.add())

    record(elsewhere.add(OTHER, 1000))
    record(till.fact("rename", name="Masa 4"))

    assert len(state(till)[2]) == 2
    with reading():
        assert queries.open_order(till.order_id).name == "Masa 4"


def test_a_dropped_order_is_open_no_more(till: Till) -> None:
    record(till.add(), till.fact("drop", reason="getdi"))

    assert state(till)[0] is False


def test_more_voided_than_there_was_is_flagged_once(till: Till) -> None:
    record(till.add(), till.void(1500))

    first = record(till.void(1000))
    again = record(till.void(1))

    assert [[one.kind for one in raised] for raised in first + again] == [["void_too_much"], []]
    assert first[0][0].detail["over_milli"] == 500


def test_operations_go_down_the_feed_to_every_terminal_of_the_branch(till: Till) -> None:
    with reading():
        start = changes.head()
    fact = till.add(discount={"kind": "percent", "value": 500})
    record(fact)

    with reading():
        page = feed.changes_since(start, ["orders"], feed.receiver(till.terminal_id), limit=9)

    [change] = page["changes"]
    assert (change["kind"], change["id"], change["op"]) == ("order_operation", str(fact.id), "put")
    assert change["row"]["order_id"] == str(till.order_id)
    assert change["row"]["body"]["priced_at"] == "2026-11-24T20:00:00.000Z"
    assert change["row"]["body"]["discount"] == {"kind": "percent", "value": 500}


def test_a_new_terminal_is_given_the_operations_of_open_orders_only(till: Till, world: World) -> None:
    done = Till(world, till.terminal_id)
    record(till.add())
    record(done.add(OTHER), done.fact("drop", reason="getdi"))

    with reading():
        rows = queries.operations_of_open_orders(world.branch_id)
        elsewhere = queries.operations_of_open_orders(world.branch_id + 1)

    assert [row["order_id"] for row in rows] == [str(till.order_id)]
    assert elsewhere == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"line_id": "x"},
        {"quantity_milli": 0},
        {"quantity_milli": True},
        {"name": 5},
        {"unit_price_minor": -1},
        {"surprise": 1},
        {"head": {"branch_id": 999, "kind": "hold", "name": ""}},
        {"head": None},
        {"order_id": None},
    ],
)
def test_what_cannot_be_an_operation_is_refused_and_leaves_nothing(till: Till, wrong: dict[str, Any]) -> None:
    with pytest.raises(NotAFact):
        record(till.add(**wrong))

    with reading():
        assert session().scalar(sa.select(sa.func.count()).select_from(OrderOperation)) == 0


def test_an_order_has_a_named_limit_of_operations(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MAX_OPERATIONS", 12)
    record(*[till.add(new_id()) for _ in range(12)])

    with pytest.raises(NotAFact) as refused:
        record(till.add(new_id()))

    assert (refused.value.code, refused.value.params) == ("order_too_long", {"most": 12})


def test_a_set_takes_away_what_it_names_as_null_and_keeps_the_rest(till: Till) -> None:
    record(till.add(note="isti", discount={"value": 1}))
    record(till.fact("line_set", line_id=str(LINE), discount=None))

    with reading():
        rows = queries.operations_of([till.order_id])[till.order_id]
        [line] = queries.lines_of([till.order_id])[till.order_id]

    assert line.note == "isti"
    assert rows[1]["body"] == {"head": till.head, "line_id": str(LINE), "discount": None}


def paid(till: Till, monkeypatch: pytest.MonkeyPatch, *lines: tuple[uuid.UUID, int]) -> uuid.UUID:
    """A sale that pays lines. Its rows are written by sales' own tests; here they are what the query says."""
    sale_id = new_id()
    rows = [
        sa.util.immutabledict(position=at, origin_id=line, quantity_milli=quantity)
        for at, (line, quantity) in enumerate(lines, start=1)
    ]
    monkeypatch.setattr(queries, "paid_lines", lambda asked: [_Row(**row) for row in rows] if asked == sale_id else [])
    return sale_id


class _Row:
    def __init__(self, **values: Any) -> None:
        self.__dict__ = values


def completed(sale_id: uuid.UUID, till: Till, *, has_origins: bool = True) -> SaleCompleted:
    return SaleCompleted(
        id=str(sale_id),
        terminal_id=till.terminal_id,
        received_at=NOW_MS,
        age_ms=0,
        branch_id=till.branch_id,
        person_id=7,
        hlc=f"{NOW_MS:012x}00ff",
        prints=False,
        opens_drawer=False,
        has_origins=has_origins,
    )


def test_what_a_sale_paid_is_paid_on_the_order(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    record(till.add(), till.add(OTHER, 1000))
    sale_id = paid(till, monkeypatch, (LINE, 2000))

    with writing():
        operations.settle_paid_lines(completed(sale_id, till))
        operations.settle_paid_lines(completed(sale_id, till))

    assert state(till) == (True, 150, [(2000, 0, 2000), (1000, 0, 0)])
    with reading():
        ids = {row["id"] for row in queries.operations_of([till.order_id])[till.order_id]}
    assert str(derived(sale_id, "1")) in ids


def test_a_line_paid_twice_leaves_both_sales_and_one_flag(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    record(till.add())

    sales = []
    for _ in range(2):
        sales.append(paid(till, monkeypatch, (LINE, 2000)))
        with writing():
            operations.settle_paid_lines(completed(sales[-1], till))

    with reading():
        [raised] = session().scalars(sa.select(Flag)).all()
    assert (raised.kind, raised.subject_id) == ("paid_twice", str(LINE))
    assert raised.detail["sale_ids"] == sorted(str(id) for id in sales)


def test_a_sale_that_arrives_before_the_order_waits_for_it(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    sale_id = paid(till, monkeypatch, (LINE, 2000))

    with pytest.raises(operations.OrderLineUnknown), writing():
        operations.settle_paid_lines(completed(sale_id, till))
    record(till.add())
    with writing():
        operations.settle_paid_lines(completed(sale_id, till))

    assert state(till) == (False, 0, [(2000, 0, 2000)])


def test_a_lease_is_a_courtesy_of_a_minute(till: Till) -> None:
    record(till.add())
    mine, theirs = (Actor(kind="device", terminal_id=id, branch_ids=frozenset({till.branch_id})) for id in (5, 6))

    with writing(), actor.acting(mine):
        lease = operations.take_lease(till.order_id)
        assert operations.take_lease(till.order_id).until_at == lease.until_at == NOW_MS + 60_000
    with pytest.raises(Conflict) as refused, writing(), actor.acting(theirs):
        operations.take_lease(till.order_id)
    with writing(), actor.acting(mine):
        operations.give_back_lease(till.order_id)
    with writing(), actor.acting(theirs):
        taken = operations.take_lease(till.order_id)

    assert refused.value.params == {"terminal_id": 5, "seconds": 61}
    assert taken.terminal_id == 6


def test_an_order_of_another_branch_is_not_there(till: Till) -> None:
    record(till.add())
    stranger = Actor(kind="person", person_id=9, branch_ids=frozenset({till.branch_id + 1}))

    with pytest.raises(NotFound), writing(), actor.acting(stranger):
        operations.take_lease(till.order_id)
    with reading(), actor.acting(stranger):
        assert views.open_orders(limit=9)["rows"] == []


def test_open_orders_are_listed_with_lines_and_lease(
    till: Till, at_till: None, client: FlaskClient, acts_as: Callable[[Actor], None]
) -> None:
    record(till.add(), till.void(500))

    taken = client.post(f"/api/v1/orders/{till.order_id}/lease")
    [row] = client.get("/api/v1/orders/open").json["rows"]
    gone = client.delete(f"/api/v1/orders/{till.order_id}/lease")
    missing = client.post(f"/api/v1/orders/{new_id()}/lease")

    assert (taken.status_code, gone.status_code, missing.status_code) == (200, 204, 404)
    assert (row["name"], row["total_minor"], row["lease"]["terminal_id"]) == ("Kassa 1", 225, till.terminal_id)
    assert [(line["name"], line["left_milli"]) for line in row["lines"]] == [("Çörək", 1500)]
