"""Shifts from float to Z: drawers, differences, late facts, and the chain of Zs."""

from typing import Any

import pytest

from server.cash import drawers
from server.cash.models import CashMove, DrawerOpening, Holder, Shift, ZDocument, ZReport
from server.checks import invariants
from server.core.doors import App
from server.core.tenant import Tenant
from server.devices.models import DeviceJob
from server.values import times
from tests.server.worlds import NOW_MS, Terminal, World, make_world

BREAD = "Tandır çörəyi"  # 1.20


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    return world.till()


def balance(world: World, kind: str, code: str = "K1") -> int:
    """What a holder has, by its kind."""
    holder_id = world.founded.drawers[code] if kind == "drawer" else world.founded.holders[kind]
    return int(world.inside(lambda: drawers.balances_of([holder_id]))[holder_id])


def moves(world: World) -> list[tuple[str, int, int, int]]:
    return [
        (row.kind, row.from_holder_id, row.to_holder_id, row.amount_minor)
        for row in world.rows(CashMove, order=CashMove.moved_at)
    ]


def test_the_float_comes_from_the_safe_and_the_next_one_brings_the_rest_back(world: World, till: Terminal) -> None:
    safe, drawer = world.founded.holders["safe"], till.till.drawer_id
    till.open(5_000)
    till.sell([till.line(BREAD, 10_000)])
    till.close()
    till.open(2_000)

    assert till.verdicts() == ["accepted"] * 4

    assert moves(world) == [("float", safe, drawer, 5_000), ("float", drawer, safe, 4_200)]
    assert (balance(world, "drawer"), balance(world, "safe")) == (2_000, -800)


def test_the_count_is_what_the_drawer_holds_and_the_difference_a_move_of_its_own(world: World, till: Terminal) -> None:
    till.open(5_000)
    till.sell([till.line(BREAD)])
    till.cash_move("in", "safe", 1_000)
    till.cash_move("out", "outside", 300, "Su alındı")
    till.close(difference_minor=-20, reason="Qalıqda səhv")
    till.push()

    (shift,) = world.rows(Shift)
    assert (shift.expected_minor, shift.counted_minor, shift.difference_minor) == (5_820, 5_800, -20)
    assert moves(world)[-1] == ("over_short", till.till.drawer_id, world.founded.holders["outside"], 20)
    assert balance(world, "drawer") == 5_800
    (z,) = world.rows(ZReport)
    drawer = z.snapshot["drawer"]
    assert {
        name: drawer[f"{name}_minor"] for name in ("float", "cash_sales", "in", "out", "expected", "difference")
    } == {
        "float": 5_000,
        "cash_sales": 120,
        "in": 1_000,
        "out": 300,
        "expected": 5_820,
        "difference": -20,
    }


def test_a_late_cash_sale_is_flagged_reversed_and_counted_in_the_next_z(world: World, till: Terminal) -> None:
    till.open(5_000)
    till.sell([till.line(BREAD)])
    late = till.sell([till.line(BREAD, 2_000)])
    till.outbox.remove(late)
    till.till.drawer_minor -= 240
    till.close()
    till.push()
    first = world.rows(ZReport)[0].snapshot

    answer = till.send([late])
    till.open(5_000)
    till.sell([till.line(BREAD, 3_000)])
    till.close()
    till.push()

    assert answer["results"][0]["flags"] == ["late_for_shift"]
    assert balance(world, "drawer") == till.till.drawer_minor == 5_360
    one, two = world.rows(ZReport, order=ZReport.position)
    assert one.snapshot == first
    assert (one.snapshot["sales"]["count"], two.snapshot["sales"]["count"]) == (1, 2)
    assert two.snapshot["late"] == [{"z": "K1-000001", "count": 1, "total_minor": 240}]
    assert two.snapshot["drawer"]["difference_minor"] == 0
    assert {row.z_report_id for row in world.rows(ZDocument) if str(row.document_id) == late["id"]} == {two.id}


def test_running_totals_only_grow_and_every_z_begins_where_the_last_ended(world: World, till: Terminal) -> None:
    for quantity in (3_000, 1_000):
        till.open(5_000)
        sale = till.sell([till.line(BREAD, quantity)])
        till.give_back(sale, [(1, 1_000)])
        till.close()
    till.push()

    one, two = world.rows(ZReport, order=ZReport.position)
    assert (one.opening_sales_minor, one.closing_sales_minor) == (0, 360)
    assert (one.opening_returns_minor, one.closing_returns_minor) == (0, 120)
    assert (two.opening_sales_minor, two.closing_sales_minor) == (360, 480)
    assert (two.opening_returns_minor, two.closing_returns_minor) == (120, 240)
    assert [(z.series, z.number) for z in (one, two)] == [("K1", 1), ("K1", 2)]
    assert two.snapshot["net_minor"] == 0


