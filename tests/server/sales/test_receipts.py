"""Which papers and pulses a sale brings forth, and which it does not any more."""

import uuid

import pytest

from edge_agent import wire
from server.core.doors import App
from server.core.tenant import Tenant
from server.devices.models import DeviceJob
from server.seeds.till import Head
from tests.server.worlds import Terminal, World, make_world

BREAD = "Tandır çörəyi"
PRINTS = Head(prints=True)


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    world.give_devices(opened.id)
    opened.open()
    return opened


def jobs(world: World) -> list[tuple[str, str]]:
    return sorted((job.op, job.cause_id) for job in world.rows(DeviceJob))


def test_a_young_cash_sale_prints_its_receipt_and_opens_the_drawer(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)], [till.cash(given=200)], PRINTS, age_ms=1_000)

    till.push()

    assert jobs(world) == [("open", sale["id"]), ("print", sale["id"])]
    by_op = {job.op: job for job in world.rows(DeviceJob)}
    assert by_op["print"].id == wire.job_id(uuid.UUID(sale["id"]), "receipt")
    assert by_op["open"].id == wire.job_id(uuid.UUID(sale["id"]), "open")
    assert by_op["open"].expires_at - by_op["open"].created_at == 4_000
    words = [block.get("left", block.get("text", "")) for block in by_op["print"].args["doc"]["blocks"]]
    assert "Tandır çörəyi" in words
    assert "Fiskal sənəd deyil" in words


def test_a_card_sale_leaves_the_drawer_shut(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)], [till.card()], PRINTS, age_ms=1_000)

    till.push()

    assert jobs(world) == [("print", sale["id"])]


@pytest.mark.parametrize(
    ("age_ms", "ops"), [(4_999, ["open", "print"]), (5_000, ["print"]), (599_999, ["print"]), (600_000, []), (None, [])]
)
def test_what_is_too_old_is_not_sent_at_all(world: World, till: Terminal, age_ms: int | None, ops: list[str]) -> None:
    till.sell([till.line(BREAD)], [till.cash()], PRINTS, age_ms=age_ms)

    till.push()

    assert [op for op, _ in jobs(world)] == ops


def test_a_sale_pushed_twice_is_printed_once(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)], [till.cash()], PRINTS, age_ms=100)
    till.push()

    till.send([sale])

    assert len(world.rows(DeviceJob)) == 2


def test_a_copy_is_a_paper_of_its_own_that_says_so(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    copy = till.does("receipt_copy", {"sale_id": sale["id"]}, age_ms=100)

    till.push()

    (job,) = world.rows(DeviceJob)
    assert (job.cause_kind, job.cause_id, job.copy) == ("receipt_copy", copy["id"], 1)
    words = [block.get("text") for block in job.args["doc"]["blocks"]]
    assert {"SURƏT", "Surət 1"} <= set(words)


def test_a_cash_refund_opens_the_drawer_and_prints_a_return(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    back = till.give_back(sale, [(1, 1_000)], head=Head(approved_by=world.people["manager"], prints=True))
    till.outbox[-1]["age_ms"] = 100

    till.push()

    assert jobs(world) == [("open", back["id"]), ("print", back["id"])]
