"""A thousand shops on one machine: empty ones made by provisioning, and some that sell, with a printer on an agent."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from edge_agent import wire
from fixtures.private import private_folder
from server.app import create_app
from server.core import actor, clock, tenant
from server.core.config import Config
from server.core.doors import App
from server.core.ids import new_id
from server.core.tenant import Tenant
from server.core.transaction import session, writing
from server.devices import operations as devices
from server.devices.models import Agent, DeviceJob
from server.tenants import provisioning
from tests.server.terminals import Terminal
from tests.server.worlds import World, make_world

SHOPS = 1_000
PAPER = wire.PrintArgs(kind="receipt", doc=wire.Document(blocks=(wire.Text(text="Çörək"), wire.Cut()))).to_dict()


@dataclass(frozen=True)
class Selling:
    """A small shop with a till at work and a printer whose agent is online."""

    world: World
    till: Terminal
    printer_id: int

    def post(self, count: int, *, due_at: int | None = None) -> list[uuid.UUID]:
        """Post papers to the printer, due now unless said; returns their ids."""
        ids = [new_id() for _ in range(count)]
        with tenant.tenant_scope(self.world.app, self.world.shop), actor.acting(actor.SYSTEM), writing():
            for id in ids:
                devices.post_job(
                    job_id=id,
                    device_id=self.printer_id,
                    op="print",
                    args=PAPER,
                    cause_kind="bench",
                    cause_id=id,
                    due_at=due_at,
                )
        return ids

    def done(self) -> None:
        """All papers have come out."""
        self.world.inside(lambda: session().execute(sa.update(DeviceJob).values(is_open=False)), mode="writing")


@dataclass
class ManyShops:
    """An application with its shops, and what each took to be made; those that sell come first."""

    app: App
    shops: list[Tenant] = field(default_factory=list)
    selling: list[Selling] = field(default_factory=list)
    making_ms: list[float] = field(default_factory=list)
    making_cpu_ms: float = 0.0


@contextlib.contextmanager
def many_shops(count: int = SHOPS, *, selling: int = 0, redis_url: str = "") -> Iterator[ManyShops]:
    """So many shops on SQLite, in a folder that goes with the block."""
    with private_folder() as folder:
        app = create_app(Config(folder, f"sqlite:///{folder}/control.db", redis_url=redis_url, secret=b"of this bench"))
        made = ManyShops(app)
        with app.app_context():
            provisioning.prepare_control()
            provisioning.create_database("first", "Makes the template")
            began_cpu_s = time.process_time()
            for number in range(count):
                began_s = clock.monotonic_s()
                made.shops.append(provisioning.create_database(f"shop{number}", f"Shop {number}"))
                made.making_ms.append((clock.monotonic_s() - began_s) * 1_000)
            made.making_cpu_ms = (time.process_time() - began_cpu_s) * 1_000 / count
        made.selling = [_open(make_world(app, shop)) for shop in made.shops[:selling]]
        yield made
        app.extensions["aisales_engines"].dispose()


def _open(world: World) -> Selling:
    till = world.till("K1")
    printer = world.give_devices(till.id, {"receipt": "printer"})["receipt"]
    world.inside(lambda: session().execute(sa.update(Agent).values(is_online=True)), mode="writing")
    till.open()
    till.push()
    return Selling(world, till, printer)
