"""The product as real processes that a test kills at named points: web, bridge, worker, an agent for each shop.

    product.arm("bridge", "publish-cmd.before", nth=2)     it dies when it is about to publish its second command
    product.has_died("bridge")                             by SIGKILL, nothing flushed
    product.restart("bridge")                              unarmed

Two shops stand on it, `kiosk` on SQLite and `market` on PostgreSQL. Their printers are virtual and live in the test,
as a real printer outlives the computer that feeds it.
"""

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fixtures.mosquitto import Mosquitto, private_mosquitto
from fixtures.postgresql import PostgreSQL
from fixtures.private import Program, private_folder, start
from fixtures.valkey import Valkey
from fixtures.waiting import free_port, wait_for
from server.app import create_app
from server.cli import place
from server.cli.services import answers_ping, is_healthy, valkey_command
from server.core.config import Config
from server.core.doors import App
from server.core.tenant import Placement
from server.core.transaction import control_writing
from server.tenants import provisioning
from tests.faults.crashing.shop import SETTLE_S, CrashShop

ROOT = Path(__file__).parents[3]
INSIDE = Path(__file__).parent / "inside"
AISALES = (sys.executable, "-m", "server.cli")
SERVER = ("web", "bridge", "worker")
TOLD_AT_MOST = 3_000
"""Characters of each log."""
KINDS = {"kiosk": 1, "market": 2}
"""Shops and the placement of their databases: SQLite, PostgreSQL."""