def test_a_shift_is_closed_once(world: World, till: Terminal) -> None:
    till.open(5_000)
    shift_id = till.till.shift_id
    till.close()
    till.till.shift_id = shift_id
    till.close()

    answer = till.push()

    assert [row["verdict"] for row in answer["results"]] == ["accepted", "accepted", "rejected"]
    assert answer["results"][2]["error"]["code"] == "shift_closed_already"
    assert len(world.rows(ZReport)) == 1


DAY_MS = 86_400_000
DEVICE_CLOCKS = {
    "a day ahead, and the ages lost": ([DAY_MS] * 6, None),
    "set back by two minutes between the shifts": ([0, 0, 0, -120_000, -120_000, -120_000], 1_000),
    "a day ahead before a reload, and right after it": ([DAY_MS] * 3 + [0] * 3, None),
}


@pytest.mark.parametrize("one_by_one", [False, True])
@pytest.mark.parametrize("clock", DEVICE_CLOCKS)
def test_shifts_stand_in_the_order_of_the_terminals_log_whatever_its_clock_says(
    world: World, till: Terminal, clock: str, one_by_one: bool
) -> None:
    for _ in range(2):
        till.open(5_000)
        till.sell([till.line(BREAD, 10_000)])
        till.close()
    ahead_ms, age_ms = DEVICE_CLOCKS[clock]
    told = [
        operation | {"happened_at": times.to_iso(times.from_iso(operation["happened_at"]) + ahead), "age_ms": age_ms}
        for operation, ahead in zip(till.log, ahead_ms, strict=True)
    ]

    for batch in [[one] for one in told] if one_by_one else [told]:
        assert {row["verdict"] for row in till.send(batch)["results"]} == {"accepted"}

    first, second = world.rows(Shift, order=Shift.began_at)
    assert (first.number, second.number) == (1, 2)
    assert (first.expected_minor, second.expected_minor) == (6_200, 6_200)
    assert balance(world, "drawer") == 6_200
    assert world.inside(lambda: invariants.check(world.shop)) == []


@pytest.mark.parametrize("last_comes_first", [False, True])
def test_the_first_shift_stands_first_even_when_its_facts_come_last(
    world: World, till: Terminal, last_comes_first: bool
) -> None:
    for _ in range(3):
        till.open(5_000)
        till.sell([till.line(BREAD)])
        till.close()
    late = [operation | {"age_ms": None, "happened_at": times.to_iso(NOW_MS + DAY_MS)} for operation in till.log]

    for batch in (late[6:], late[:3], late[3:6]) if last_comes_first else (late[:3], late[6:], late[3:6]):
        till.send(batch)

    assert [shift.number for shift in world.rows(Shift, order=Shift.began_at)] == [1, 2, 3]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1), (1, 0, 3, 2, 4)])
def test_the_drawer_holds_what_was_counted_in_whatever_order_facts_arrive(
    world: World, till: Terminal, order: tuple[int, ...]
) -> None:
    till.open(5_000)
    till.sell([till.line(BREAD)])
    till.close(difference_minor=30)
    till.open(1_000)
    till.sell([till.line(BREAD, 2_000)])

    for index in order:
        assert till.send([till.log[index]])["results"][0]["verdict"] == "accepted"

    assert balance(world, "drawer") == 1_240
    assert sum(balance(world, kind) for kind in ("drawer", "safe", "outside")) == 360


def test_the_drawer_opens_with_a_reason_within_five_seconds_or_not_at_all(world: World, till: Terminal) -> None:
    world.give_devices(till.id)
    till.till.person_id = world.people["manager"]
    till.open(5_000)
    young = till.does("drawer_open", {"reason": "Xırda pul dəyişdi"}, age_ms=800)
    old = till.does("drawer_open", {"reason": "Xırda pul dəyişdi"}, age_ms=6_000)
    unknown = till.does("drawer_open", {"reason": "Xırda pul dəyişdi"})

    assert till.verdicts() == ["accepted"] * 4

    (job,) = world.rows(DeviceJob)
    assert (job.op, job.cause_id, job.expires_at - job.created_at) == ("open", young["id"], 4_200)
    openings = {str(row.id): row.job_id for row in world.rows(DrawerOpening)}
    assert openings == {young["id"]: job.id, old["id"]: None, unknown["id"]: None}
    assert world.flags() == []


