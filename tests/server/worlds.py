"""The small world that everybody's tests share, and a terminal that pushes into it over the public API.

world = make_world(app, shop)                 the shop of `seeds/market/small`, with people, goods, two registers
till = world.till("K1", "cashier")            paired, with a lease, signed in
till.open(float_minor=5000)
till.sell([till.line("Tandır çörəyi")], [till.cash(given=200)])
assert till.push()["results"] ...
"""

import contextlib
import dataclasses
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from fixtures.browser import Browser
from server.core import actor, changes, clock, tenant
from server.core.db import TenantModel
from server.core.doors import App
from server.core.flags import Flag
from server.core.pool import engines, sqlite_file
from server.core.tenant import Placement, Tenant
from server.core.transaction import control_reading, reading, session, writing
from server.devices.models import Agent, Device, TerminalDevice
from server.seeds.founding import Founded, found
from server.seeds.till import Ware
from server.tenants import provisioning
from tests.server.terminals import MARKET, NOW_MS, Send, StillBrowser, Terminal

HOUR_MS = 3_600_000

__all__ = ["MARKET", "NOW_MS", "StillBrowser", "Terminal", "World", "make_world"]


@dataclasses.dataclass
class World:
    """A founded small shop by the keys of its plan, and how to get at it."""

    app: App
    shop: Tenant
    founded: Founded

    @property
    def branch_id(self) -> int:
        """The only branch."""
        return self.founded.branch_id

    @property
    def people(self) -> dict[str, int]:
        """Ids of people by key: owner, manager, and the cashiers."""
        return self.founded.people

    @property
    def cashier(self) -> str:
        """The key of the first cashier."""
        return MARKET.people_in("cashier")[0].key

    def ware(self, name: str) -> Ware:
        """A good by its SKU or the beginning of its name."""
        if name in self.founded.wares:
            return self.founded.wares[name]
        return next(ware for ware in self.founded.wares.values() if ware.name.startswith(name))

    def pin(self, person: str) -> str:
        """The PIN of a person."""
        return MARKET.person(person).pin

    def inside(self, work: Callable[[], Any], *, mode: str = "reading", at_ms: int | None = None) -> Any:
        """Do something in the shop's scope as the system, in a transaction."""
        opened = reading if mode == "reading" else writing
        with tenant.tenant_scope(self.app, self.shop), actor.acting(actor.SYSTEM):
            with clock.frozen(at_ms or NOW_MS), opened():
                return work()

    def till(
        self, code: str = "K1", person: str | None = None, *, name: str = "", send: Send | None = None
    ) -> "Terminal":
        """A paired terminal at a register with its lease, and a person signed in."""
        return Terminal.pair(self, code, person or self.cashier, name or f"Kassa {code}", send)

    def give_devices(self, terminal_id: int, roles: Mapping[str, str] | None = None) -> dict[str, int]:
        """An agent with devices (role to class) bound to a terminal: a receipt printer and a drawer unless said."""
        wanted = roles or {"receipt": "printer", "drawer": "drawer"}

        def make() -> dict[str, int]:
            seq = changes.take(1 + len(wanted))
            agent = Agent(
                id=seq, key=f"agent{seq}"[-12:], branch_id=self.branch_id, name="A", enrolled_at=NOW_MS, rev=seq
            )
            session().add(agent)
            session().flush()
            made = {}
            for id, (role, kind) in enumerate(wanted.items(), start=seq + 1):
                session().add(Device(id=id, agent_id=seq, name=role, device_class=kind, ops=[], rev=id))
                session().flush()
                session().add(TerminalDevice(terminal_id=terminal_id, role=role, device_id=id))
                made[role] = id
            session().flush()
            return made

        return self.inside(make, mode="writing")  # type: ignore[no-any-return]

    def rows(self, model: Any, *conditions: Any, order: Any = None) -> list[Any]:
        """Rows of a table, in the order of a column or of the key."""
        query = sa.select(model).where(*conditions)
        by = order if order is not None else sa.inspect(model).primary_key[0]
        return self.inside(lambda: list(session().scalars(query.order_by(by))))  # type: ignore[no-any-return]

    def flags(self) -> list[str]:
        """The kinds of all flags that are not settled, sorted."""
        return sorted(flag.kind for flag in self.rows(Flag) if flag.settled_at is None)

    def contents(self) -> dict[str, list[Any]]:
        """Everything that the shop's database holds, as comparable rows: what must not change must be equal."""

        def read() -> dict[str, list[Any]]:
            tables = TenantModel.metadata.sorted_tables
            return {table.name: sorted(map(repr, session().execute(sa.select(table)).all())) for table in tables}

        return self.inside(read)  # type: ignore[no-any-return]

    def owner(self, kind: type[Browser] = StillBrowser) -> Browser:
        """The owner, signed in in the back office; as a `Browser` by today's clock, for a server in another process."""
        person = MARKET.people_in("owner")[0]
        browser = kind(self.app, self.shop)
        answer = browser.post("/staff/sign-in", {"email": person.email, "password": person.password})
        assert answer.status_code == 200, answer.json
        return browser


def make_world(app: App, shop: Tenant) -> World:
    """The small shop in an empty tenant, a copy of one that is founded once for each database kind of a test run."""
    template = _templates.get((app, shop.kind)) or _make_template(app, shop.kind)
    with tenant.tenant_scope(app, shop):
        engines().forget(shop)
        (_copy_sqlite if shop.kind == "sqlite" else _copy_postgres)(template.shop, shop)
    return World(app, shop, template.founded)


_templates: dict[tuple[App, str], World] = {}


def _make_template(app: App, kind: str) -> World:
    with app.app_context():
        name = f"world-{len(_templates)}"
        made = provisioning.create_database(name, name, placement_id=1 if kind == "sqlite" else 2)
    with tenant.tenant_scope(app, made), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS - HOUR_MS):
        with writing():
            founded = found(MARKET)
        engines().forget(made)
    _templates[app, kind] = World(app, made, founded)
    return _templates[app, kind]


def _copy_sqlite(template: Tenant, shop: Tenant) -> None:
    source, target = (sqlite_file(tenant.config(), one.id) for one in (template, shop))
    with contextlib.closing(sqlite3.connect(source)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    shutil.copyfile(source, target)
    with contextlib.closing(sqlite3.connect(target)) as raw, raw:
        raw.execute("UPDATE tenant_identity SET tenant_id = ?", (shop.id.bytes,))


def _copy_postgres(template: Tenant, shop: Tenant) -> None:
    with psycopg.connect(_admin_url(shop, "postgres"), autocommit=True) as admin:
        names = sql.Identifier(shop.database), sql.Identifier(template.database)
        # A pooler keeps its connections when we have left ours, and a template may have none.
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (template.database,))
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG").format(*names))
    with psycopg.connect(_admin_url(shop, shop.database)) as raw:
        raw.execute("UPDATE tenant_identity SET tenant_id = %s", (shop.id,))


def _admin_url(shop: Tenant, database: str) -> str:
    with control_reading() as control:
        return control.get_one(Placement, shop.placement_id).admin_url.format(database=database)
