"""The same operation fifty times at once, over eight connections to a real gunicorn of two processes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fixtures.gunicorn import Server, serving
from server.cash.models import CashDocument, Tender
from server.core import clock
from server.core.doors import App
from server.core.inbox import Operation
from server.core.tenant import Tenant
from server.devices.models import DeviceJob
from server.sales.models import Sale
from server.seeds.till import Head
from server.stock.models import StockMove
from tests.server.worlds import Terminal, World, make_world

pytestmark = pytest.mark.pooled

TIMES, CONNECTIONS = 50, 8


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    world.give_devices(opened.id)
    opened.now_ms = clock.now_ms()
    opened.open()
    return opened


def push_at_once(server: Server, world: World, till: Terminal, batches: list[list[Any]]) -> list[dict[str, Any]]:
    """Push each batch once, over eight connections at the same time."""
    cookie = till.browser.cookie("__Host-terminal") or ""

    def one_connection(part: list[list[Any]]) -> list[dict[str, Any]]:
        with server.connection(world.shop.slug, cookie) as connection:
            return [connection.push(batch) for batch in part]

    parts = [batches[start::CONNECTIONS] for start in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return [answer for answers in pool.map(one_connection, parts) for answer in answers]


@pytest.fixture
def server(app: App) -> Any:
    with serving(app) as running:
        yield running


def test_fifty_copies_are_one_sale_one_set_of_moves_one_print_and_one_answer(
    server: Server, world: World, till: Terminal
) -> None:
    sale = till.sell([till.line("Süd", 2_000), till.line("Pendir", 355)], head=Head(prints=True), age_ms=10)
    push_at_once(server, world, till, [[till.log[0]]])

    answers = push_at_once(server, world, till, [[sale]] * TIMES)

    results = [answer["results"][0] for answer in answers]
    assert sorted(result["verdict"] for result in results) == ["accepted", *["duplicate"] * (TIMES - 1)]
    assert {
        (tuple(result["flags"]), result["error"], answer["next_seq"])
        for result, answer in zip(results, answers, strict=True)
    } == {((), None, 3)}
    counts: dict[str, Callable[[], list[Any]]] = {
        "sale": lambda: world.rows(Sale),
        "document": lambda: world.rows(CashDocument),
        "tender": lambda: world.rows(Tender),
        "print": lambda: [job for job in world.rows(DeviceJob) if job.op == "print"],
        "operation": lambda: [row for row in world.rows(Operation) if row.kind == "sale"],
    }
    assert {name: len(rows()) for name, rows in counts.items()} == dict.fromkeys(counts, 1)
    assert len([move for move in world.rows(StockMove) if move.source_kind == "sale"]) == 2


def test_the_same_id_with_another_body_changes_nothing_even_at_once(
    server: Server, world: World, till: Terminal
) -> None:
    sale = till.sell([till.line("Süd")])
    other = sale | {"body": sale["body"] | {"note": "başqa"}}
    push_at_once(server, world, till, [[till.log[0]], [sale]])
    before = world.contents()

    answers = push_at_once(server, world, till, [[other], [sale]] * 8)

    assert sorted(answer["results"][0]["verdict"] for answer in answers) == ["conflict"] * 8 + ["duplicate"] * 8
    assert world.contents() == before


def test_two_tills_that_sell_the_same_goods_at_once_lose_nothing(server: Server, world: World, till: Terminal) -> None:
    other = world.till("K2")
    other.now_ms = till.now_ms
    other.open()
    names = ["Süd", "Pendir", "Tandır çörəyi"]
    for index in range(12):
        for one in (till, other):
            one.sell([one.line(name) for name in names[index % 3 :] + names[: index % 3]])

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(push_at_once, server, world, one, [one.log[:7], one.log[7:]]) for one in (till, other)]
        answers = [answer for job in jobs for answer in job.result()]

    verdicts = [row["verdict"] for answer in answers for row in answer["results"]]
    assert verdicts == ["accepted"] * 26
    assert len(world.rows(Sale)) == 24
    assert sum(move.quantity_milli for move in world.rows(StockMove) if move.source_kind == "sale") == -72_000
