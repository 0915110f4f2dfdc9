"""What terminals push: verdicts, repeats, order of arrival, and the path of one sale through stock and cash."""

import dataclasses
import uuid
from typing import Any

import pytest

from server.cash.models import CashDocument, CashMove, Shift, Tender
from server.core import announce
from server.core.announce import ReactionDue
from server.core.doors import App
from server.core.flags import Flag
from server.core.inbox import Operation, RejectedOperation
from server.core.tenant import Tenant
from server.devices import operations as devices
from server.devices.queries import terminal
from server.sales.events import SaleCompleted
from server.sales.models import Sale, SaleLine, SaleTax
from server.seeds.till import Head
from server.stock.models import Balance, StockMove
from tests.server.worlds import NOW_MS, StillBrowser, Terminal, World, make_world

pytestmark = pytest.mark.pooled

BREAD, MILK, CHEESE = "Tandır çörəyi", "Süd", "Pendir"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    opened.open(5_000)
    return opened


def verdicts(answer: dict[str, Any]) -> list[str]:
    return [row["verdict"] for row in answer["results"]]


def test_a_sale_is_booked_with_its_lines_stock_and_cash(world: World, till: Terminal) -> None:
    bread = world.ware(BREAD)
    before = {row.item_id: row for row in world.rows(Balance)}[bread.item_id]
    till.sell([till.line(BREAD, 2_000), till.line(MILK)], [till.cash(given=1_000)])

    answer = till.push()

    assert verdicts(answer) == ["accepted", "accepted"], answer
    assert [row["flags"] for row in answer["results"]] == [[], []]
    assert (answer["next_seq"], answer["generation"]) == (3, 1)
    (sale,), lines = world.rows(Sale), world.rows(SaleLine, order=SaleLine.position)
    assert (sale.number, sale.lines, sale.total_minor) == ("K1-000001", 2, 240 + 245)
    assert [line.total_minor for line in lines] == [240, 245]
    assert sum(tax.base_minor + tax.tax_minor for tax in world.rows(SaleTax)) == sale.total_minor
    (tender,) = world.rows(Tender)
    assert (tender.amount_minor, tender.given_minor, tender.change_minor) == (485, 1_000, 515)
    moves = [move for move in world.rows(StockMove) if move.source_id == sale.id]
    assert sorted(move.quantity_milli for move in moves) == [-2_000, -1_000]
    assert sale.cost_minor == -sum(move.value_minor for move in moves) == sum(line.cost_minor for line in lines)
    after = {row.item_id: row for row in world.rows(Balance)}[bread.item_id]
    assert before.quantity_milli - after.quantity_milli == 2_000


def test_a_second_copy_gets_the_first_answer_and_changes_nothing(world: World, till: Terminal) -> None:
    till.sell([till.line(BREAD)], head=Head(prints=True), age_ms=100)
    till.does("till_event", {"kind": "line_removed", "detail": {"item": "x"}})
    first = till.send(till.log)
    before = world.contents()

    second = till.send(till.log)

    assert verdicts(second) == ["duplicate"] * 3
    assert [row["flags"] for row in second["results"]] == [row["flags"] for row in first["results"]]
    assert world.contents() == before


def test_the_same_id_with_another_body_is_a_conflict_and_changes_nothing(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    till.push()
    before = world.contents()

    answer = till.send([sale | {"body": sale["body"] | {"note": "başqa"}}])

    assert verdicts(answer) == ["conflict"]
    assert world.contents() == before


def test_a_malformed_operation_is_kept_whole_and_the_others_go_on(world: World, till: Terminal) -> None:
    bad = till.does("cash_move", {"from_holder_id": 1, "to_holder_id": 2, "amount_minor": "5", "reason": "x"})
    till.sell([till.line(BREAD)])

    answer = till.push()

    assert verdicts(answer) == ["accepted", "rejected", "accepted"]
    error = answer["results"][1]["error"]
    assert (error["code"], error["params"]["field"]) == ("malformed", "amount_minor")
    (kept,) = world.rows(RejectedOperation)
    assert kept.body["body"] == bad["body"]
    assert verdicts(till.send([bad])) == ["rejected"]
    assert answer["next_seq"] == 4


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"total_minor": 121}, "tenders_differ"),
        ({"lease_id": str(uuid.UUID(int=1))}, "lease_unknown"),
        ({"number": "K9-000001"}, "number_wrong"),
        ({"lines": []}, "malformed"),
        ({"surprise": 1}, "malformed"),
        ({"business_day": "2025-02-30"}, "malformed"),
    ],
)
def test_what_cannot_be_a_sale_is_rejected(world: World, till: Terminal, change: dict[str, Any], code: str) -> None:
    sale = till.sell([till.line(BREAD)])
    till.outbox[-1] = sale | {"body": sale["body"] | change}

    answer = till.push()

    assert verdicts(answer) == ["accepted", "rejected"]
    assert answer["results"][1]["error"]["code"] == code
    assert world.rows(Sale) == []
    assert world.rows(CashDocument) == []