def test_who_may_not_do_it_is_flagged(world: World, till: Terminal) -> None:
    till.open(5_000)
    till.does("drawer_open", {"reason": "Baxmaq üçün"})

    till.push()

    assert world.flags() == ["missing_right"]


def test_cash_in_prints_a_slip_and_opens_the_drawer_and_the_close_prints_its_z(world: World, till: Terminal) -> None:
    world.give_devices(till.id)
    till.open(5_000)
    till.cash_move("in", "safe", 1_000)
    till.outbox[-1]["age_ms"] = 100
    till.close()
    till.outbox[-1]["age_ms"] = 100
    till.push()

    jobs = {(job.cause_kind, job.op): job for job in world.rows(DeviceJob)}
    assert set(jobs) == {("cash_move", "print"), ("cash_move", "open"), ("shift_close", "print")}
    words = [block.get("text", "") for block in jobs["shift_close", "print"].args["doc"]["blocks"]]
    assert "Z HESABATI K1-000001" in words


def test_cash_can_only_go_between_known_and_different_holders(world: World, till: Terminal) -> None:
    till.open(5_000)
    drawer = till.till.drawer_id
    body = {"from_holder_id": drawer, "amount_minor": 100, "reason": "x"}
    till.does("cash_move", body | {"to_holder_id": drawer})
    till.does("cash_move", body | {"to_holder_id": 999_999_999})

    answer = till.push()

    assert [row["error"]["code"] for row in answer["results"][1:]] == ["holders_alike", "holder_unknown"]


def test_a_move_between_safe_and_bank_belongs_to_no_shift(world: World, till: Terminal) -> None:
    holders: dict[str, int] = world.founded.holders
    till.open(5_000)
    body = {"from_holder_id": holders["safe"], "to_holder_id": holders["bank"], "amount_minor": 700, "reason": "Banka"}
    till.does("cash_move", body)

    assert till.verdicts() == ["accepted", "accepted"]
    moved = next(row for row in world.rows(CashMove) if row.kind == "move")
    assert (moved.shift_id, moved.amount_minor) == (None, 700)


def test_the_owner_reads_shifts_zs_holders_and_registers(world: World, till: Terminal) -> None:
    till.open(5_000)
    till.sell([till.line(BREAD)])
    till.close(difference_minor=10, reason="Artıq")
    till.push()
    owner = world.owner()

    (shift,) = owner.get("/cash/shifts").json["rows"]
    detail = owner.get(f"/cash/shifts/{shift['id']}").json
    (z,) = owner.get("/cash/z-reports").json["rows"]
    report = owner.get(f"/cash/z-reports/{z['id']}").json
    holders: list[dict[str, Any]] = owner.get("/cash/holders").json["rows"]
    registers = owner.get("/cash/registers").json["rows"]

    assert (shift["number"], shift["difference_minor"], shift["z_report_id"]) == ("K1-000001", 10, z["id"])
    assert (detail["documents"], detail["total_minor"], len(detail["moves"])) == (1, 120, 2)
    assert (z["number"], z["net_minor"], report["snapshot"]["z_number"]) == ("K1-000001", 120, "K1-000001")
    assert next(row["balance_minor"] for row in holders if row["id"] == till.till.drawer_id) == 5_130
    assert [(row["code"], row["terminal"]) for row in registers] == [("K1", "Kassa K1"), ("K2", None)]
    assert len(world.rows(Holder)) == 5


def test_a_shop_keeps_one_way_to_take_cash(world: World) -> None:
    owner = world.owner()
    cash = world.founded.tender_types["cash"]

    refused = owner.put(f"/cash/tender-types/{cash}", {"archived": True})
    made = owner.post("/cash/tender-types", {"code": "gift", "name": "Hədiyyə kartı", "kind": "card"})
    twice = owner.post("/cash/tender-types", {"code": "gift", "name": "Başqa", "kind": "card"})

    assert (refused.status_code, refused.json["code"]) == (409, "last_cash_tender")
    assert (made.status_code, made.json["position"]) == (201, 4)
    assert (twice.status_code, twice.json["code"]) == (409, "tender_code_taken")
