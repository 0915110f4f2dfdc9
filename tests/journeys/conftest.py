"""The whole product as real processes, each of which a test may end and start again by itself."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fixtures.mosquitto import Mosquitto, private_mosquitto
from fixtures.private import Program, private_folder, start
from fixtures.valkey import Valkey, private_valkey
from fixtures.waiting import free_port, is_open, wait_for
from server.cli import place
from server.cli.services import is_healthy

AISALES = (sys.executable, "-m", "server.cli")
SLUG = "market"


@dataclass
class Product:
    """Web, bridge, worker and one agent with virtual devices, around a demo business made by `aisales seed`."""

    folder: Path
    mosquitto: Mosquitto
    valkey: Valkey
    world: str
    port: int = field(default_factory=free_port)
    sim_port: int = field(default_factory=free_port)
    programs: dict[str, Program] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """The shop's own origin, as a browser names it."""
        return f"http://{SLUG}.localhost:{self.port}"

    @property
    def sim(self) -> str:
        """The virtual hardware."""
        return f"http://127.0.0.1:{self.sim_port}"

    @property
    def demo(self) -> dict[str, object]:
        """Sign-ins and PINs, as the seed left them."""
        return dict(json.loads((self.folder / "demo.json").read_text()))

    @property
    def environment(self) -> dict[str, str]:
        """What every program of the product is told."""
        own = {
            "AISALES_DATA": self.folder,
            "AISALES_PORT": self.port,
            "AISALES_REDIS_URL": self.valkey.url,
            "AISALES_MQTT_URL": self.mosquitto.url,
            "AISALES_MQTT_ADMIN_FILE": self.mosquitto.admin_file,
            "AISALES_BROKER_HOST": self.mosquitto.host,
            "AISALES_BROKER_PORT": self.mosquitto.port,
            "AISALES_SECRET_FILE": self.folder / "secret",
            "AISALES_ENROL_TOKEN_FILE": self.folder / "agent-token",
            "AISALES_ENROL_SERVER": f"http://127.0.0.1:{self.port}",
            "AISALES_ENROL_HOST": f"{SLUG}.localhost:{self.port}",
            "AISALES_DEMO_FILE": self.folder / "demo.json",
            "AISALES_SIM_URL": self.sim,
        }
        return {**os.environ, **{name: str(value) for name, value in own.items()}}

    def command(self, name: str) -> list[str]:
        """How a program of the product is called."""
        agent = ["run", "--sim", "--sim-port", str(self.sim_port), "--state", str(self.folder / "agent")]
        return {
            "web": [*AISALES, "web", "--bind", f"127.0.0.1:{self.port}"],
            "bridge": [*AISALES, "bridge"],
            "worker": [*AISALES, "worker", "--in-process"],
            "agent": [sys.executable, "-m", "edge_agent", *agent],
        }[name]

    def start(self, name: str) -> None:
        """Start one of the programs."""
        self.programs[name] = start(self.command(name), self.folder / f"{name}.log", env=self.environment)
        if name == "web":
            wait_for(lambda: is_healthy(self.port), timeout_s=30, what=f"the web server; see {self.folder}/web.log")
        if name == "agent":
            wait_for(lambda: is_open(self.sim_port), timeout_s=20, what="the virtual hardware")

    def end(self, name: str) -> None:
        """End one of the programs by its own id, and see that it is gone."""
        self.programs[name].end()
        if name == "web":
            wait_for(lambda: not is_open(self.port), what="the closed port")

    def run(self, *words: str) -> None:
        """Run an `aisales` command to its end."""
        program = start([*AISALES, *words], self.folder / "command.log", env=self.environment)
        assert program.process.wait() == 0, program.log.read_text()[-2000:]

    def end_all(self) -> None:
        """End everything that was started."""
        for program in reversed(self.programs.values()):
            program.end()


@pytest.fixture(scope="session")
def valkey_of_journeys() -> Iterator[Valkey]:
    """A Valkey that nobody empties between tests."""
    with private_valkey() as made:
        yield made


def _product(world: str, valkey: Valkey) -> Iterator[Product]:
    with private_folder() as folder, private_mosquitto() as mosquitto:
        place.secret(folder / "secret")
        (folder / "agent").mkdir()
        product = Product(folder, mosquitto, valkey, world)
        try:
            product.run("seed", world)
            for name in ("web", "bridge", "worker", "agent"):
                product.start(name)
            yield product
        finally:
            product.end_all()


@pytest.fixture
def product(valkey_of_journeys: Valkey) -> Iterator[Product]:
    """A small market of one's own: a test may do to it what it likes."""
    yield from _product("small", valkey_of_journeys)


@pytest.fixture(scope="session")
def demo_product(valkey_of_journeys: Valkey) -> Iterator[Product]:
    """The demo market, for tests that only look."""
    yield from _product("market", valkey_of_journeys)
