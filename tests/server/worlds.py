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
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from fixtures.browser import Browser
from server.core import actor, changes, clock, ids, tenant
from server.core.db import TenantModel
from server.core.doors import App
from server.core.flags import Flag
from server.core.pool import engines, sqlite_file
from server.core.tenant import Tenant
from server.core.transaction import reading, session, writing
from server.devices import operations as devices
from server.devices.models import Agent, Device, TerminalDevice
from server.seeds.founding import Founded, found
from server.seeds.market.catalogue import small_world
from server.seeds.till import Head, Operation, Pay, Sold, Till, Ware
from server.tenants import provisioning
from server.values import times

NOW_MS = 1_763_978_400_000
"""2025-11-24 10:00 UTC, 14:00 in Baku."""

SECOND_MS = 1_000
MARKET = small_world()
Send = Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]


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

    def owner(self) -> Browser:
        """The owner, signed in in the back office."""
        person = MARKET.people_in("owner")[0]
        browser = StillBrowser(self.app, self.shop)
        answer = browser.post("/staff/sign-in", {"email": person.email, "password": person.password})
        assert answer.status_code == 200, answer.json
        return browser


class StillBrowser(Browser):
    """A browser in whose world it is always the same moment."""

    now_ms = NOW_MS

    def _open(self, method: str, path: str, **rest: Any) -> Any:
        with clock.frozen(self.now_ms):
            return super()._open(method, path, **rest)


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
    with tenant.tenant_scope(app, made), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS):
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
    with psycopg.connect(shop.pooled_url.format(database="postgres"), autocommit=True) as admin:
        names = sql.Identifier(shop.database), sql.Identifier(template.database)
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(names[0]))
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG").format(*names))
    with psycopg.connect(shop.pooled_url.format(database=shop.database)) as raw:
        raw.execute("UPDATE tenant_identity SET tenant_id = %s", (shop.id,))


class Terminal:
    """A terminal as a browser would be: it writes operations, keeps what is unsent, and pushes over HTTP."""

    def __init__(self, world: World, browser: StillBrowser, terminal_id: int, till: Till, send: Send | None) -> None:
        self.world, self.browser, self.id, self.till = world, browser, terminal_id, till
        self.now_ms = NOW_MS
        self.outbox: list[Operation] = []
        self.log: list[Operation] = []
        self._send = send or self._over_test_client

    @classmethod
    def pair(cls, world: World, code: str, person: str, name: str, send: Send | None = None) -> "Terminal":
        """Pair, take the lease and sign in."""
        browser = StillBrowser(world.app, world.shop)
        key = f"key-{name}"
        paired = world.inside(
            lambda: devices.pair_here(branch_id=world.branch_id, name=name, public_key=key), mode="writing"
        )
        browser.plant("__Host-terminal", paired.token)
        answer = browser.post("/cash/leases", {"register_id": world.founded.registers[code]})
        assert answer.status_code == 200, answer.json
        lease = answer.json["lease"]
        till = Till(
            register_id=world.founded.registers[code],
            lease_id=uuid.UUID(lease["id"]),
            series=lease["series"],
            drawer_id=world.founded.drawers[code],
            cash_types=frozenset({world.founded.tender_types["cash"]}),
            new_id=ids.new_id,
            person_id=world.people[person],
            catalogue_cursor=world.founded.cursor,
            next_sale=lease["next"]["sale"],
            next_shift=lease["next"]["shift"],
            next_z=lease["next"]["z"],
        )
        return cls(world, browser, paired.terminal.id, till, send)

    def line(self, name: str, quantity_milli: int = 1_000, **rest: Any) -> Sold:
        """A line of a good by SKU or the beginning of its name."""
        return Sold(self.world.ware(name), quantity_milli, **rest)

    def cash(self, amount: int | None = None, *, given: int | None = None) -> Pay:
        """Cash, handed over as given."""
        return Pay(self.world.founded.tender_types["cash"], amount, given)

    def card(self, amount: int | None = None) -> Pay:
        """A card."""
        return Pay(self.world.founded.tender_types["card"], amount)

    def open(self, float_minor: int = 5_000) -> Operation:
        """Open a shift."""
        branch = MARKET.branch
        day = times.business_day(self.now_ms, branch.timezone, branch.cut_off_min)
        return self._keep(self.till.open_shift(self._tick(), day, float_minor))

    def sell(
        self, lines: Sequence[Sold], pays: Sequence[Pay] | None = None, head: Head | None = None, **rest: Any
    ) -> Operation:
        """Ring a sale; paid in exact cash when nothing else is said."""
        return self._keep(self.till.sale(self._tick(), lines, [self.cash()] if pays is None else pays, head, **rest))

    def give_back(
        self,
        sale: Operation,
        lines: Sequence[tuple[int, int]],
        pays: Sequence[Pay] | None = None,
        head: Head | None = None,
    ) -> Operation:
        """Take goods back: (position, thousandths) each; money back in cash when nothing else is said."""
        approved = head or Head(approved_by=self.world.people["manager"])
        sale_id = uuid.UUID(sale["id"])
        return self._keep(
            self.till.give_back(self._tick(), sale_id, lines, [self.cash()] if pays is None else pays, approved)
        )

    def cash_move(self, direction: str, place: str, amount_minor: int, reason: str = "Xırda pul") -> Operation:
        """Cash in from a place (safe, outside), or out to it."""
        other, drawer = self.world.founded.holders[place], self.till.drawer_id
        ends = (other, drawer) if direction == "in" else (drawer, other)
        return self._keep(self.till.cash_move(self._tick(), *ends, amount_minor, reason))

    def close(self, *, difference_minor: int = 0, reason: str = "") -> Operation:
        """Count the drawer (off by a difference) and close the shift."""
        return self._keep(self.till.close_shift(self._tick(), self.till.drawer_minor + difference_minor, reason))

    def does(self, kind: str, body: dict[str, Any], **rest: Any) -> Operation:
        """Anything else that a terminal pushes."""
        return self._keep(self.till.operation(kind, body, self._tick(), **rest))

    def push(self, *, lose_reply: bool = False, most: int = 100) -> dict[str, Any]:
        """Send what waits. What was accepted, or was there already, waits no more; a lost reply changes nothing."""
        batch = self.outbox[:most]
        answer = self.send(batch)
        if not lose_reply:
            done = {row["id"] for row in answer["results"] if row["verdict"] in ("accepted", "duplicate")}
            self.outbox = [operation for operation in self.outbox if operation["id"] not in done]
        return answer

    def send(self, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Send some operations, whatever waits."""
        return self._send(operations)

    def verdicts(self) -> list[str]:
        """Push everything and say the verdicts."""
        return [row["verdict"] for row in self.push()["results"]]

    def _over_test_client(self, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        self.browser.now_ms = self.now_ms
        answer = self.browser.post("/sync/push", {"batch": "b", "ops": list(operations)})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def _keep(self, operation: Operation) -> Operation:
        self.outbox.append(operation)
        self.log.append(operation)
        return operation

    def _tick(self) -> int:
        self.now_ms += SECOND_MS
        return self.now_ms
