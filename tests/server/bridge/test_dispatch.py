"""Several shops behind one bridge: one that is locked, broken or floods holds up none of the others."""

import contextlib
import queue
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from edge_agent import wire
from fixtures.mosquitto import Mosquitto
from fixtures.valkey import Valkey
from fixtures.waiting import wait_for
from server.bridge.dispatch import Dispatcher
from server.bridge.inbound import Inbound
from server.bridge.link import Arrival, Link
from server.core import clock, outbox, tenant
from server.core.outbox import Sweep
from server.core.pool import sqlite_file
from server.devices.models import Agent, DeviceJob
from tests.bench.many_shops import Selling, many_shops


@pytest.fixture
def shops(valkey: Valkey) -> Iterator[list[Selling]]:
    """Three small shops with a printer each, on SQLite."""
    with many_shops(3, selling=3, redis_url=valkey.url) as made:
        yield made.selling


@pytest.fixture
def dispatcher(shops: list[Selling], mosquitto: Mosquitto) -> Iterator[Dispatcher]:
    """A dispatcher on a broker; it is called instead of running by itself."""
    link = Link(mosquitto.url, "dispatcher", filters=[])
    link.start()
    wait_for(link.is_up.is_set, what="the broker")
    yield Dispatcher(shops[0].world.app, link, None)
    link.stop()


@contextlib.contextmanager
def locked(shop: Selling) -> Iterator[None]:
    """Nobody else writes in the shop as long as the block runs."""
    file = sqlite_file(shop.world.app.extensions["aisales_config"], shop.world.shop.id)
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.execute("BEGIN EXCLUSIVE")
        yield
        raw.execute("ROLLBACK")


def sent(shop: Selling) -> int:
    """How many of its jobs were sent."""
    return len(shop.world.rows(DeviceJob, DeviceJob.seq.is_not(None)))


def test_a_locked_shop_holds_up_no_other_and_is_looked_at_again(dispatcher: Dispatcher, shops: list[Selling]) -> None:
    for shop in shops:
        shop.post(1)

    with locked(shops[0]):
        dispatcher.send_due()
        at_first = [sent(shop) for shop in shops]
    with dispatcher._app.app_context():
        hinted = outbox.due_tenants(clock.now_ms() + 10_000)
        for one in hinted:
            outbox.hint(tenant.tenant_of_id(one), clock.now_ms())
    dispatcher.send_due()

    assert at_first == [0, 1, 1]
    assert shops[0].world.shop.id in hinted
    assert sent(shops[0]) == 1


def test_a_shop_with_thousands_of_jobs_is_served_in_turns(dispatcher: Dispatcher, shops: list[Selling]) -> None:
    shops[0].post(350)
    shops[1].post(1)

    dispatcher.send_due()

    assert (sent(shops[0]), sent(shops[1])) == (100, 1)


def test_one_tick_opens_no_shop_that_has_nothing_due(dispatcher: Dispatcher, shops: list[Selling]) -> None:
    engines = shops[0].world.app.extensions["aisales_engines"]
    shops[1].post(1)
    engines.dispose()

    assert dispatcher.send_due() == 1
    assert set(engines.of(shops[1].world.shop).pool._idle) == {shops[1].world.shop.id}


def test_after_a_wiped_valkey_the_slow_walk_finds_every_due_row(
    dispatcher: Dispatcher, shops: list[Selling], valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [1_000.0]
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s[0])
    dispatcher._sweep = Sweep()
    for shop in shops:
        shop.post(1)
    valkey.client().flushall()

    assert dispatcher.send_due() == 0
    for _ in range(2 * len(shops)):
        now_s[0] += 1 / Sweep.PER_SECOND + 0.001
        dispatcher.sweep()

    assert [sent(shop) for shop in shops] == [1, 1, 1]


def test_a_shop_that_went_back_to_a_backup_is_told_again_who_is_there(shops: list[Selling]) -> None:
    asked: list[str] = []
    link = SimpleNamespace(is_up=threading.Event(), ask_again=lambda: asked.append("again"))
    dispatcher = Dispatcher(shops[0].world.app, cast("Link", link), None)
    one = shops[0].world.shop
    restored = replace(one, generation=one.generation + 1)

    dispatcher._notice_restore(one)
    before = len(asked)
    for generation in (restored, restored, one):
        dispatcher._notice_restore(generation)

    assert (before, asked) == (0, ["again"])


class Heard:
    """A link on which messages have arrived."""

    def __init__(self) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        self.acknowledged: list[str] = []
        self.published: list[str] = []

    def arrive(self, topic: str, message: wire.Message) -> None:
        """A message from the broker."""
        self.arrivals.put(Arrival(topic, message.to_json(), False, lambda: self.acknowledged.append(topic)))

    def publish(self, topic: str, _payload: bytes, **_: object) -> bool:
        """Something that is said back."""
        self.published.append(topic)
        return True


def test_what_the_agent_of_a_locked_shop_says_waits_and_other_agents_are_heard(shops: list[Selling]) -> None:
    heard = Heard()
    inbound = Inbound(shops[0].world.app, heard)  # type: ignore[arg-type]
    topics = []
    for shop in shops[:2]:
        (agent,) = shop.world.rows(Agent)
        address = wire.Address(shop.world.shop.slug, "b1", agent.key)
        said = wire.Presence(state="offline", boot_id="b", session=1, sent_at=wire.utc_text(clock.now_ms()))
        topics.append(address.up("presence"))
        heard.arrive(topics[-1], said)

    with locked(shops[0]):
        inbound.take_waiting()
        inbound.take_waiting()
        while_locked = list(heard.acknowledged)
    inbound.take_waiting()

    assert while_locked == [topics[1]]
    assert heard.acknowledged == topics[::-1]
    assert [shop.world.rows(Agent)[0].is_online for shop in shops] == [False, False, True]
