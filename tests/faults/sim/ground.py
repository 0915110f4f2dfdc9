"""The application and a founded shop on SQLite; each seed gets a copy of the shop's file, and nothing else is shared.

Durability is relaxed here (no WAL, no waiting for the disk): power cuts have tests of their own. Triggers count the
changes of each table, so that the checker knows which invariants a step can have touched.
"""

import contextlib
import gc
import itertools
import logging
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import structlog

from edge_agent import wire
from server.app import create_app
from server.cash import operations as cash
from server.cash.models import RegisterLease
from server.catalog import queries as shelves
from server.core import actor, changes, clock, ids, pool, tenant
from server.core.actor import Actor
from server.core.config import Config
from server.core.doors import App
from server.core.tenant import Seen, Tenant
from server.core.transaction import reading, session, writing
from server.devices import operations as devices
from server.devices import queries
from server.devices.models import Agent
from server.devices.operations.terminals import bind_devices
from server.orders import queries as orders
from server.seeds.founding import Founded, found
from server.seeds.market.catalogue import small_world
from server.seeds.market.world import Market, Register
from server.tenants import provisioning

BEGINS_MS = 1_763_978_400_000
"""2025-11-24 10:00 UTC, 14:00 in Baku: when every simulated shop opens."""

FOUNDED_MS = BEGINS_MS - 3_600_000
PRAGMAS = ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=ON", "busy_timeout=0", "cache_size=-8000",
           "mmap_size=64000000")  # fmt: skip
TOUCHED = "sim_touched"
OBJECTS_BETWEEN = 20_000
AGENT_KEY = "agentsim0001"
SITE = "b1"
REGISTERS = ("K1", "K2", "K3")
TERMINALS = 4
PRINTERS = ("receipt-1", "receipt-2")
DRAWERS = ("drawer-1", "drawer-2")


@dataclass(frozen=True)
class Ground:
    """The application of this process and the file of its founded shop."""

    app: App
    folder: Path
    template: Tenant
    founded: Founded
    market: Market
    terminals: tuple[int, ...]
    leases: Mapping[int, Mapping[str, Any]]
    snapshot: Mapping[str, Any]
    """What each terminal knows when a seed begins; the first three have a register."""

    @contextlib.contextmanager
    def shop(self, seed: int) -> Iterator[Tenant]:
        """A copy of the shop, with an id of its own, that is gone afterwards."""
        id = uuid.UUID(int=Random(seed).getrandbits(128), version=4)
        one = replace(self.template, id=id, slug="sim", generation=1)
        file = self.file_of(one)
        file.parent.mkdir(parents=True)
        shutil.copyfile(self.file_of(self.template), file)
        with contextlib.closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("UPDATE tenant_identity SET tenant_id = ?", (id.bytes,))
        self.introduce(one)
        try:
            yield one
        finally:
            self.forget(one)
            shutil.rmtree(file.parent)

    def file_of(self, one: Tenant) -> Path:
        """Where a shop's database stands."""
        return pool.sqlite_file(self.app.extensions["aisales_config"], one.id)

    def introduce(self, one: Tenant) -> None:
        """Let the server find a shop without its control database."""
        seen = self.app.extensions["tenants_seen"]
        for key in (("slug", one.slug), ("id", one.id)):
            seen[key] = Seen(key, float("inf"), one)

    def forget(self, one: Tenant) -> None:
        """Close what is open to a shop's file: it is about to be replaced."""
        with self.app.app_context():
            pool.engines().forget(one)


