"""From a push to the first byte at the virtual printer, and from a scan at an agent to a browser's event stream.

Web server, bridge and agent are processes of their own, as in production, with Valkey and Mosquitto between them. A
message to the same kind of broker and back, with nothing else around it, is measured beside them.
"""

import contextlib
import http.client
import json
import secrets
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import sqlalchemy as sa
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent import wire
from edge_agent.profiles import printer_profile
from edge_agent.virtual.printer import VirtualPrinter
from edge_agent.virtual.tcp import TcpPort
from fixtures.gunicorn import Server, environment_of, serving
from fixtures.mosquitto import Mosquitto, private_mosquitto
from fixtures.private import running
from fixtures.streams import OpenStream
from fixtures.valkey import private_valkey
from fixtures.waiting import free_port, is_open, wait_for
from server.cli.web import STREAMING_THREADS
from server.core import clock
from server.core.transaction import session
from server.devices import operations as devices
from server.devices.models import Device
from server.devices.models import Terminal as TerminalRow
from tests.bench import shops
from tests.bench.frame import Bench
from tests.bench.measuring import percentile
from tests.bench.pushing import line
from tests.edge_agent.shop import PrivateBroker
from tests.server.terminals import Terminal
from tests.server.worlds import World

TIMES, WARM = 40, 3
AT_MOST_MS = 100
STARTS_S, ARRIVES_S = 60, 20
SECRET_BYTES = 32
QUESTION_BYTES = 64
"""What an agent asks a printer before and after a paper is shorter."""


def run(bench: Bench) -> None:
    """Measure the round trip, then what the product does with it."""
    trips = _round_trips()
    beside = ("broker and back p95", percentile(trips, 0.95))
    with _shop() as (world, server):
        with _printing_agent(world, server) as paper:
            printed = _prints(world, _till(world, "K1", "receipt"), server, paper)
        with _scanning_agent(world, server) as sim:
            scanned = _scans(_till(world, "K2", "scanner"), server, sim)
    for what, took in (("a push to the first byte at the printer", printed), ("a scan to the browser", scanned)):
        bench.figure(f"{what}: p50", percentile(took, 0.5), "ms")
        bench.figure(f"{what}: p95", percentile(took, 0.95), "ms", at_most=AT_MOST_MS, beside=beside)


def _round_trips() -> list[float]:
    """A message to a broker and back to who sent it, at least once delivered. Units: milliseconds."""
    came = threading.Event()
    with tempfile.TemporaryDirectory(prefix="aisales-bench-") as folder:
        broker = PrivateBroker(Path(folder))
        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        client.on_message = lambda *about: came.set()
        client.on_subscribe = lambda *about: came.set()
        client.connect("127.0.0.1", broker.port)
        client.loop_start()
        client.subscribe("trip", qos=1)
        assert came.wait(ARRIVES_S)
        took = []
        for _ in range(TIMES + WARM):
            came.clear()
            start = time.perf_counter()
            client.publish("trip", b"x" * 500, qos=1)
            assert came.wait(ARRIVES_S)
            took.append(1000 * (time.perf_counter() - start))
        client.disconnect()
        client.loop_stop()
        broker.kill()
    return took[WARM:]


@contextlib.contextmanager
def _shop() -> Iterator[tuple[World, Server]]:
    """The product around a market, without any agent."""
    with contextlib.ExitStack() as stack:
        valkey = stack.enter_context(private_valkey())
        mosquitto = stack.enter_context(private_mosquitto())
        world = stack.enter_context(shops.market("sqlite", **_services(valkey.url, mosquitto)))
        config = world.app.extensions["aisales_config"]
        server = stack.enter_context(serving(world.app, workers=1, threads=STREAMING_THREADS))
        bridge = [sys.executable, "-m", "server.cli", "bridge"]
        stack.enter_context(running(bridge, config.data / "bridge.log", env=environment_of(config)))
        yield world, server


@contextlib.contextmanager
def _printing_agent(world: World, server: Server) -> Iterator["Paper"]:
    """An agent whose printer stands in this process, as a printer has a processor of its own."""
    paper = Paper()
    file = world.app.extensions["aisales_config"].data / "agent.toml"
    file.write_text(
        'schema = 1\n[device.receipt-1]\nclass = "printer"\nprofile = "virtual"\n'
        f'link = {{ kind = "tcp", host = "127.0.0.1", port = {paper.printer.port} }}\n'
    )
    with _agent(world, server, "receipt-1", "--config", str(file)):
        yield paper
    paper.printer.stop()


@contextlib.contextmanager
def _scanning_agent(world: World, server: Server) -> Iterator["Sim"]:
    """An agent with the virtual counter."""
    sim = Sim(free_port())
    with _agent(world, server, "scanner-1", "--sim", "--sim-port", str(sim.port)):
        wait_for(lambda: is_open(sim.port), timeout_s=STARTS_S, what="the virtual hardware")
        yield sim


