"""The event stream: hints to the right browser, pings, an end for who is shut out, a limit, life without Redis."""

import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
import redis
from flask.testing import FlaskClient

from fixtures.valkey import Valkey
from fixtures.waiting import wait_for
from server.catalog import operations
from server.core import changes, live
from server.core.actor import Actor
from server.core.doors import App
from server.core.tenant import Tenant, tenant_scope
from server.core.transaction import reading, session, writing
from server.devices.models import Terminal
from server.staff import operations as staff
from server.staff.hashing import token_hash
from server.staff.models import Person
from server.web import stream
from server.web.stream import Hub, Stream
from tests.server.catalog.conftest import World

AT_TILL = Actor(kind="device", terminal_id=5)


class Reader:
    """Reads a stream piece by piece, as a browser does."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.first = next(pieces)

    def next(self) -> tuple[str, Any]:
        event, data = next(self.pieces).decode().strip().split("\n")
        return event.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))

    def until(self, wanted: str) -> Any:
        while True:
            event, data = self.next()
            if event == wanted:
                return data


@pytest.fixture
def hub(app: App) -> Hub:
    """A hub with short times, so that nobody waits."""
    made = Hub(app, at_most=2)
    made.client, made.ping_s, made.poll_s = None, 0.2, 0.02
    return made


def test_the_first_word_is_a_hint_with_the_cursor(hub: Hub, shop: Tenant, world: World, terminal_id: int) -> None:
    with reading():
        head = changes.head()

    reader = Reader(stream.events(hub, Stream(shop, AT_TILL)))

    assert reader.first == b"retry: 2000\n\n"
    assert reader.next() == ("hint", {"cursor": head})


def test_without_redis_the_change_log_is_looked_at(hub: Hub, shop: Tenant, world: World, terminal_id: int) -> None:
    reader = Reader(stream.events(hub, Stream(shop, AT_TILL)))
    reader.next()

    with writing():
        item = operations.create_item(world.item())

    assert reader.until("hint") == {"cursor": item.id + 1}


def test_a_quiet_stream_pings(hub: Hub, shop: Tenant, world: World, terminal_id: int) -> None:
    reader = Reader(stream.events(hub, Stream(shop, AT_TILL)))

    assert reader.until("ping") == {}


def test_a_message_reaches_its_shop_and_terminal_only(hub: Hub, shop: Tenant, world: World) -> None:
    mine, other, person = (
        Stream(shop, AT_TILL),
        Stream(shop, Actor(kind="device", terminal_id=6)),
        Stream(shop, AT_TILL),
    )
    hub.at_most = 3
    for one in (mine, other, person):
        hub.open(one)

    hub.pass_on(orjson.dumps({"tenant": str(shop.id), "terminal": 6, "event": "scan", "data": {"code": "1"}}))
    hub.pass_on(orjson.dumps({"tenant": str(shop.id), "terminal": None, "event": "hint", "data": {"cursor": 9}}))
    hub.pass_on(orjson.dumps({"tenant": "0" * 32, "terminal": None, "event": "hint", "data": {"cursor": 1}}))

    assert mine.waiting.get_nowait() == ("hint", {"cursor": 9})
    assert mine.waiting.empty()
    assert [other.waiting.get_nowait()[0] for _ in range(2)] == ["scan", "hint"]


def test_a_revoked_terminals_stream_ends(hub: Hub, shop: Tenant, world: World, terminal_id: int) -> None:
    reader = Reader(stream.events(hub, Stream(shop, AT_TILL)))
    reader.next()

    with writing():
        session().get_one(Terminal, terminal_id).revoked_at = 1

    with pytest.raises(StopIteration):
        reader.until("never")


def test_the_stream_of_someone_who_leaves_ends(hub: Hub, shop: Tenant, world: World, terminal_id: int) -> None:
    with writing():
        person = staff.create_person(name="Gedən", roles=[])
        signed_in = staff.start_session(person, None, None)
        who = Actor(kind="person", person_id=person.id, session_id=token_hash(signed_in.token))
    reader = Reader(stream.events(hub, Stream(shop, who)))
    reader.next()

    with writing():
        staff.archive_person(session().get_one(Person, person.id))

    with pytest.raises(StopIteration):
        reader.until("never")


def test_more_streams_than_threads_allow_are_sent_away(
    hub: Hub, app: App, at_till: None, client: FlaskClient, shop: Tenant
) -> None:
    real, app.extensions[stream.EXTENSION] = app.extensions[stream.EXTENSION], hub
    for _ in range(2):
        hub.open(Stream(shop, AT_TILL))

    refused = client.get("/api/v1/stream")
    app.extensions[stream.EXTENSION] = real

    assert (refused.status_code, refused.json["code"], refused.headers["Retry-After"]) == (503, "busy", "30")


def test_a_closed_stream_gives_its_place_back(app: App, at_till: None, client: FlaskClient) -> None:
    hub = stream.hub_of(app)
    before, hub.at_most = hub.at_most, 1

    for _ in range(3):
        answer = client.get("/api/v1/stream", buffered=False)
        assert answer.status_code == 200
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.mimetype == "text/event-stream"
        answer.close()
    hub.at_most = before


def test_nobody_gets_no_stream(world: World, nobody: object, client: FlaskClient) -> None:
    assert client.get("/api/v1/stream").status_code == 401


def test_what_is_published_reaches_an_open_stream(
    app: App, shop: Tenant, world: World, terminal_id: int, valkey: Valkey
) -> None:
    client = redis.Redis.from_url(valkey.url, socket_timeout=2)
    hub = Hub(app, at_most=5)
    hub.client = client
    opened = Stream(shop, AT_TILL)
    hub.open(opened)
    wait_for(lambda: hub.is_heard)
    app.extensions["aisales_redis"] = client

    live.publish(shop, "weight", {"grams": 512}, terminal_id=5)
    del app.extensions["aisales_redis"]

    heard = opened.next(5)
    hub.stop()

    assert heard == ("weight", {"grams": 512})


def test_a_stream_holds_no_context_between_its_words(
    hub: Hub, app: App, shop: Tenant, world: World, terminal_id: int
) -> None:
    reader = Reader(stream.events(hub, Stream(shop, AT_TILL)))
    reader.next()
    heard: list[Any] = []

    def work() -> None:
        with tenant_scope(app, shop), reading():
            heard.append(changes.head())

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert len(heard) == 3
