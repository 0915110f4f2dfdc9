"""The server's disk is full: a push comes again later, nothing is half-booked, reads go on, and then all is booked."""

import sqlite3
from collections.abc import Callable, Iterator

import psycopg
import pytest
import sqlalchemy as sa

from server.checks import invariants
from server.core import pool, rows
from server.core.doors import App
from server.core.tenant import Tenant
from server.sales.models import Sale
from tests.server.terminals import Terminal
from tests.server.worlds import World, make_world

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
ROOM_PAGES = 3
"""So much of the disk is left: a shift fits, a few sales do not."""


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    """A shop with goods and registers."""
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    """A till that has rung forty sales and sent none."""
    made = world.till("K1")
    made.open()
    made.push()
    for _ in range(40):
        made.sell([made.line("Tandır"), made.line("Kola")])
    return made


@pytest.fixture
def fill_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Let the shop's file grow by a few pages and no more."""

    def fill() -> None:
        opened = pool._open_sqlite

        def with_little_room(file: object) -> sqlite3.Connection:
            raw = opened(file)  # type: ignore[arg-type]
            pages = raw.execute("PRAGMA page_count").fetchone()[0]
            raw.execute(f"PRAGMA max_page_count={pages + ROOM_PAGES}")
            return raw

        monkeypatch.setattr(pool, "_open_sqlite", with_little_room)
        _forget(world)

    yield fill
    monkeypatch.undo()
    _forget(world)


@only_sqlite
def test_16_a_full_disk_takes_nothing_half_and_what_waits_is_booked_when_there_is_room(
    world: World, till: Terminal, fill_disk: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = list(till.outbox)
    fill_disk()

    refused = till.browser.post("/sync/push", {"batch": "b", "ops": waiting})
    before = _violations(world), len(world.rows(Sale))
    feed = till.browser.get("/sync/changes", cursor=0, topics="settings", limit=1)
    monkeypatch.undo()
    _forget(world)
    booked = till.verdicts()

    assert (refused.status_code, refused.json["code"]) == (503, "no_room")
    assert int(refused.headers["Retry-After"]) > 0
    assert before[0] == [] and before[1] < 40
    assert feed.status_code in (200, 410)
    assert set(booked) <= {"accepted", "duplicate"}
    assert len(world.rows(Sale)) == 40
    assert _violations(world) == []


@only_sqlite
def test_16_a_change_in_the_office_is_refused_whole_on_a_full_disk(world: World, fill_disk: Callable[[], None]) -> None:
    owner = world.owner()
    fill_disk()
    answers = [owner.post("/catalog/categories", {"name": f"{number} {'x' * 100}"}) for number in range(200)]

    refused = [answer.json["code"] for answer in answers if answer.status_code != 201]
    assert set(refused) == {"no_room"}
    assert owner.get("/catalog/categories").status_code == 200


@pytest.mark.parametrize(
    ("cause", "code"),
    [(psycopg.errors.DiskFull("no space left"), "no_room"), (psycopg.OperationalError("server closed"), "busy")],
)
def test_an_outage_in_the_middle_of_a_push_is_no_verdict_on_an_operation(
    world: World, till: Terminal, monkeypatch: pytest.MonkeyPatch, cause: Exception, code: str
) -> None:
    def broken(*_: object) -> None:
        raise sa.exc.OperationalError("INSERT", {}, cause)

    with monkeypatch.context() as patch:
        patch.setattr(rows, "say", broken)
        refused = till.browser.post("/sync/push", {"batch": "b", "ops": till.outbox[:3]})

    assert (refused.status_code, refused.json["code"]) == (503, code)
    assert world.rows(Sale) == []
    assert set(till.verdicts()) == {"accepted"}


def _violations(world: World) -> list[object]:
    with world.app.app_context():
        return list(invariants.check(world.shop))


def _forget(world: World) -> None:
    with world.app.app_context():
        pool.engines().forget(world.shop)
