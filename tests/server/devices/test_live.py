"""What writes no row: customer display, watched scale, hints about jobs and devices, and the virtual hardware."""

import http.server
import threading
import uuid
from collections.abc import Iterator

import orjson
import pytest
import redis

from edge_agent import wire
from fixtures.browser import Browser
from fixtures.valkey import Valkey
from server.core import actor
from server.core.actor import Actor
from server.core.doors import App
from server.core.live import key
from server.core.tenant import Tenant
from server.devices import operations
from server.devices.live import EDGE_CHANNEL
from tests.server.devices.conftest import Edge
from tests.server.staff.conftest import Inside, World


class Ear:
    """Listens on a channel; `heard` gives the messages so far, once each."""

    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._listening = client.pubsub(ignore_subscribe_messages=True)
        self._listening.subscribe(channel)
        self._listening.get_message(timeout=5)

    def heard(self) -> list[dict[str, object]]:
        """Everything that was published meanwhile; a publish returns only when it was handed to us."""
        found = []
        while (message := self._listening.get_message(timeout=0.2)) is not None:
            found.append(orjson.loads(message["data"]))
        return found


@pytest.fixture
def client(app: App, valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> redis.Redis:
    """The app with a Redis."""
    made = redis.Redis.from_url(valkey.url)
    monkeypatch.setitem(app.extensions, "aisales_redis", made)
    return made


def test_lines_of_the_display_go_to_the_terminals_own_display(
    till: Browser, edge: Edge, hardware: dict[str, int], client: redis.Redis, shop: Tenant
) -> None:
    ear = Ear(client, EDGE_CHANNEL)

    answer = till.post("/devices/show", {"lines": ["Çörək", "1.20 ₼"]})

    (said,) = ear.heard()
    command = wire.Command.from_dict(said["message"])
    assert answer.json == {"sent": True}
    assert (said["tenant"], said["agent_key"], said["site"]) == (shop.slug, edge.key, "b1")
    assert (command.op, command.device, command.args) == ("show", "display-1", {"lines": ["Çörək", "1.20 ₼"]})


def test_watching_the_scale_asks_its_agent(till: Browser, hardware: dict[str, int], client: redis.Redis) -> None:
    ear = Ear(client, EDGE_CHANNEL)

    assert till.post("/devices/watch-scale").json == {"sent": True}

    command = wire.Command.from_dict(ear.heard()[0]["message"])
    assert (command.op, command.device) == ("watch", "scale-1")


def test_a_terminal_without_a_display_is_told_so(till: Browser) -> None:
    answer = till.post("/devices/show", {"lines": []})

    assert (answer.status_code, answer.json["code"], answer.json["params"]) == (
        404,
        "no_device_in_role",
        {"role": "display"},
    )


def test_without_a_redis_nothing_is_sent_and_nothing_breaks(till: Browser, hardware: dict[str, int]) -> None:
    assert till.post("/devices/show", {"lines": ["a"]}).json == {"sent": False}


def test_a_stage_is_told_to_the_terminal_that_wished_it(
    till: Browser, edge: Edge, hardware: dict[str, int], client: redis.Redis, inside: Inside, shop: Tenant
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]
    job_id, sale_id = uuid.UUID(int=1), uuid.UUID(int=2)
    with inside(), actor.acting(Actor(kind="device", terminal_id=terminal_id)):
        operations.post_job(
            job_id=job_id, device_id=hardware["drawer"], op="open", args={}, cause_kind="sale", cause_id=sale_id
        )
    ear = Ear(client, key(shop.id, "live"))

    edge.report(job_id, "received", n=1)
    edge.report(job_id, "received", n=1)

    assert [(said["event"], said["terminal"], said["data"]) for said in ear.heard()] == [
        ("job", terminal_id, {"id": str(job_id), "op": "open", "stage": "received", "cause_id": str(sale_id)})
    ]


def test_a_devices_state_is_told_when_it_changes(
    till: Browser, edge: Edge, hardware: dict[str, int], client: redis.Redis, inside: Inside, shop: Tenant
) -> None:
    ear = Ear(client, key(shop.id, "live"))
    state = {"device": "printer-1", "state": "ready", "since": "2026-11-24T20:00:00.000Z", "session": 1}

    for _ in range(2):
        with inside():
            operations.record_device_state(edge.agent(), wire.DeviceState.from_dict(state))
    edge.presence("offline")

    told = [
        said["data"] for said in ear.heard() if said["event"] == "device" and said["data"]["id"] == hardware["printer"]
    ]
    assert [said["state"] for said in told] == ["ready", "offline"]


class Sim(http.server.BaseHTTPRequestHandler):
    """A stand-in for the agent's page of virtual hardware: any server that speaks HTTP."""

    def do_GET(self) -> None:
        self._answer(404 if self.path.startswith("/missing") else 200, b"\x89PNG " + self.path.encode())

    def do_POST(self) -> None:
        self._answer(200, self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def sim() -> Iterator[str]:
    """The address of the stand-in."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sim) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def with_sim(app: App, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Set AISALES_SIM_URL."""
    config = app.extensions["aisales_config"]
    monkeypatch.setitem(app.extensions, "aisales_config", type(config)(**{**vars(config), "sim_url": url}))


def test_the_counter_is_reached_through_the_shop(
    till: Browser, app: App, sim: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sim(app, monkeypatch, sim)

    picture = till.get("/devices/counter/paper.png", device="printer-1")
    knob = till.post("/devices/counter/knobs", {"paper": "out"})

    assert (picture.status_code, picture.content_type) == (200, "image/png")
    assert picture.data == b"\x89PNG /paper.png?device=printer-1"
    assert orjson.loads(knob.data) == {"paper": "out"}
    assert till.get("/devices/counter/missing").status_code == 404


def test_the_counter_is_for_who_belongs_here_and_only_where_there_is_one(
    till: Browser, browser: Browser, app: App, sim: str, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    with_sim(app, monkeypatch, "")
    none = till.get("/devices/counter/state")
    with_sim(app, monkeypatch, sim)
    stranger = browser.get("/devices/counter/state")
    with_sim(app, monkeypatch, "http://127.0.0.1:1")
    away = till.get("/devices/counter/state")

    assert [(answer.status_code, answer.json["code"]) for answer in (none, stranger, away)] == [
        (404, "not_found"),
        (401, "not_signed_in"),
        (503, "counter_away"),
    ]
