"""The real server and the real bridge of one simulated shop, with what befalls them: crashes, restores, hours of work.

Requests are calls of the same functions that the routes call, in the shop's scope, at the virtual time. A crash loses
what was under way and all memory; the database stays. Nothing here repairs anything.
"""

import contextlib
import functools
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from server.bridge.dispatch import Dispatcher
from server.bridge.inbound import Inbound
from server.cash import operations as cash
from server.catalog import operations as catalog
from server.catalog.operations import NewPrice
from server.core import actor, changes, clock, outbox, reference, tenant
from server.core.actor import Actor
from server.core.changes import GENERATION_SPAN
from server.core.errors import Trouble
from server.core.tenant import Tenant
from server.core.transaction import reading, session, writing
from server.devices import operations as devices
from server.devices.models import DeviceJob
from server.staff import queries as staff
from server.stock import operations as stock
from server.stock.operations import EntryLine
from server.sync import feed
from server.sync.envelope import push_plain
from tests.faults.sim.broker import VirtualBroker, VirtualLink
from tests.faults.sim.ground import Ground, everything, lease_row
from tests.faults.sim.redis import VirtualRedis
from tests.faults.sim.virtual_time import Crashed, Deadline, VirtualTime

SWEEP_MS = 120_000
RESTART_MS = 1_000
PLANNED = "the seed lets this reaction fail"
CHANGES_AT_ONCE = 500
TOGETHER_MS = 1_200
"""What arrives within this time is taken together, as by a bridge that has much to do."""


class Down(Exception):
    """Nobody answers."""


