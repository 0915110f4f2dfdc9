"""What is kept how long: every table has its place in THE table; a nightly pass ends what is over, and only that."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from server import retention
from server.catalog.models import ItemImport
from server.core import actor, changes, clock, ids, tenant
from server.core.changes import Change, ChangeMark
from server.core.db import TenantModel
from server.core.doors import App
from server.core.idempotency import RequestKey
from server.core.inbox import Operation, RejectedOperation
from server.core.retention import DAY_MS, KEPT_DAYS, ROWS_AT_ONCE
from server.core.tenant import Tenant
from server.core.transaction import session
from server.devices.models import DeviceEvent, DeviceJob, PairingCode
from server.orders.models import OrderLease
from server.staff.models import PersonSession, SignInMiss
from server.tenants.models import SetupToken
from tests.server.worlds import NOW_MS, World, make_world

OLD = NOW_MS - KEPT_DAYS * DAY_MS - 1
YOUNG = NOW_MS - KEPT_DAYS * DAY_MS + 1
HASH = b"h" * 32


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def pass_at(world: World) -> Iterator[Callable[[int], dict[str, int]]]:
    """A nightly pass at an instant."""
    with tenant.tenant_scope(world.app, world.shop), actor.acting(actor.SYSTEM):

        def run(now: int = NOW_MS) -> dict[str, int]:
            with clock.frozen(now):
                return retention.run()

        yield run


def test_every_table_has_a_term_or_a_reason_to_stay(app: App) -> None:
    tables = {table.name for table in TenantModel.metadata.sorted_tables}
    ruled = {rule.table for rule in retention.RULES if not rule.table.startswith("files: ")}

    assert ruled | set(retention.STAYS) == tables
    assert ruled & set(retention.STAYS) == set()
    assert all(rule.reason for rule in retention.RULES) and all(retention.STAYS.values())


def add(world: World, *rows: TenantModel) -> None:
    world.inside(lambda: (session().add_all(rows), session().flush()), mode="writing")


def job(device_id: int, agent_id: int, created_at: int, **rest: object) -> DeviceJob:
    plain = {"op": "print", "job_class": "once", "prio": 1, "args": {}, "digest": "d", "is_open": False}
    when = {"created_at": created_at, "due_at": created_at, "expires_at": created_at + 1_000}
    return DeviceJob(
        id=ids.new_id(), cause_kind="test", cause_id="c", device_id=device_id, agent_id=agent_id, **when, **plain | rest
    )


def operation(received_at: int, kind: str = "till_event", verdict: str = "accepted") -> Operation:
    return Operation(
        id=ids.new_id(),
        terminal_id=1,
        seq=1,
        kind=kind,
        body_hash=HASH,
        verdict=verdict,
        answer={"flags": [], "error": None},
        received_at=received_at,
    )


def rejected(one: Operation, settled_at: int | None) -> RejectedOperation:
    return RejectedOperation(
        operation_id=one.id, terminal_id=1, body={}, error={}, received_at=one.received_at, settled_at=settled_at
    )


def test_a_pass_ends_what_is_over_and_leaves_what_is_not(world: World, pass_at) -> None:
    till = world.till()
    device = world.give_devices(till.id)["receipt"]
    person = world.people["manager"]

    def miss(scope: str, whose: int | None, missed_at: int, cleared_at: int | None = None) -> SignInMiss:
        return SignInMiss(id=ids.new_id(), person_id=whose, scope=scope, missed_at=missed_at, cleared_at=cleared_at)

    def event(n: int, received_at: int) -> DeviceEvent:
        plain = {"agent_id": device - 1, "boot_id": "b", "event_id": "e", "kind": "scan", "body": {}}
        return DeviceEvent(n=n, happened_at=received_at, received_at=received_at, **plain)

    def signed_in(mark: bytes, expires_at: int) -> PersonSession:
        return PersonSession(id=mark * 32, person_id=person, started_at=expires_at - 1, expires_at=expires_at)

    def imported(key: str, state: str, finished_at: int) -> ItemImport:
        plain = {"file_name": "f", "errors": [], "ignored": [], "started_at": finished_at, "finished_at": finished_at}
        return ItemImport(id=ids.new_id(), file_key=key, state=state, **plain)

    kept = [
        job(device, device - 1, OLD, is_open=True, stage="uncertain"),
        job(device, device - 1, YOUNG),
        event(2, YOUNG),
        PairingCode(hash=b"2" * 32, kind="agent", branch_id=world.branch_id, created_at=OLD, expires_at=YOUNG),
        RequestKey(key="2", hash=HASH, answer={}, answered_at=YOUNG),
        signed_in(b"2", YOUNG),
        miss("pin:1", person, OLD),
        miss("password:::1", person, YOUNG, YOUNG),
        SetupToken(hash=b"2" * 32, made_at=OLD, expires_at=YOUNG),
        imported("2", "refused", YOUNG),
        imported("3", "done", OLD),
        OrderLease(order_id=ids.new_id(), terminal_id=1, until_at=NOW_MS),
    ]
    gone = [
        job(device, device - 1, OLD),
        event(1, OLD),
        PairingCode(hash=b"1" * 32, kind="agent", branch_id=world.branch_id, created_at=OLD, expires_at=OLD),
        RequestKey(key="1", hash=HASH, answer={}, answered_at=OLD),
        signed_in(b"1", OLD),
        miss("pin:1", person, OLD, OLD),
        miss("password:::1", person, OLD),
        miss("pin:1:7", None, OLD),
        SetupToken(hash=b"1" * 32, made_at=OLD, expires_at=OLD),
        imported("1", "refused", OLD),
        OrderLease(order_id=ids.new_id(), terminal_id=1, until_at=NOW_MS - 2 * DAY_MS),
    ]
    tables = {type(row) for row in kept}
    before = {model: {sa.inspect(row).identity for row in world.rows(model)} for model in tables}
    add(world, *kept, *gone)

    ended = pass_at()

    after = {model: {sa.inspect(row).identity for row in world.rows(model)} for model in tables}
    wanted = {model: {sa.inspect(row).identity for row in kept if type(row) is model} for model in tables}
    assert after == {model: before[model] | wanted[model] for model in tables}
    assert sum(ended.values()) - ended["change"] == len(gone)
    assert pass_at() == dict.fromkeys(ended, 0)


def test_answers_are_emptied_and_their_operations_stay(world: World, pass_at) -> None:
    old, young, waiting = operation(OLD), operation(YOUNG), operation(OLD, verdict="rejected")
    add(world, old, young, waiting, rejected(waiting, None))
    kept = {old.id: None, young.id: {"flags": [], "error": None}, waiting.id: {"flags": [], "error": None}}

    pass_at()

    assert {row.id: row.answer for row in world.rows(Operation)} == kept


def test_a_repeat_after_its_answer_was_emptied_is_a_duplicate_still(world: World, pass_at) -> None:
    till = world.till()
    sent = till.open()
    till.push()
    pass_at(till.now_ms + (KEPT_DAYS + 1) * DAY_MS)

    answer = till.send([sent])

    assert [row["verdict"] for row in answer["results"]] == ["duplicate"]
    assert till.send([sent | {"person_id": world.people["owner"]}])["results"][0]["verdict"] == "conflict"


def test_a_settled_rejection_goes_but_a_sale_s_stays_and_explains_the_gap(world: World, pass_at) -> None:
    event, sale, unsettled = (operation(OLD, kind, "rejected") for kind in ("till_event", "sale", "till_event"))
    add(world, event, sale, unsettled)
    add(world, rejected(event, OLD), rejected(sale, OLD), rejected(unsettled, None))

    pass_at()

    assert {row.operation_id for row in world.rows(RejectedOperation)} == {sale.id, unsettled.id}


def test_more_than_a_batch_goes_in_one_pass(world: World, pass_at) -> None:
    count = 2 * ROWS_AT_ONCE + 1
    add(world, *(RequestKey(key=str(n), hash=HASH, answer={}, answered_at=OLD) for n in range(count)))

    assert pass_at()["request_key"] == count


def test_a_sale_comes_between_two_batches(world: World, pass_at, monkeypatch) -> None:
    till = world.till()
    till.open()
    till.sell([till.line("Tandır çörəyi")])
    add(world, *(RequestKey(key=str(n), hash=HASH, answer={}, answered_at=OLD) for n in range(3 * ROWS_AT_ONCE)))
    left: list[int] = []

    def push_meanwhile(_: float) -> None:
        if not left:
            assert till.verdicts() == ["accepted", "accepted"]
            left.append(len(world.rows(RequestKey)))

    monkeypatch.setattr("server.core.transaction.time.sleep", push_meanwhile)
    pass_at()

    assert left and left[0] > 0
    assert world.rows(RequestKey) == []


class Killed(BaseException):
    """The process ends here."""


def test_a_pass_that_was_killed_is_run_again(world: World, pass_at, monkeypatch) -> None:
    add(world, *(RequestKey(key=str(n), hash=HASH, answer={}, answered_at=OLD) for n in range(2 * ROWS_AT_ONCE)))

    def end_here(_: float) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("server.core.transaction.time.sleep", end_here)
        pass_at()

    assert len(world.rows(RequestKey)) == ROWS_AT_ONCE
    assert pass_at()["request_key"] == ROWS_AT_ONCE


def test_the_log_keeps_the_last_change_of_each_row(world: World, pass_at) -> None:
    def change() -> None:
        for subject, branch in (("7", None), ("8", None), ("7", None), ("7", 1), ("7", 2)):
            changes.record("settings", "setting", subject, branch_id=branch)

    head = world.inside(changes.head)
    world.inside(change, mode="writing")

    pass_at()

    left = [(row.id, row.branch_id, row.seq - head) for row in world.rows(Change, Change.seq > head)]
    assert left == [("8", None, 2), ("7", None, 3), ("7", 1, 4), ("7", 2, 5)]


def test_a_terminal_that_was_away_for_long_begins_again_and_goes_on(world: World, pass_at) -> None:
    till = world.till()
    pass_at()
    first = till.browser.get("/sync/bootstrap").json
    till.browser.now_ms = later = NOW_MS + (KEPT_DAYS + 1) * DAY_MS
    world.inside(lambda: changes.record("settings", "setting", 1), mode="writing")
    pass_at(later)

    gone = till.browser.get("/sync/changes", cursor=first["cursor"] - 1)
    again = till.browser.get("/sync/bootstrap").json
    page = till.browser.get("/sync/changes", cursor=again["cursor"])

    assert gone.status_code == 410
    assert page.status_code == 200
    assert till.browser.get(again["catalogue"]["url"].removeprefix("/api/v1")).status_code == 200
    assert world.rows(ChangeMark)[-1].noted_at == later


def test_a_file_from_before_the_log_is_not_handed_out_again(world: World, pass_at) -> None:
    """The catalogue stood still, but open orders moved the sequence on: its file would lead into a closed log."""
    till = world.till()
    made = till.browser.get("/sync/bootstrap").json
    world.inside(lambda: changes.record("orders", "order_operation", str(uuid.UUID(int=1))), mode="writing")
    pass_at()
    later = NOW_MS + (KEPT_DAYS + 1) * DAY_MS
    pass_at(later)

    till.browser.now_ms = later
    again = till.browser.get("/sync/bootstrap").json

    assert again["cursor"] > made["cursor"]
    assert till.browser.get("/sync/changes", cursor=again["cursor"]).status_code == 200
    assert till.browser.get("/sync/changes", cursor=made["cursor"]).status_code == 410


def test_an_idle_shop_is_not_written(world: World, pass_at, monkeypatch) -> None:
    pass_at()
    pass_at(NOW_MS + DAY_MS)
    monkeypatch.setattr("server.core.retention.writing", None)
    monkeypatch.setattr("server.core.terms.writing", None)

    assert set(pass_at(NOW_MS + 2 * DAY_MS).values()) == {0}
