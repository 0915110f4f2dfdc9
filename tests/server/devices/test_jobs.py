"""A wish to a device: posted once, sent until it is received, settled by reports in any order or by a person."""

import itertools
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from edge_agent import wire
from fixtures.browser import Browser
from server.core import actor, clock
from server.core.actor import Actor
from server.devices import operations, queries
from server.devices.models import DeviceJob
from server.devices.operations.sending import SILENCE_MS
from tests.server.devices.conftest import Edge
from tests.server.staff.conftest import Inside, World, sign_in

JOB = uuid.UUID("0192f000-0000-7000-8000-000000000001")
SALE = uuid.UUID("0192f000-0000-7000-8000-0000000000aa")
RECEIPT = {"kind": "receipt", "doc": {"blocks": [{"kind": "text", "text": "Çörək"}, {"kind": "cut"}]}}


def post(inside: Inside, device_id: int, *, job_id: uuid.UUID = JOB, op: wire.Op = "print", **values: Any) -> bool:
    """Wish for a receipt, unless said otherwise."""
    args = values.pop("args", RECEIPT if op == "print" else {})
    with inside():
        return operations.post_job(
            job_id=job_id, device_id=device_id, op=op, args=args, cause_kind="sale", cause_id=SALE, **values
        )


def job(inside: Inside, job_id: uuid.UUID = JOB) -> DeviceJob:
    """The job as it stands."""
    with inside():
        return queries.job(job_id)


def test_a_wish_takes_class_life_and_priority_from_the_table_of_jobs(
    inside: Inside, hardware: dict[str, int], now: int
) -> None:
    post(inside, hardware["printer"])
    post(inside, hardware["drawer"], job_id=SALE, op="open")

    receipt, drawer = job(inside), job(inside, SALE)
    assert (receipt.job_class, receipt.expires_at - now, receipt.prio, receipt.stage) == ("once", 600_000, 5, "queued")
    assert (drawer.job_class, drawer.expires_at - now, drawer.prio) == ("never_late", 5_000, 9)
    assert receipt.digest == wire.digest(wire.PrintArgs.from_dict(RECEIPT).to_dict())


def test_the_same_wish_twice_is_one_job(inside: Inside, edge: Edge, hardware: dict[str, int]) -> None:
    post(inside, hardware["printer"])
    edge.sent()

    post(inside, hardware["printer"], args=RECEIPT | {"copy": 1})

    assert (job(inside).sends, job(inside).args["copy"]) == (1, 0)


def test_a_wish_whose_life_is_over_is_none(inside: Inside, hardware: dict[str, int]) -> None:
    assert post(inside, hardware["drawer"], op="open", lives_ms=0) is False
    assert post(inside, hardware["drawer"], op="open", lives_ms=-1) is False
    assert post(inside, hardware["drawer"], op="open", lives_ms=1_500) is True

    assert job(inside).expires_at - job(inside).created_at == 1_500


def test_no_wish_lives_longer_than_its_kind(inside: Inside, hardware: dict[str, int]) -> None:
    post(inside, hardware["drawer"], op="open", lives_ms=3_600_000)

    assert job(inside).expires_at - job(inside).created_at == 5_000