def test_a_number_that_is_taken_is_rejected_and_a_stranger_at_the_till_too(world: World, till: Terminal) -> None:
    till.sell([till.line(BREAD)])
    till.till.next_sale = 1
    till.sell([till.line(BREAD)])
    stranger = till.sell([till.line(BREAD)])
    till.outbox[-1] = stranger | {"person_id": 999}

    answer = till.push()

    assert verdicts(answer) == ["accepted", "accepted", "rejected", "rejected"]
    assert [row["error"]["code"] for row in answer["results"][2:]] == ["number_taken", "person_unknown"]


def test_a_kind_or_version_of_tomorrow_fails_for_now_and_nothing_is_stored(world: World, till: Terminal) -> None:
    till.does("hologram", {"x": 1})
    till.sell([till.line(BREAD)])
    till.outbox[-1] = till.outbox[-1] | {"v": 2}

    answer = till.push()

    assert verdicts(answer) == ["accepted", "failed", "failed"]
    assert answer["next_seq"] == 2
    assert len(world.rows(Operation)) == 1
    assert len(till.outbox) == 2


def test_the_sale_that_arrives_before_its_shift_makes_it_and_the_opening_fills_it(world: World, till: Terminal) -> None:
    opening, sale = till.log[0], till.sell([till.line(BREAD)])

    till.send([sale])
    (made,) = world.rows(Shift)
    till.send([opening])
    (filled,) = world.rows(Shift)

    assert (made.id, made.opened_at, made.number) == (uuid.UUID(opening["id"]), None, None)
    assert (filled.float_minor, filled.number, filled.began_at) == (5_000, 1, filled.opened_at)
    assert [move.amount_minor for move in world.rows(CashMove)] == [5_000]
    assert world.flags() == []


def test_next_seq_asks_for_what_is_missing(till: Terminal) -> None:
    operations = [till.log[0], *(till.sell([till.line(BREAD)]) for _ in range(3))]

    assert till.send([operations[0], operations[3]])["next_seq"] == 2
    assert till.send([operations[1]])["next_seq"] == 3
    assert till.send([operations[2]])["next_seq"] == 5


