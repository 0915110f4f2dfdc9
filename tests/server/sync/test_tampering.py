"""A tampered terminal: whatever it claims in a push, the server goes by its own cookie, leases and rights."""

import uuid
from typing import Any

import pytest

from server.cash.models import CashMove, DrawerOpening, Shift
from server.core.doors import App
from server.core.flags import Flag
from server.core.inbox import Operation as Judged
from server.core.tenant import Tenant
from server.sales.models import Sale, TillEvent
from server.sales.pricing import Discount
from server.seeds.till import Head, Operation
from tests.server.worlds import Terminal, World, make_world

BREAD = "Tandır çörəyi"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    opened.open(5_000)
    opened.push()
    return opened


@pytest.fixture
def neighbour(world: World) -> Terminal:
    """Another till of the same branch, with a shift of its own."""
    opened = world.till("K2", "viktoriya")
    opened.open(5_000)
    opened.push()
    return opened


def pushed(till: Terminal, operation: Operation, **changes: Any) -> dict[str, Any]:
    """Push one operation with something else in it, and return its result."""
    body = {**operation["body"], **changes.pop("body", {})}
    (result,) = till.send([{**operation, **changes, "body": body}])["results"]
    return result


def code(result: dict[str, Any]) -> tuple[str, str | None]:
    return result["verdict"], (result["error"] or {}).get("code")


def one_of_each(world: World, till: Terminal) -> list[Operation]:
    """An operation of each kind that names a person."""
    sale = till.sell([till.line(BREAD)])
    return [
        sale,
        till.cash_move("in", "safe", 1_000),
        till.does("drawer_open", {"reason": "Xırda", "approved_by": None}),
        till.does("receipt_copy", {"sale_id": sale["id"], "approved_by": None}),
        till.does("till_event", {"kind": "line_removed", "detail": {}, "approved_by": None}),
        till.close(),
    ]


def test_a_person_who_does_not_work_here_does_nothing(world: World, till: Terminal) -> None:
    operations, before = one_of_each(world, till), world.rows(CashMove)

    answers = [pushed(till, operation, person_id=2**40) for operation in operations]

    assert {code(answer) for answer in answers} == {("rejected", "person_unknown")}, answers
    assert world.rows(Sale) == world.rows(DrawerOpening) == world.rows(TillEvent) == []
    assert [row.id for row in world.rows(CashMove)] == [row.id for row in before]


def test_the_lease_the_register_and_the_shift_of_another_terminal_serve_it_alone(
    world: World, till: Terminal, neighbour: Terminal
) -> None:
    theirs = neighbour.sell([neighbour.line(BREAD)])
    own = till.sell([till.line(BREAD)])
    at_theirs = {name: theirs["body"][name] for name in ("lease_id", "register_id", "series", "number", "counter")}

    answers = {
        "lease": pushed(till, own, id=str(uuid.uuid4()), body={"lease_id": at_theirs["lease_id"]}),
        "all of it": pushed(till, own, id=str(uuid.uuid4()), body=at_theirs, shift_id=theirs["shift_id"]),
        "register": pushed(till, own, id=str(uuid.uuid4()), body={"register_id": at_theirs["register_id"]}),
        "series": pushed(till, own, id=str(uuid.uuid4()), body={"series": "K2", "number": "K2-000001"}),
        "shift": pushed(till, own, id=str(uuid.uuid4()), shift_id=theirs["shift_id"]),
        "a lease of nobody": pushed(till, own, id=str(uuid.uuid4()), body={"lease_id": str(uuid.uuid4())}),
    }

    assert {name: code(answer) for name, answer in answers.items()} == {
        "lease": ("rejected", "lease_unknown"),
        "all of it": ("rejected", "lease_unknown"),
        "register": ("rejected", "lease_of_other_register"),
        "series": ("rejected", "number_wrong"),
        "shift": ("rejected", "shift_of_other_register"),
        "a lease of nobody": ("rejected", "lease_unknown"),
    }
    assert code(pushed(neighbour, theirs)) == ("accepted", None)
    assert code(pushed(till, own)) == ("accepted", None)


def test_another_terminals_shift_is_closed_by_nobody_else(world: World, till: Terminal, neighbour: Terminal) -> None:
    closing = till.close()

    answer = pushed(till, closing, shift_id=str(neighbour.till.shift_id))

    assert code(answer) == ("rejected", "lease_unknown")
    (shift,) = world.rows(Shift, Shift.id == neighbour.till.shift_id)
    assert shift.closed_at is None


@pytest.mark.parametrize("approver", ["nobody", "herself", "a colleague", "a number of nobody"])
def test_an_approval_counts_by_the_rights_of_who_gave_it(world: World, till: Terminal, approver: str) -> None:
    people = {
        "nobody": None,
        "herself": world.people["aysel"],
        "a colleague": world.people["viktoriya"],
        "a number of nobody": 2**40,
    }
    half_off = Discount("percent", 5_000)
    sale = till.sell([till.line(BREAD, discounts=(half_off,))], head=Head(approved_by=people[approver]))

    answer = pushed(till, sale)

    assert (answer["verdict"], answer["flags"]) == ("accepted", ["over_cap"])


def test_what_a_cashier_may_not_do_is_booked_and_flagged(world: World, till: Terminal) -> None:
    answer = pushed(till, till.does("drawer_open", {"reason": "Maraq", "approved_by": None}))

    assert (answer["verdict"], answer["flags"]) == ("accepted", ["missing_right"])
    assert [dict(flag.detail) for flag in world.rows(Flag)] == [{"right": "drawer.open"}]


def test_the_terminal_is_the_one_of_the_cookie_whatever_an_operation_says(
    world: World, till: Terminal, neighbour: Terminal
) -> None:
    sale = till.sell([till.line(BREAD)])

    answer = till.browser.post("/sync/push", {"batch": "b", "ops": [{**sale, "terminal_id": neighbour.id}]})

    rows = world.rows(Judged, Judged.id == uuid.UUID(sale["id"]))
    assert answer.status_code == 422 or {row.terminal_id for row in rows} == {till.id}, answer.json


def test_who_has_left_is_flagged_for_what_came_after_and_not_for_what_came_before(world: World, till: Terminal) -> None:
    before = till.sell([till.line(BREAD)])
    owner = world.owner()
    owner.now_ms = till.now_ms
    assert owner.post(f"/staff/people/{world.people['aysel']}/archive").status_code == 200
    after = till.sell([till.line(BREAD)])

    answers = [pushed(till, operation) for operation in (before, after)]

    assert [(answer["verdict"], answer["flags"]) for answer in answers] == [
        ("accepted", []),
        ("accepted", ["missing_right"]),
    ]


def test_an_approval_of_someone_who_has_left_is_none(world: World, till: Terminal) -> None:
    owner = world.owner()
    owner.now_ms = till.now_ms
    assert owner.post(f"/staff/people/{world.people['manager']}/archive").status_code == 200
    half_off = Discount("percent", 5_000)

    answer = pushed(
        till,
        till.sell([till.line(BREAD, discounts=(half_off,))], head=Head(approved_by=world.people["manager"])),
    )

    assert (answer["verdict"], answer["flags"]) == ("accepted", ["over_cap"])
