"""A simulated shop, one step after another: people act, faults strike, time passes, and everything is checked."""

import functools
import sqlite3
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from server.checks.books import Violation
from server.seeds.till import Operation
from tests.faults.sim.backend import Backend, Down
from tests.faults.sim.calamities import SKEWS_MS, Calamities
from tests.faults.sim.cashier import Cashier
from tests.faults.sim.checker import Checker, History
from tests.faults.sim.ground import BEGINS_MS, DRAWERS, Ground
from tests.faults.sim.plan import Plan
from tests.faults.sim.site import Site
from tests.faults.sim.terminal import Answered, Terminal

TRACE_LENGTH = 40
GAPS_MS = ((30, 20), (400, 25), (2_000, 25), (7_000, 12), (45_000, 10), (600_000, 6), (7_200_000, 2))
"""How long a step lasts at most, and how often."""

CALM_MS = 150_000
"""How long everything is given to come to rest at the end of a seed."""

CALM_ROUNDS = 6
BACKUP_AT_A_STEP = 0.04
SAME_AGAIN = 6
"""How much rather the same till is busy again."""

PULL_MS = (1_000, 15_000)
IDLES_MS = (20, 12_000, 30_000, 30_000)


class World:
    """One seed's shop. `shift_ms` sets every device's clock wrong by as much, and must change no balance."""

    def __init__(
        self, ground: Ground, backend: Backend, plan: Plan, random: Random, folder: Path, shift_ms: int
    ) -> None:
        self.ground, self.backend, self.plan, self.random = ground, backend, plan, random
        self.time = backend.time
        self.history = History()
        self.trace: deque[str] = deque(maxlen=TRACE_LENGTH)
        self.site = Site(self.time, backend.broker, Random(random.random()), folder / "agent", backend.shop.slug)
        self.site.set_clock(shift_ms)
        self.shift_ms = shift_ms
        self.terminals = [self._terminal(at, id) for at, id in enumerate(ground.terminals)]
        self.cashiers = [Cashier(one, ground.founded, random, self._wished) for one in self.terminals]
        self.backups: list[Path] = []
        self.calamities = Calamities(self)
        self.raw = self._open()
        self.checker = Checker(self.raw, backend.shop, self.history, self.site)
        self._pulling: set[Terminal] = set()
        self._last_at = 0

    # The life of a shop

    def open(self) -> None:
        """The agent comes up, three terminals take their registers."""
        self.site.start()
        for terminal in self.terminals:
            self._begin(terminal)
            lease = self.ground.leases.get(terminal.id)
            if lease is not None:
                self._take(terminal, lease)
        self.time.pass_by(1_000)
        self.backups.append(self.backend.back_up())

    def step(self, number: int) -> None:
        """One step: what the plan has for it, what somebody does, and time."""
        for fault in self.plan.at_step.get(number, ()):
            self.plan.happened[fault] += 1
            self._say(f"! {fault}: {self.calamities.strike(fault)}")
        self._say(self._somebody())
        (most,) = self.random.choices([gap for gap, _ in GAPS_MS], [weight for _, weight in GAPS_MS])
        self.time.pass_by(self.random.randint(most // 10, most))
        if self.random.random() < BACKUP_AT_A_STEP:
            self.backups.append(self.backend.back_up())

    def rest(self) -> None:
        """No more faults: everyone comes back, and everything that waits is done."""
        self.plan.calm()
        self._say("calm: everyone is back")
        self.backend.deadline.set(None)
        for _ in range(CALM_ROUNDS):
            self.site.put_right()
            self.site.come_back()
            for terminal in self.terminals:
                terminal.come_online()
            self.time.settle(CALM_MS)
            self.backend.settle_unclear(came_out=True)
            if not self.unrest():
                break

    def unrest(self) -> list[Violation]:
        """What has not come to rest although nothing is in its way any more."""
        waiting = [
            Violation("I26", f"{entry.operation['kind']} {entry.operation['id']}", f"never left {one.name}")
            for one in self.terminals
            for entry in one.disk.log.values()
            if entry.is_unsent
        ]
        generation = self.backend.shop.generation
        waiting += [
            Violation("I26", one.name, "never heard that the shop went back to an older backup")
            for one in self.terminals
            if one.disk.server is not None and one.disk.server[0] != generation
        ]
        agent = self.site.agent
        kept = agent.spool.up_range()[2] if agent is not None else 0
        if kept:
            waiting.append(Violation("I27", "agent", f"{kept} reports never reached the server"))
        undone = self.raw.execute("SELECT reaction FROM reaction_due WHERE due_at < ?", (self.time.now_ms,)).fetchall()
        waiting += [Violation("I26", f"reaction {name}", "failed, and was never done") for (name,) in undone]
        return waiting

    def check(self) -> list[Violation]:
        """What is violated now."""
        self.checker.books.tenant = self.backend.shop
        return self.checker.after_step(self.time.now_ms, self.time.played_ms)

    def replay(self) -> list[Violation]:
        """I9: every terminal tells everything twice more, in another order, and nothing changes."""
        self.checker.books.look(self.time.now_ms)
        before = self.checker.contents()
        for terminal in self.terminals:
            told = [dict(entry.operation, age_ms=None) for entry in terminal.disk.log.values()]
            for _ in range(2):
                self.random.shuffle(told)
                for start in range(0, len(told), 60):
                    self.backend.push(terminal.id, told[start : start + 60])
        after = self.checker.contents()
        return [Violation("I9", table, "changed when everything was told again")
                for table in before if before[table] != after[table]]  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """What no device's clock may change: stock, cash, and the totals of the Zs."""
        rows = self.checker.books.rows
        self.checker.books.look(self.time.now_ms)
        return {
            "stock": sorted(rows("SELECT item_id, warehouse_id, quantity_milli, value_minor FROM balance")),
            "holders": sorted(rows(_HOLDERS)),
            "z": rows(_ZS),
        }

    def go_back(self, backup: Path) -> None:
        """An older copy takes the place of the database."""
        self.raw.close()
        self.backend.restore(backup)
        self.raw = self._open()
        self.checker.turn_to(self.raw, self.backend.shop)

    def close(self) -> None:
        """Let everything go."""
        self.raw.close()
        for worker in self.site._workers:
            worker.kill()
        if self.site.agent is not None:
            self.site.agent.spool.close()

    # The network between terminals and server (terminal.Network)

    def push(self, terminal: Terminal, operations: list[Operation], sent_at: int | None, answered: Answered) -> None:
        """A request on its way; its answer, if one ever comes back."""
        if terminal.is_offline or self.plan.strikes("http_lost"):
            return
        copies = 1 + self.plan.strikes("http_doubled")
        for _ in range(copies):
            self.time.after(
                self.plan.delay_ms("http_delayed"), lambda: self._arrive(terminal, operations, sent_at, answered)
            )

    def pull(self, terminal: Terminal) -> None:
        """The terminal asks for what changed, soon."""
        if terminal not in self._pulling:
            self._pulling.add(terminal)
            self.time.after(self.random.randint(*PULL_MS), lambda: self._pull(terminal))

    def _pull(self, terminal: Terminal) -> None:
        self._pulling.discard(terminal)
        if terminal.is_offline or self.plan.strikes("http_lost"):
            return
        try:
            page = self.backend.changes(terminal.id, terminal.till.catalogue_cursor)
            terminal.learn_time(self.time.now_ms)
            if page is not None:
                terminal.apply_changes(page)
            else:
                terminal.begin_anew(self.backend.snapshot(self._item_ids()))
        except Down:
            return

    def heard(self, terminal: Terminal, operation: Operation, result: Mapping[str, Any], generation: int) -> None:
        """A verdict has reached a terminal (terminal.Witness)."""
        self.history.heard(terminal, operation, result, generation)

    def _arrive(self, terminal: Terminal, operations: list[Operation], sent_at: int | None, answered: Answered) -> None:
        try:
            answer = self.backend.push(terminal.id, operations, sent_at)
            now_ms = self.time.now_ms
        except Down:
            return
        if terminal.is_offline or self.plan.strikes("reply_lost"):
            return
        self.time.after(
            self.plan.delay_ms("http_delayed"), lambda: None if terminal.is_offline else answered(answer, now_ms)
        )

    # What somebody does

    def _somebody(self) -> str:
        acts: list[tuple[Callable[[], str], int]] = [
            (self._at_a_till, 48), (self._price_changes, 4), (self._stock_changes, 5), (self._somebody_settles, 4),
            (self._sweeps, 4), (self._nothing, 30), (self._counter_is_tidied, 5),
        ]  # fmt: skip
        return self.random.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def _at_a_till(self) -> str:
        busy = [1 if one.has_lease or one.till.shift_id is not None else 0.1 for one in self.terminals]
        busy[self._last_at] *= SAME_AGAIN
        (at,) = self.random.choices(range(len(self.terminals)), busy)
        self._last_at = at
        terminal, cashier = self.terminals[at], self.cashiers[at]
        said = cashier.act() if terminal.has_lease else self._without_lease(terminal, cashier)
        return f"{terminal.name} {said}"

    def _without_lease(self, terminal: Terminal, cashier: Cashier) -> str:
        if terminal.till.shift_id is not None:
            return f"(its register is taken) {cashier.close_shift()}"
        code = self.random.choice(sorted(self.ground.founded.registers))
        register_id = self.ground.founded.registers[code]
        if not terminal.is_offline and self.lease(terminal, register_id, take_over=False):
            return f"takes register {code}"
        return f"cannot have register {code}"

    def _price_changes(self) -> str:
        ware = self.random.choice(sorted(self.ground.founded.wares.values(), key=lambda one: one.item_id or 0))
        amount = max(1, ware.unit_price_minor + self.random.randint(-20, 50))
        self.backend.set_price(ware.item_id or 0, amount)
        self.hint()
        return f"office: item {ware.item_id} costs {amount}"

    def _stock_changes(self) -> str:
        item_id = self.random.choice(self._item_ids())
        quantity = self.random.choice((-3_000, -500, 2_000, 10_000, 40_000))
        cost = None if quantity < 0 else quantity * self.random.randint(1, 300) // 1_000
        self.backend.book_stock(item_id, quantity, cost)
        return f"office: {quantity} of item {item_id} at {cost}"

    def _somebody_settles(self) -> str:
        return f"office: {self.backend.settle_unclear(came_out=self.random.random() < 0.7)} unclear papers settled"

    def _sweeps(self) -> str:
        self.backend.sweep()
        return "the bridge sweeps"

    def _counter_is_tidied(self) -> str:
        self.site.put_right()
        return "paper and power are put right"

    def _nothing(self) -> str:
        return "nobody does anything"

    # Parts

    def _terminal(self, at: int, id: int) -> Terminal:
        return Terminal(
            id=id, name=f"T{at + 1}", time=self.time, random=Random(self.random.random()), network=self, witness=self,
            ahead_ms=self.random.choice(SKEWS_MS) + self.shift_ms, idles_ms=self.random.choice(IDLES_MS),
        )  # fmt: skip

    def _begin(self, terminal: Terminal) -> None:
        founded = self.ground.founded
        till = terminal.till
        till.cash_types = frozenset({founded.tender_types["cash"]})
        till.person_id = founded.people["aysel"]
        till.catalogue_cursor = founded.cursor
        terminal.begin_anew(self.ground.snapshot)
        terminal.learn_time(self.time.now_ms)

    def lease(self, terminal: Terminal, register_id: int, *, take_over: bool) -> bool:
        try:
            person = self.ground.founded.people["manager"]
            lease = self.backend.take_lease(terminal.id, register_id, person, take_over=take_over)
        except Down:
            return False
        if lease is None:
            return False
        self._take(terminal, lease)
        return True

    def _take(self, terminal: Terminal, lease: Mapping[str, Any]) -> None:
        till, founded, register_id = terminal.till, self.ground.founded, lease["register_id"]
        is_new = till.lease_id != lease["id"]
        till.register_id, till.lease_id, till.series = register_id, lease["id"], lease["series"]
        till.drawer_id = next(founded.drawers[code] for code, id in founded.registers.items() if id == register_id)
        for name in ("next_sale", "next_shift", "next_z"):
            setattr(till, name, lease[name] if is_new else max(lease[name], getattr(till, name)))
        terminal.disk.epoch = lease["epoch"]
        terminal.disk.epochs[register_id] = lease["epoch"]
        terminal.disk.write(till)

    def hint(self) -> None:
        """Terminals with a stream hear that something has changed."""
        for terminal in self.terminals:
            if self.random.random() < 0.7:
                self.time.after(self.random.randint(5, 2_000), functools.partial(self.pull, terminal))

    def _wished(self, terminal: Terminal, operation: Operation) -> None:
        at = self.terminals.index(terminal)
        if at < len(DRAWERS):
            self.history.wished(DRAWERS[at], self.time.now_ms)

    def any_terminal(self) -> Terminal:
        return self.random.choice(self.terminals)

    def _item_ids(self) -> list[int]:
        return sorted(ware.item_id for ware in self.ground.founded.wares.values() if ware.item_id is not None)

    def _open(self) -> sqlite3.Connection:
        raw = sqlite3.connect(self.ground.file_of(self.backend.shop), isolation_level=None, cached_statements=256)
        raw.execute("PRAGMA cache_size = -8000")
        return raw

    def _say(self, what: str) -> None:
        self.trace.append(f"{(self.time.now_ms - BEGINS_MS) / 1000:9.2f} s  {what}")


_HOLDERS = """
    SELECT holder.id, COALESCE((SELECT SUM(amount_minor) FROM tender WHERE holder_id = holder.id), 0)
         + COALESCE((SELECT SUM(amount_minor) FROM cash_move WHERE to_holder_id = holder.id), 0)
         - COALESCE((SELECT SUM(amount_minor) FROM cash_move WHERE from_holder_id = holder.id), 0) FROM holder
"""
_ZS = """
    SELECT register_id, position, series, number, opening_sales_minor, closing_sales_minor, opening_returns_minor,
           closing_returns_minor FROM z_report ORDER BY register_id, position
"""