def test_operations_are_judged_in_the_order_of_seq(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    back = till.give_back(sale, [(1, 1_000)])

    answer = till.send([back, sale, till.log[0]])

    assert verdicts(answer) == ["accepted"] * 3
    assert world.flags() == []


def test_a_return_may_arrive_before_its_sale_and_its_flag_settles_itself(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    back = till.give_back(sale, [(1, 1_000)])
    till.send([till.log[0], back])
    assert world.flags() == ["sale_unknown"]

    till.send([sale])

    assert world.flags() == []


def test_a_revoked_terminal_is_shut_out_and_what_it_rang_before_is_booked_once_it_is_paired_again(
    world: World, till: Terminal
) -> None:
    till.push()
    early = till.sell([till.line(BREAD)])
    revoked_at = till.now_ms + 500
    world.inside(lambda: devices.revoke(terminal(till.id)), mode="writing", at_ms=revoked_at)
    till.now_ms += 10_000
    late = till.sell([till.line(BREAD)])
    till.browser.now_ms = till.now_ms
    assert till.browser.post("/sync/push", {"batch": "b", "ops": till.outbox}).json["code"] == "device_revoked"

    _pair_again(world, till)
    answer = till.push()

    assert verdicts(answer) == ["accepted", "rejected"]
    assert answer["results"][0]["flags"] == ["device_revoked"]
    assert answer["results"][1]["error"]["code"] == "device_revoked"
    (kept,) = world.rows(RejectedOperation)
    assert str(kept.operation_id) == late["id"]
    assert [str(sale.id) for sale in world.rows(Sale)] == [early["id"]]
    owner = world.owner()
    booked, again = (owner.post(f"/sync/rejected/{late['id']}/book") for _ in range(2))
    assert (booked.status_code, booked.json["flags"]) == (200, ["device_revoked"])
    assert (again.status_code, again.json["code"]) == (409, "settled_already")
    assert {str(sale.id) for sale in world.rows(Sale)} == {early["id"], late["id"]}
    assert verdicts(till.send([late])) == ["duplicate"]


def _pair_again(world: World, till: Terminal) -> None:
    paired = world.inside(
        lambda: devices.pair_here(branch_id=world.branch_id, name="Kassa K1", public_key="key-Kassa K1"),
        mode="writing",
        at_ms=till.now_ms + 1_000,
    )
    assert paired.terminal.id == till.id
    till.browser = StillBrowser(world.app, world.shop)
    till.browser.plant("__Host-terminal", paired.token)
    till.now_ms += 2_000


def test_a_failing_reaction_never_refuses_a_sale_and_is_tried_again(world: World, till: Terminal) -> None:
    app = world.app
    before = app.extensions["aisales_reactions"]
    app.extensions["aisales_reactions"] = {SaleCompleted: (_fails_until_mended,)}
    _mended.clear()
    till.sell([till.line(BREAD)])
    try:
        answer = till.push()
        _mended.append("now")
        retried = world.inside(lambda: announce.retry_due(NOW_MS + 3_600_000), mode="writing")
    finally:
        app.extensions["aisales_reactions"] = before

    assert verdicts(answer) == ["accepted", "accepted"]
    assert retried == 1
    assert world.rows(ReactionDue) == []
    assert [(flag.kind, flag.note) for flag in world.rows(Flag)] == [("reaction_failed", "done later")]


_mended: list[str] = []


def _fails_until_mended(event: SaleCompleted) -> None:
    if not _mended:
        raise RuntimeError("a mistake of ours")


@pytest.mark.parametrize("value", [2**70, float("nan")])
def test_numbers_that_no_database_holds_alike_are_refused_in_plain_words(till: Terminal, value: float) -> None:
    sale = till.sell([till.line(BREAD)])
    bad = sale | {"body": sale["body"] | {"total_minor": value}}

    answer = till.browser.post("/sync/push", {"batch": "b", "ops": [bad]})

    told = answer.json["code"] if answer.status_code == 422 else answer.json["results"][0]["error"]["code"]
    assert told in ("invalid", "malformed")


def test_a_push_is_limited_in_number_and_size(till: Terminal) -> None:
    event = till.does("till_event", {"kind": "note", "detail": {"text": "x" * 500}})
    fat = event | {"body": event["body"] | {"padding": "x" * 600_000}}

    too_many = till.browser.post("/sync/push", {"batch": "b", "ops": [event] * 101})
    too_large = till.browser.post("/sync/push", {"batch": "b", "ops": [fat]})

    assert too_many.status_code == 422
    assert too_many.json["errors"][0] == {"field": "ops", "code": "count", "params": {"least": "1", "most": "100"}}
    assert (too_large.status_code, too_large.json["code"]) == (413, "too_large")


def test_control_bytes_in_a_name_become_spaces_and_the_sale_stands(world: World, till: Terminal) -> None:
    ware = dataclasses.replace(world.ware(BREAD), name="Çörək\x1bp\x00ağ")
    till.sell([dataclasses.replace(till.line(BREAD), ware=ware)])

    assert till.verdicts() == ["accepted", "accepted"]
    assert [line.name for line in world.rows(SaleLine)] == ["Çörək p ağ"]