@contextlib.contextmanager
def laid() -> Iterator[Ground]:
    """The ground of a process, in memory where the machine has such a folder."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="aisales-sim-", dir=memory if memory.is_dir() else None) as name:
        with mock.patch.object(pool, "PRAGMAS", PRAGMAS), _quiet():
            made = _found(Path(name))
            with _garbage_seldom():
                yield made


def market() -> Market:
    """The small market with a third register, in letters that need no drawing on paper."""
    plain = small_world()
    people = tuple(replace(one, name=one.key.title(), language="en") for one in plain.people)
    return replace(
        plain,
        company=replace(plain.company, name="Small Shop LLC"),
        branch=replace(plain.branch, name="Small Shop", address="Test street 1", language="en", receipt_head="Hello",
                       receipt_foot="Bye"),
        registers=tuple(Register(code=code, name=f"Till {code}") for code in REGISTERS),
        people=people,
    )  # fmt: skip


def _found(folder: Path) -> Ground:
    app = create_app(Config(data=folder, control_url=f"sqlite:///{folder}/control.db"))
    plan = market()
    with app.app_context():
        provisioning.prepare_control()
        made = provisioning.create_database("template", "Template", placement_id=1)
    with tenant.tenant_scope(app, made), actor.acting(actor.SYSTEM), clock.frozen(FOUNDED_MS), ids.repeatable(0):
        with writing():
            founded = found(plan)
            terminals = tuple(
                devices.pair_here(branch_id=founded.branch_id, name=f"T{n}", public_key=f"key-{n}").terminal.id
                for n in range(1, TERMINALS + 1)
            )
            _equip(founded.branch_id, terminals)
        leases = _leases(founded, terminals)
        wares = {sku: replace(ware, name=f"Good {sku}") for sku, ware in founded.wares.items()}
        with reading():
            snapshot = everything(sorted(ware.item_id or 0 for ware in wares.values()), founded.branch_id)
        founded = replace(founded, cursor=snapshot["cursor"], wares=wares)
        pool.engines().forget(made)
    ground = Ground(app, folder, made, founded, plan, terminals, leases, snapshot)
    _count_changes(ground.file_of(made))
    return ground


def everything(item_ids: Sequence[int], branch_id: int) -> dict[str, Any]:
    """What a terminal that begins anew must know."""
    prices = shelves.prices_of_items(list(item_ids))
    return {
        "cursor": changes.head(),
        "generation": tenant.current().generation,
        "prices": [row for rows in prices.values() for row in rows],
        "orders": orders.operations_of_open_orders(branch_id),
    }


def lease_row(lease: RegisterLease) -> dict[str, Any]:
    """A lease as a terminal gets it."""
    names = ("id", "register_id", "series", "epoch", "next_sale", "next_shift", "next_z")
    return {name: getattr(lease, name) for name in names}


def _leases(founded: Founded, terminals: tuple[int, ...]) -> dict[int, dict[str, Any]]:
    """The first terminals take a register each."""
    made = {}
    for terminal_id, code in zip(terminals, REGISTERS, strict=False):
        with actor.acting(Actor(kind="device", terminal_id=terminal_id)), writing():
            made[terminal_id] = lease_row(cash.take_lease(founded.registers[code]))
    return made


def _equip(branch_id: int, terminals: tuple[int, ...]) -> None:
    """One agent with two printers, which the terminals share; two terminals have a drawer."""
    seq = changes.take()
    agent = Agent(id=seq, key=AGENT_KEY, branch_id=branch_id, name="Agent", enrolled_at=clock.now_ms(), rev=seq)
    session().add(agent)
    session().flush()
    made: dict[str, int] = {}
    for name, kind, ops in [
        *((name, "printer", ("print", "status")) for name in PRINTERS),
        *((name, "drawer", ("open",)) for name in DRAWERS),
    ]:
        said = wire.DeviceAnnounce(device=name, device_class=kind, driver="escpos", ops=ops)  # type: ignore[arg-type]
        made[name] = devices.record_device_announce(agent, said).id
    for at, terminal_id in enumerate(terminals):
        roles = {"receipt": made[PRINTERS[at % 2]]}
        if at < len(DRAWERS):
            roles["drawer"] = made[DRAWERS[at]]
        bind_devices(queries.terminal(terminal_id), roles)


def _count_changes(file: Path) -> None:
    """Count inserted, changed and deleted rows of every table by triggers."""
    with contextlib.closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(f"CREATE TABLE {TOUCHED} (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID")
        tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table, act in itertools.product(tables, ("INSERT", "UPDATE", "DELETE")):
            if table == TOUCHED or table.startswith("sqlite_"):
                continue
            raw.execute(f"INSERT OR IGNORE INTO {TOUCHED} VALUES ('{table}', 0)")
            raw.execute(
                f"CREATE TRIGGER sim_{table}_{act} AFTER {act} ON {table} BEGIN "
                f"UPDATE {TOUCHED} SET n = n + 1 WHERE name = '{table}'; END"
            )


@contextlib.contextmanager
def _garbage_seldom() -> Iterator[None]:
    """The application is no garbage, and walking through it every few hundred objects costs a twentieth of the time."""
    usual = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Warnings that every fault brings are no news; errors are kept by the run."""
    before: dict[str, Any] = structlog.get_config()
    agent, level = logging.getLogger("edge_agent"), logging.getLogger("edge_agent").level
    agent.setLevel(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
        agent.setLevel(level)