@contextlib.contextmanager
def _agent(world: World, server: Server, device: str, *words: str) -> Iterator[None]:
    """An agent, once one of its devices is there."""
    config = world.app.extensions["aisales_config"]
    folder = config.data / device
    folder.mkdir()
    environment = environment_of(config) | _enrolment(world, server, folder)
    command = [sys.executable, "-m", "edge_agent", "run", *words, "--state", str(folder)]
    with running(command, config.data / f"{device}.log", env=environment):
        wait_for(lambda: device in _devices(world), timeout_s=STARTS_S, what=device)
        yield


def _services(redis_url: str, mosquitto: Mosquitto) -> dict[str, Any]:
    return {
        "redis_url": redis_url,
        "mqtt_url": mosquitto.url,
        "mqtt_admin_file": mosquitto.admin_file,
        "broker_host": mosquitto.host,
        "broker_port": mosquitto.port,
        "secret": secrets.token_bytes(SECRET_BYTES),
    }


def _enrolment(world: World, server: Server, folder: Path) -> dict[str, str]:
    token = world.inside(lambda: devices.make_enrol_token(world.branch_id), mode="writing", at_ms=clock.now_ms())
    (folder / "token").write_text(token)
    return {
        "AISALES_ENROL_TOKEN_FILE": str(folder / "token"),
        "AISALES_ENROL_SERVER": f"http://127.0.0.1:{server.port}",
        "AISALES_ENROL_HOST": f"{world.shop.slug}.localhost",
    }


def _devices(world: World) -> dict[str, int]:
    return {row.name: row.id for row in world.inside(lambda: session().scalars(sa.select(Device)).all())}


class Sim:
    """The virtual hardware of the agent, over its own port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, body: Any = None) -> bytes:
        """A GET, or a POST where there is a body."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=STARTS_S)) as raw:
            raw.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body))
            answer = raw.getresponse()
            said = answer.read()
            assert answer.status == 200, said
            return said


class Paper:
    """A virtual printer that notes when the first byte of a paper comes, and when the paper is out."""

    def __init__(self) -> None:
        self.began, self.ended = threading.Event(), threading.Event()
        self.began_s, self._last = 0.0, 0
        self.printer = VirtualPrinter(
            "receipt-1",
            printer_profile("virtual"),
            None,
            now=lambda: wire.utc_text(clock.now_ms()),
            changed=self._look,
            listen=lambda receive, port: TcpPort(lambda data: self._came(receive, data), port),
        )

    def await_next(self) -> None:
        """Forget the paper before."""
        self.began.clear()
        self.ended.clear()

    def _came(self, receive: Callable[[bytes], None], data: bytes) -> None:
        if len(data) > QUESTION_BYTES and not self.began.is_set():
            self.began_s = time.perf_counter()
            self.began.set()
        receive(data)

    def _look(self) -> None:
        newest = self.printer.papers[-1:]
        if newest and newest[0].is_cut and newest[0].n > self._last:
            self._last = newest[0].n
            self.ended.set()


def _till(world: World, register: str, device: str) -> Terminal:
    """A terminal with a device of the agent, and an open shift."""
    till = world.till(register, shops.CASHIER)
    till.now_ms = clock.now_ms()
    bound = {device: _devices(world)[f"{device}-1"]}
    world.inside(
        lambda: devices.change_terminal(session().get_one(TerminalRow, till.id), register, bound), mode="writing"
    )
    till.open()
    till.push()
    return till


def _prints(world: World, till: Terminal, server: Server, paper: Paper) -> list[float]:
    """From the push of a sale to the first byte of its receipt. Units: milliseconds."""
    bodies = shops.bodies(shops.printed_sales(till, shops.goods(world, shops.GOODS), TIMES + WARM), 1)
    took = []
    with line(server, till) as opened:
        for body in bodies:
            paper.await_next()
            start = time.perf_counter()
            opened.push(body)
            assert paper.began.wait(ARRIVES_S), "no receipt came out"
            took.append(1000 * (paper.began_s - start))
            assert paper.ended.wait(ARRIVES_S), "the receipt has no end"
    return took[WARM:]


def _scans(till: Terminal, server: Server, sim: Sim) -> list[float]:
    """From a scan to its event in the browser. Units: milliseconds."""
    named = {name: value for name, value in shops.headers(till).items() if name in ("Host", "Cookie")}
    stream = OpenStream.ask(server.port, named)
    assert stream.next()[0] == "hint"
    took = []
    for _ in range(TIMES + WARM):
        code = str(uuid.uuid4().int)[:12]
        start = time.perf_counter()
        sim.ask("/scan/scanner-1", {"code": code, "symbology": "code128"})
        while True:
            event, said = stream.next()
            if event == "scan":
                break
        took.append(1000 * (time.perf_counter() - start))
        assert said["code"] == code
    stream.close()
    return took[WARM:]