def test_a_sandbox_moves_no_paper(inside: Inside, hardware: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.core.outbox.SENDS_FOR", frozenset())

    assert post(inside, hardware["printer"]) is False


def test_drawers_are_sent_first_and_jobs_are_numbered_when_first_sent(
    inside: Inside, edge: Edge, hardware: dict[str, int]
) -> None:
    post(inside, hardware["printer"])
    post(inside, hardware["drawer"], job_id=SALE, op="open")

    sent = edge.sent()

    assert [(out.command.op, out.command.seq) for out in sent] == [("open", 1), ("print", 2)]
    assert {out.address.prefix for out in sent} == {f"pos/v1/{sent[0].address.tenant}/b1/{edge.key}"}
    assert all(out.command.has_right_digest for out in sent)
    assert edge.sent() == []


def test_a_job_is_sent_again_with_its_number_and_what_is_left_of_its_life(
    inside: Inside, edge: Edge, hardware: dict[str, int], now: int
) -> None:
    post(inside, hardware["printer"])
    edge.sent()

    with clock.frozen(now + 1_999):
        assert edge.sent() == []
    with clock.frozen(now + 2_000):
        (again,) = edge.sent()

    assert (again.command.seq, again.command.ttl_ms) == (1, 598_000)


def test_what_was_received_is_not_sent_again(inside: Inside, edge: Edge, hardware: dict[str, int], now: int) -> None:
    post(inside, hardware["printer"])
    edge.sent()
    edge.report(JOB, "received", n=1)

    with clock.frozen(now + 60_000):
        assert edge.sent() == []


def test_nothing_is_sent_to_an_agent_that_is_away_or_disabled(
    inside: Inside, edge: Edge, owner: Browser, hardware: dict[str, int]
) -> None:
    post(inside, hardware["printer"])
    edge.presence("offline")
    away = edge.sent()
    edge.presence("online", session=2)
    with inside():
        operations.disable_agent(edge.agent())
    disabled = edge.sent()

    assert (away, disabled) == ([], [])


def test_what_was_posted_in_one_push_goes_out_in_the_order_in_which_it_happened(
    inside: Inside, edge: Edge, hardware: dict[str, int]
) -> None:
    last_comes_first = [uuid.UUID(int=JOB.int + number) for number in (3, 2, 1)]
    for left_ms, number in zip((570_000, 580_000, 590_000), last_comes_first, strict=True):
        post(inside, hardware["printer"], job_id=number, lives_ms=left_ms)

    sent = [uuid.UUID(out.command.id) for out in edge.sent()]
    with inside():
        again = operations.mark_sent(operations.jobs_to_resend(edge.agent()))

    assert sent == last_comes_first
    assert [uuid.UUID(out.command.id) for out in again] == last_comes_first


def test_after_connecting_the_living_jobs_come_in_their_order(
    inside: Inside, edge: Edge, hardware: dict[str, int]
) -> None:
    ids = [uuid.UUID(int=JOB.int + number) for number in range(4)]
    for number in ids[:3]:
        post(inside, hardware["printer"], job_id=number)
    order = [uuid.UUID(out.command.id) for out in edge.sent()]
    edge.report(order[1], "started", n=1)
    edge.report(order[2], "received", n=2)
    post(inside, hardware["printer"], job_id=ids[3])

    with inside():
        sent = operations.mark_sent(operations.jobs_to_resend(edge.agent()))

    assert [(uuid.UUID(out.command.id), out.command.seq) for out in sent] == [(order[0], 1), (order[2], 3), (ids[3], 4)]


def test_reports_in_any_order_give_one_end(inside: Inside, edge: Edge, hardware: dict[str, int]) -> None:
    reports = [("received", 1), ("started", 2), ("held", 3), ("done", 4)]

    for number, order in enumerate(itertools.permutations(reports)):
        job_id = uuid.UUID(int=JOB.int + number)
        post(inside, hardware["printer"], job_id=job_id)
        for stage, n in (*order, order[0]):
            edge.report(job_id, stage, n=n, confirmed=True)
        settled = job(inside, job_id)
        assert (settled.stage, settled.reported_n, settled.is_open) == ("done", 4, False), order


def test_a_later_attempt_goes_before_an_earlier_ones_end_that_is_unclear(
    inside: Inside, edge: Edge, hardware: dict[str, int]
) -> None:
    post(inside, hardware["printer"])
    edge.report(JOB, "uncertain", n=3, attempt=1, bytes_sent=700)
    edge.report(JOB, "started", n=4, attempt=2)
    edge.report(JOB, "uncertain", n=3, attempt=1)

    assert (job(inside).stage, job(inside).attempt) == ("started", 2)


def test_another_agents_report_changes_nothing(
    inside: Inside, edge: Edge, enrolled: Callable[[int], Edge], world: World, hardware: dict[str, int]
) -> None:
    stranger = enrolled(world.branch_id)
    post(inside, hardware["printer"])

    stranger.report(JOB, "done", n=1)
    stranger.report(uuid.UUID(int=5), "done", n=2)

    assert job(inside).stage == "queued"


def test_what_was_never_received_expires(inside: Inside, edge: Edge, hardware: dict[str, int], now: int) -> None:
    post(inside, hardware["drawer"], op="open")

    with clock.frozen(now + 4_999), inside():
        assert operations.expire_jobs() == 0
        assert operations.next_due_at() == now
    with clock.frozen(now + 5_000), inside():
        assert operations.expire_jobs() == 1
        assert operations.next_due_at() is None

    assert (job(inside).stage, job(inside).reason, job(inside).is_open) == ("expired", "not_delivered", False)


def test_a_silent_agent_makes_a_paper_unclear_and_a_drawer_past(
    inside: Inside, edge: Edge, hardware: dict[str, int], now: int
) -> None:
    post(inside, hardware["printer"])
    post(inside, hardware["drawer"], job_id=SALE, op="open")
    edge.report(JOB, "received", n=1)
    edge.report(SALE, "received", n=2)

    with clock.frozen(now + 600_000 + SILENCE_MS), inside():
        assert operations.next_due_at() == now + 5_000 + SILENCE_MS
        operations.expire_jobs()

    assert [(job(inside, one).stage, job(inside, one).is_open) for one in (JOB, SALE)] == [
        ("uncertain", True),
        ("expired", False),
    ]


def test_what_the_server_only_guessed_gives_way_to_what_the_agent_knows(
    inside: Inside, edge: Edge, hardware: dict[str, int], now: int
) -> None:
    post(inside, hardware["printer"])
    with clock.frozen(now + 600_000), inside():
        operations.expire_jobs()

    edge.report(JOB, "done", n=7, confirmed=True)

    assert (job(inside).stage, job(inside).is_confirmed, job(inside).reason) == ("done", True, None)


@pytest.mark.parametrize(("came_out", "stage"), [(True, "done"), (False, "failed")])
def test_a_person_says_whether_an_unclear_paper_came_out(
    inside: Inside, edge: Edge, till: Browser, world: World, hardware: dict[str, int], came_out: bool, stage: str
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]
    with inside(), actor.acting(Actor(kind="device", terminal_id=terminal_id)):
        operations.post_job(
            job_id=JOB, device_id=hardware["printer"], op="print", args=RECEIPT, cause_kind="sale", cause_id=SALE
        )
    edge.report(JOB, "uncertain", n=3, bytes_sent=700)
    sign_in(till, world, "cashier")

    answer = till.post(f"/devices/jobs/{JOB}/settle", {"came_out": came_out})
    edge.report(JOB, "started", n=4, attempt=2)

    assert (answer.status_code, answer.json["stage"], answer.json["came_out"]) == (200, stage, came_out)
    assert (job(inside).stage, job(inside).settled_by) == (stage, world.people["cashier"])
    assert till.post(f"/devices/jobs/{JOB}/settle", {"came_out": came_out}).json["code"] == "job_not_unclear"
    with inside():
        assert operations.forgettable(edge.agent(), [str(JOB), str(SALE), "nonsense"]) == [str(JOB), str(SALE)]


def test_a_terminal_sees_and_settles_its_own_jobs_only(
    inside: Inside, edge: Edge, till: Browser, owner: Browser, world: World, hardware: dict[str, int]
) -> None:
    post(inside, hardware["printer"])
    edge.report(JOB, "uncertain", n=1)
    sign_in(till, world, "cashier")

    assert till.get("/devices/jobs").json["rows"] == []
    assert till.post(f"/devices/jobs/{JOB}/settle", {"came_out": True}).status_code == 404
    assert [row["stage"] for row in owner.get("/devices/jobs", stage="uncertain").json["rows"]] == ["uncertain"]
    assert owner.post(f"/devices/jobs/{JOB}/settle", {"came_out": True}).status_code == 200


def test_jobs_come_by_pages_newest_first(inside: Inside, owner: Browser, hardware: dict[str, int], now: int) -> None:
    for number in range(3):
        with clock.frozen(now + number):
            post(inside, hardware["printer"], job_id=uuid.UUID(int=JOB.int + number))

    first = owner.get("/devices/jobs", limit=2).json
    second = owner.get("/devices/jobs", limit=2, cursor=first["next"]).json

    ids = [uuid.UUID(row["id"]).int - JOB.int for row in first["rows"] + second["rows"]]
    assert (ids, second["next"]) == ([2, 1, 0], None)
    assert {row["kind"] for row in first["rows"]} == {"receipt"}
    assert owner.get("/devices/jobs", cursor="bm9uc2Vuc2U").json["errors"][0]["field"] == "cursor"


def test_a_test_page_reaches_the_printer(owner: Browser, edge: Edge, hardware: dict[str, int], till: Browser) -> None:
    answer = owner.post(f"/devices/devices/{hardware['printer']}/test-print")

    (sent,) = edge.sent()
    args = sent.command.parsed_args()
    assert answer.json["job_id"] == sent.command.id
    assert isinstance(args, wire.PrintArgs)
    assert "Əə" in str(args.doc.to_dict())
    assert owner.post(f"/devices/devices/{hardware['drawer']}/test-print").json["code"] == "not_a_printer"
    assert owner.post("/devices/devices/1/test-print").status_code == 404
    assert till.post(f"/devices/devices/{hardware['printer']}/test-print").status_code == 401
