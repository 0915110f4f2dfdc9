"""Somebody holds a shop's database locked: its callers come again after a bounded time, others notice nothing."""

import contextlib
import http.client
import json
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from fixtures.browser import Browser
from fixtures.gunicorn import Server, serving
from server.core import flags, tenant, transaction
from server.core.config import THREADS_PER_TENANT
from server.core.doors import App
from server.core.errors import Busy
from server.core.ids import new_id
from server.core.pool import sqlite_file
from server.core.tenant import Placement, Tenant
from server.core.transaction import control_reading, waiting_at_most, writing
from server.tenants import provisioning
from tests.server.conftest import CLUSTER, SQLITE, app, database, placement, shop
from tests.server.worlds import World, make_world

__all__ = ["app", "database", "placement", "shop"]

pytestmark = pytest.mark.pooled

BEYOND = 6
WAIT_S = 0.5
FAR_LESS_S = 5.0
"""Than the thirty seconds and more for which the lock is held: until the test lets go of it."""


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shorter wait than the product's ten seconds, for the test's own sake."""
    monkeypatch.setattr(transaction, "WAIT_AT_MOST_S", WAIT_S)


@pytest.fixture
def worlds(app: App, shop: Tenant, database: str) -> tuple[World, World]:
    """The shop that will be locked, and another."""
    place = SQLITE if database == "sqlite" else CLUSTER
    with app.app_context():
        other = provisioning.create_database(f"{shop.slug}-free", "Free", placement_id=place)
    return make_world(app, shop), make_world(app, other)


@contextlib.contextmanager
def locked(world: World) -> Iterator[None]:
    """Nobody else writes in the shop as long as the block runs."""
    hold = _hold_sqlite if world.shop.kind == "sqlite" else _hold_postgres
    with world.app.app_context(), hold(world.shop):
        yield


@contextlib.contextmanager
def _hold_sqlite(shop: Tenant) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(sqlite_file(tenant.config(), shop.id), isolation_level=None)) as raw:
        raw.execute("BEGIN EXCLUSIVE")
        yield
        raw.execute("ROLLBACK")


@contextlib.contextmanager
def _hold_postgres(shop: Tenant) -> Iterator[None]:
    with control_reading() as control:
        url = control.get_one(Placement, shop.placement_id).admin_url.format(database=shop.database)
    with psycopg.connect(url) as raw:
        raw.execute("LOCK TABLE category, flag IN ACCESS EXCLUSIVE MODE")
        yield
        raw.rollback()


def make_category(browser: Browser, name: str) -> int:
    """Change something over the API; returns the status."""
    return browser.post("/catalog/categories", {"name": name}).status_code


def test_a_locked_shop_is_waited_for_a_bounded_time_and_its_callers_come_again(worlds: tuple[World, World]) -> None:
    owner = worlds[0].owner()

    with locked(worlds[0]):
        began_s = time.monotonic()
        refused = owner.post("/catalog/categories", {"name": "Rəf"})
        took_s = time.monotonic() - began_s

    assert (refused.status_code, refused.json["code"]) == (503, "busy")
    assert int(refused.headers["Retry-After"]) > 0
    assert WAIT_S <= took_s < FAR_LESS_S
    assert make_category(owner, "Rəf") == 201


def test_other_shops_are_served_while_requests_of_a_locked_one_wait(
    worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "WAIT_AT_MOST_S", 30.0)
    waiting, free = (world.owner() for world in worlds)
    ended: list[int] = []
    thread = threading.Thread(target=lambda: ended.append(make_category(waiting, "Rəf")))

    with locked(worlds[0]):
        thread.start()
        statuses = [make_category(free, f"Rəf {number}") for number in range(5)]
        still_waiting = not ended
    thread.join(20)

    assert statuses == [201] * 5
    assert still_waiting
    assert ended == [201]


def test_who_serves_other_shops_after_it_waits_for_a_locked_one_only_briefly(
    app: App, worlds: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "WAIT_AT_MOST_S", 30.0)

    with locked(worlds[0]), tenant.tenant_scope(app, worlds[0].shop):
        began_s = time.monotonic()
        with pytest.raises(Busy), waiting_at_most(0.1), writing():
            flags.raise_flag("price_differs", "sale", "1")

        assert time.monotonic() - began_s < FAR_LESS_S


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_a_locked_shop_takes_no_more_than_its_share_of_the_threads(app: App, worlds: tuple[World, World]) -> None:
    """Through the real web server: beyond the share its callers come again at once, and the neighbour is served."""
    stuck, free = worlds
    of_stuck, of_free = (world.owner(Browser).cookie("__Host-session") for world in worlds)
    answers: queue.Queue[int] = queue.Queue()

    with serving(app, workers=1, threads=THREADS_PER_TENANT + 16) as server, contextlib.ExitStack() as ends:
        with locked(stuck):
            threads = [
                threading.Thread(target=lambda: answers.put(_post_once(server, stuck, of_stuck)))
                for _ in range(THREADS_PER_TENANT + BEYOND)
            ]
            for thread in threads:
                ends.callback(thread.join, 30)
                thread.start()
            at_once = [answers.get(timeout=10) for _ in range(BEYOND)]
            neighbour = [_post_once(server, free, of_free) for _ in range(3)]
            still_waiting = THREADS_PER_TENANT + BEYOND - len(at_once) - answers.qsize()

    assert at_once == [503] * BEYOND
    assert neighbour == [201] * 3
    assert still_waiting > 0


def _post_once(server: Server, world: World, session: str | None) -> int:
    """Change something over a connection of its own; returns the status, and demands a time to wait with a refusal."""
    host = f"{world.shop.slug}.localhost"
    headers = {
        "Host": host,
        "Origin": f"http://{host}",
        "X-AISales": "1",
        "Content-Type": "application/json",
        "Cookie": f"__Host-session={session}",
    }
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as line:
        line.request("POST", "/api/v1/catalog/categories", json.dumps({"name": new_id().hex}), headers)
        answer = line.getresponse()
        answer.read()
    assert answer.status != 503 or int(answer.headers["Retry-After"]) > 0
    return answer.status