class Backend:
    """One shop's server and bridge."""

    def __init__(self, ground: Ground, shop: Tenant, time: VirtualTime, broker: VirtualBroker, folder: Path) -> None:
        self.ground, self.shop, self.time, self.broker = ground, shop, time, broker
        self.redis = VirtualRedis(time, self._dispatch)
        self._folder = folder
        self._down_until_ms = 0
        self._backups = 0
        self._link: VirtualLink | None = None
        self._dispatcher: Dispatcher | None = None
        self._inbound: Inbound | None = None
        self._is_taking = False
        self.deadline = Deadline()
        """When a process of the server dies."""
        self.reactions_fail_until_ms = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """In force while a seed runs: virtual time for the server's waits, and this shop's Redis."""
        extensions = self.ground.app.extensions
        extensions["aisales_redis"] = self.redis
        try:
            with contextlib.ExitStack() as stack:
                commit = self.deadline.around(DefaultDialect.do_commit)
                stack.enter_context(self.deadline.only_within(counts=False))
                stack.enter_context(mock.patch.object(DefaultDialect, "do_commit", commit))
                stack.enter_context(mock.patch.object(clock, "monotonic_s", self._seconds))
                stack.enter_context(mock.patch.dict(extensions, aisales_reactions=self._reactions()))
                self.start_bridge()
                self.time.after(SWEEP_MS, self._sweep)
                yield
        finally:
            del extensions["aisales_redis"]
            self.ground.forget(self.shop)

    @contextlib.contextmanager
    def scope(self, who: Actor = actor.SYSTEM) -> Iterator[None]:
        """The shop in force, now, with somebody acting."""
        with tenant.tenant_scope(self.ground.app, self.shop), actor.acting(who), clock.frozen(self.time.now_ms):
            yield

    # What terminals ask. Raises Down.

    def push(
        self, terminal_id: int, operations: Sequence[Mapping[str, Any]], sent_at: int | None = None
    ) -> dict[str, Any]:
        """Judge operations as `POST /sync/push` does."""
        self._answer()
        try:
            with self.deadline.only_within(counts=True), self.scope(Actor(kind="device", terminal_id=terminal_id)):
                return push_plain(terminal_id, operations, sent_at=sent_at)
        except Crashed:
            self.crash(RESTART_MS)
            raise Down from None

    def changes(self, terminal_id: int, cursor: int) -> dict[str, Any] | None:
        """A page of the feed; None where the terminal must begin anew."""
        self._answer()
        with self.scope(Actor(kind="device", terminal_id=terminal_id)), reading():
            try:
                to = feed.receiver(terminal_id)
                return feed.changes_since(cursor, feed.TOPICS, to, limit=CHANGES_AT_ONCE)
            except changes.CursorTooOld:
                return None

    def snapshot(self, item_ids: Sequence[int]) -> dict[str, Any]:
        """What a terminal that begins anew must know: cursor, prices, open orders."""
        self._answer()
        with self.scope(), reading():
            return everything(item_ids, self.ground.founded.branch_id)

    def take_lease(self, terminal_id: int, register_id: int, person: int, *, take_over: bool) -> dict[str, Any] | None:
        """The lease of a register; None where another terminal has it."""
        self._answer()
        with self.scope(), reading():
            rights = staff.rights_of([person])[person]
        who = Actor(kind="person", person_id=person, terminal_id=terminal_id, rights=rights)
        with self.scope(who):
            try:
                with writing():
                    return lease_row(cash.take_lease(register_id, take_over=take_over))
            except Trouble:
                return None

    # What the back office does

    def set_price(self, item_id: int, amount_minor: int) -> None:
        """Plan another price from now on."""
        with self.scope(self._owner()), writing():
            catalog.set_price(NewPrice(item_id, amount_minor))

    def book_stock(self, item_id: int, quantity_milli: int, cost_minor: int | None) -> None:
        """Adjust what is on hand."""
        with self.scope(self._owner()), writing():
            line = EntryLine(item_id, quantity_milli, cost_minor)
            stock.book_entry("adjustment", self.ground.founded.warehouse_id, [line], reason="count")

    def settle_unclear(self, *, came_out: bool) -> int:
        """Somebody says of every unclear paper whether it came out."""
        with self.scope(self._owner()), writing():
            unclear = sa.select(DeviceJob).where(DeviceJob.stage == "uncertain", DeviceJob.settled_at.is_(None))
            jobs = list(session().scalars(unclear.order_by(DeviceJob.id)))
            for job in jobs:
                devices.settle_job(job, came_out=came_out)
            return len(jobs)

    # What befalls it

    def crash(self, ms: int) -> None:
        """The server's processes are killed, and back after a while."""
        self._down_until_ms = max(self._down_until_ms, self.time.now_ms + ms)
        self.ground.forget(self.shop)
        reference._memos.clear()

    def start_bridge(self) -> None:
        """The bridge's process begins."""
        self._link = VirtualLink(self.broker, self._heard)
        self._dispatcher = Dispatcher(self.ground.app, self._link, None)  # type: ignore[arg-type]
        self._inbound = Inbound(self.ground.app, self._link)  # type: ignore[arg-type]
        self.time.after(0, self._dispatch)

    def crash_bridge(self, ms: int) -> None:
        """The bridge is killed with whatever it has in hand, and back after a while."""
        if self._link is not None:
            self._link.end()
            self._link = self._dispatcher = self._inbound = None
            self.time.after(ms, self.start_bridge)

    def back_up(self) -> Path:
        """A consistent copy of the database."""
        self._backups += 1
        target = self._folder / f"backup-{self._backups}.db"
        # Nothing is under way between two steps, and without a WAL the file is all there is.
        shutil.copyfile(self.ground.file_of(self.shop), target)
        return target

    def restore(self, backup: Path) -> None:
        """The database is lost, and an older copy takes its place: a new generation, as `aisales restore` makes it."""
        self.ground.forget(self.shop)
        generation = self.shop.generation + 1
        file = self.ground.file_of(self.shop)
        shutil.copyfile(backup, file)
        with contextlib.closing(sqlite3.connect(file)) as raw, raw:
            start = generation * GENERATION_SPAN
            raw.execute("UPDATE tenant_identity SET generation = ?", (generation,))
            raw.execute("UPDATE change_sequence SET seq = ?, kept_from = ?", (start, start))
        self.shop = replace(self.shop, generation=generation)
        self.ground.introduce(self.shop)
        self.time.after(0, self.sweep)

    # The loops of the bridge

    def sweep(self) -> None:
        """The slow look at every tenant."""
        dispatcher = self._dispatcher
        if dispatcher is not None:
            self._at_work(lambda: dispatcher.look_at(self.shop, is_hinted=False))

    def _sweep(self) -> None:
        self.sweep()
        self.time.after(SWEEP_MS, self._sweep)

    def _dispatch(self) -> None:
        dispatcher = self._dispatcher
        if dispatcher is None:
            return
        with self.ground.app.app_context():
            is_due = bool(outbox.due_tenants(self.time.now_ms))
        if is_due:
            self._at_work(lambda: dispatcher.look_at(self.shop, is_hinted=True))

    def _heard(self) -> None:
        if not self._is_taking:
            self._is_taking = True
            self.time.after(TOGETHER_MS, self._take)

    def _take(self) -> None:
        self._is_taking = False
        while self._inbound is not None and self._link is not None and not self._link.arrivals.empty():
            self._at_work(self._inbound.take_waiting)

    def _at_work(self, work: Callable[[], None]) -> None:
        """Let the bridge do something, unless it dies over it."""
        try:
            with self.deadline.only_within(counts=True), clock.frozen(self.time.now_ms):
                work()
        except Crashed:
            self.crash_bridge(RESTART_MS)

    def _reactions(self) -> dict[type, list[Callable[[Any], None]]]:
        """The table of reactions, each of which raises while the seed wants it to."""

        def may_fail(reaction: Callable[[Any], None]) -> Callable[[Any], None]:
            @functools.wraps(reaction)
            def reacts(event: Any) -> None:
                if self.time.now_ms < self.reactions_fail_until_ms:
                    raise RuntimeError(PLANNED)
                reaction(event)

            return reacts

        table = self.ground.app.extensions["aisales_reactions"]
        return {event: [may_fail(reaction) for reaction in found] for event, found in table.items()}

    def _seconds(self) -> float:
        return self.time.now_ms / 1000

    def _answer(self) -> None:
        if self.time.now_ms < self._down_until_ms:
            raise Down

    def _owner(self) -> Actor:
        return Actor(kind="system", person_id=self.ground.founded.people["owner"])