@dataclass
class Product:
    """The processes, what they stand on, and their crash files."""

    folder: Path
    mosquitto: Mosquitto
    valkey: Valkey
    app: App
    port: int = field(default_factory=free_port)
    shops: dict[str, CrashShop] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)
    is_scattered: bool = False
    """A broker was wiped: agents may still be on their way back to it."""

    def arm(self, name: str, point: str, nth: int = 1) -> None:
        """Let a process die at the nth pass from now, or right after its next start."""
        beside = self._crash_file(name).with_suffix(".new")
        beside.write_text(f"{uuid.uuid4().hex} {point}:{nth}")
        beside.rename(self._crash_file(name))

    def disarm(self, name: str) -> None:
        """Let it live."""
        self._crash_file(name).unlink(missing_ok=True)

    def has_died(self, name: str) -> bool:
        """Whether it is gone; it must have been killed, not have ended."""
        code = self.programs[name].process.poll()
        assert code in (None, -signal.SIGKILL), f"{name} ended with {code}: {self.programs[name].log}"
        return code is not None

    def reached(self, name: str) -> set[str]:
        """The points that a process has ever passed."""
        file = Path(f"{self._crash_file(name)}.reached")
        return set(file.read_text().split()) if file.exists() else set()

    def start(self, name: str) -> None:
        """Start a process: `web`, `bridge`, `worker`, or `agent-<shop>`."""
        self.programs[name] = start(
            self._command(name), self.folder / f"{name}.log", cwd=ROOT, env=self._environment(name)
        )
        if name == "valkey":
            wait_for(lambda: answers_ping(self.valkey.socket), what="Valkey")
        if name == "web":
            wait_for(lambda: is_healthy(self.port) or self.has_died(name), timeout_s=SETTLE_S, what="the web server")

    def restart(self, name: str) -> None:
        """Start what has died, as its supervisor would; it may die no more."""
        self.disarm(name)
        self.programs[name].kill()
        self.start(name)

    def mend(self) -> list[str]:
        """Restart whatever has died; their names."""
        dead = [name for name in self.programs if self.has_died(name)]
        for name in dead:
            self.restart(name)
        return dead

    def told(self) -> str:
        """The ends of all logs."""
        return "\n".join(
            f"--- {name} ---\n{one.log.read_text()[-TOLD_AT_MOST:]}" for name, one in self.programs.items()
        )

    def wipe_broker(self) -> None:
        """The broker loses its power and its disk: sessions, retained messages, and every agent's credential."""
        self.is_scattered = True
        self.mosquitto.kill()
        for file in self.mosquitto.at.folder.glob("mosquitto.db*"):
            file.unlink()
        (self.mosquitto.at.folder / "dynamic-security.json").write_text(self._first_security.read_text())
        self.mosquitto.start()

    def wipe_valkey(self) -> None:
        """Queue, hints and channels are gone, and so is the server that kept them."""
        self.programs["valkey"].kill()
        self.start("valkey")

    def end(self) -> None:
        """End everything that was started."""
        for program in reversed(self.programs.values()):
            program.end()
        for shop in self.shops.values():
            shop.printer.stop()

    @property
    def _first_security(self) -> Path:
        return self.folder / "first-security.json"

    def prepare(self) -> None:
        """Found both shops, start all processes, and let their agents in."""
        security = self.mosquitto.at.folder / "dynamic-security.json"
        self._first_security.write_text(security.read_text())
        self.start("valkey")
        for slug, placement in KINDS.items():
            self.shops[slug] = CrashShop.found(self.app, self.folder, slug, placement, self.port)
        for name in (*SERVER, *(f"agent-{slug}" for slug in self.shops)):
            self.start(name)
        for shop in self.shops.values():
            shop.open()

    def _crash_file(self, name: str) -> Path:
        return self.folder / f"{name}.crash"

    def _command(self, name: str) -> list[str]:
        if name.startswith("agent-"):
            shop = self.shops[name.removeprefix("agent-")]
            words = ["run", "--config", str(shop.agent_file), "--state", str(shop.state_folder)]
            return [sys.executable, "-m", "edge_agent", *words]
        return {
            "valkey": valkey_command(self.folder, self.valkey.socket),
            "web": [*AISALES, "web", "--bind", f"127.0.0.1:{self.port}", "--threads", "8"],
            "bridge": [*AISALES, "bridge"],
            "worker": [*AISALES, "worker", "--in-process"],
        }[name]

    def _environment(self, name: str) -> dict[str, str]:
        config: Config = self.app.extensions["aisales_config"]
        own = {
            "AISALES_DATA": self.folder,
            "AISALES_PORT": self.port,
            "AISALES_REDIS_URL": self.valkey.url,
            "AISALES_MQTT_URL": self.mosquitto.url,
            "AISALES_MQTT_ADMIN_FILE": self.mosquitto.admin_file,
            "AISALES_BROKER_HOST": self.mosquitto.host,
            "AISALES_BROKER_PORT": self.mosquitto.port,
            "AISALES_SECRET_FILE": self.folder / "secret",
            "AISALES_CONTROL_URL": config.control_url,
            "AISALES_CRASH_FILE": self._crash_file(name),
            "PYTHONPATH": INSIDE,
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        if name.startswith("agent-"):
            shop = self.shops[name.removeprefix("agent-")]
            own |= {
                "AISALES_ENROL_TOKEN_FILE": shop.token_file,
                "AISALES_ENROL_SERVER": f"http://127.0.0.1:{self.port}",
                "AISALES_ENROL_HOST": f"{shop.slug}.localhost:{self.port}",
            }
        return {**os.environ, **{key: str(value) for key, value in own.items()}}


@contextmanager
def running_product(postgres: PostgreSQL) -> Iterator[Product]:
    """The product with its two shops open, as long as the block runs."""
    with private_folder() as folder, private_mosquitto() as mosquitto:
        place.secret(folder / "secret")
        valkey = Valkey(folder / "valkey.sock")
        config = Config(
            data=folder,
            control_url=f"sqlite:///{folder}/control.db",
            redis_url=valkey.url,
            secret=(folder / "secret").read_bytes(),
        )
        app = create_app(config)
        with app.app_context():
            provisioning.prepare_control()
            with control_writing() as control:
                control.add(Placement(id=2, kind="postgresql", pooled_url=postgres.url, admin_url=postgres.url))
        product = Product(folder, mosquitto, valkey, app)
        try:
            product.prepare()
            yield product
        except BaseException:
            print(product.told())
            raise
        finally:
            product.end()
            app.extensions["aisales_engines"].dispose()
