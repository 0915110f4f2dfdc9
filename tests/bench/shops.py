"""A market for benches: about 700 goods that never run out, eight tills with their terminals, on either database."""

import contextlib
import dataclasses
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fixtures.postgresql import private_postgresql
from server.app import create_app
from server.core import actor, clock, tenant
from server.core.config import Config
from server.core.tenant import Placement
from server.core.transaction import control_writing, writing
from server.seeds.founding import found
from server.seeds.market.catalogue import catalogue
from server.seeds.market.world import Register
from server.seeds.till import Head, Operation, Sold, Ware
from server.tenants import provisioning
from tests.server.terminals import Terminal
from tests.server.worlds import World

KINDS = ("sqlite", "postgresql")
TILLS = 8
LINES = 3
GOODS = 20
PLENTY_MILLI = 10**9
SHOP = "bench"
CASHIER = "aysel"
SINCE_MS = 3 * 3_600_000
"""The sales happened in the last hours, like a backlog."""


@contextlib.contextmanager
def market(kind: str, **services: Any) -> Iterator[World]:
    """A founded market on a database of this kind, in a folder of its own; `services` are settings of `Config`."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aisales-bench-")))
        app = create_app(Config(data=folder, control_url=f"sqlite:///{folder}/control.db", **services))
        with app.app_context():
            provisioning.prepare_control()
            if kind == "postgresql":
                url = stack.enter_context(private_postgresql()).url
                with control_writing() as control:
                    control.add(Placement(id=2, kind=kind, pooled_url=url, admin_url=url))
            shop = provisioning.create_database(SHOP, SHOP, placement_id=1 if kind == "sqlite" else 2)
        stack.callback(app.extensions["aisales_engines"].dispose)
        with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), writing():
            founded = found(_plenty())
        yield World(app, shop, founded)


def terminals(world: World) -> list[Terminal]:
    """A paired terminal at each till, with a shift open on the server."""
    made = [world.till(f"K{n}", CASHIER) for n in range(1, TILLS + 1)]
    for till in made:
        till.now_ms = clock.now_ms() - SINCE_MS
        till.open()
        till.push()
    return made


def goods(world: World, count: int, start: int = 0) -> list[Ware]:
    """Some goods of the market that are sold by the piece."""
    return list(world.founded.wares.values())[start : start + count]


def sales(till: Terminal, wares: Sequence[Ware], count: int) -> list[Operation]:
    """Sales of three lines and one tender each, as the terminal writes them; they wait for nobody's push."""
    for first in range(count):
        till.sell([Sold(wares[(first * LINES + at) % len(wares)]) for at in range(LINES)])
    return taken(till)


def printed_sales(till: Terminal, wares: Sequence[Ware], count: int) -> list[Operation]:
    """Sales that have just been rung and want their receipt; by card, so that no drawer opens."""
    for first in range(count):
        lines = [Sold(wares[(first * LINES + at) % len(wares)]) for at in range(LINES)]
        till.sell(lines, [till.card()], Head(prints=True), age_ms=0)
    return taken(till)


def taken(till: Terminal) -> list[Operation]:
    """What waits in a terminal's outbox, which is empty from now on."""
    made, till.outbox = till.outbox, []
    return made


def bodies(operations: Sequence[Operation], size: int) -> list[bytes]:
    """The bodies of pushes of so many operations each."""
    parts = [operations[start : start + size] for start in range(0, len(operations), size)]
    return [json.dumps({"batch": "bench", "ops": part}).encode() for part in parts]


def headers(till: Terminal) -> dict[str, str]:
    """What a terminal's browser sends beside a body."""
    host = till.browser.host
    cookies = {name: till.browser.cookie(name) for name in ("__Host-terminal", "__Host-session")}
    return {
        "Host": host,
        "Origin": f"https://{host}",
        "Content-Type": "application/json",
        "X-AISales": "1",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items() if value),
    }


def _plenty() -> Any:
    market = catalogue()
    tills = tuple(Register(f"K{n}", f"Kassa {n}") for n in range(1, TILLS + 1))
    items = tuple(dataclasses.replace(item, opening_milli=PLENTY_MILLI) for item in market.items if not item.is_weighed)
    return dataclasses.replace(market, registers=tills, items=items)
