"""What must hold after every step: the invariants of `server/checks`, and the history that no database can tell.

An invariant is asked again when a table that it reads has changed. Which tables it reads, SQLite itself says; which
have changed, triggers have counted. So the code under test has no say in what is checked.

    Books        the shop's database, with the answers of queries kept until their tables change
    History      what terminals were told, which numbers they gave, when a drawer was wished open
"""

import contextlib
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_agent import wire
from server.checks import invariants
from server.checks.books import Books, Row, Violation
from server.core.tenant import Tenant
from tests.faults.sim.ground import TOUCHED
from tests.faults.sim.site import Site
from tests.faults.sim.terminal import Terminal

LATE_MS = 5_000
"""A drawer opens no later than this after its wish."""

TIMED = frozenset({"I27"})
"""What time alone can violate."""

PATIENCE_MS = 150_000

MOMENT = re.compile(r"\b\d{13}\b")
"""An instant within a query: the same query a step later."""

Touched = dict[str, int]


@dataclass
class Readings:
    """Which tables each query reads, found out once for each process by SQLite's authorizer."""

    tables_of: dict[str, frozenset[str]] = field(default_factory=dict)
    invariants: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def of(self, raw: sqlite3.Connection, query: str) -> frozenset[str]:
        """The tables that a query reads."""
        if query not in self.tables_of:
            seen: set[str] = set()

            def note(act: int, table: str | None, *_: Any) -> int:
                if act == sqlite3.SQLITE_READ and table:
                    seen.add(table)
                return sqlite3.SQLITE_OK

            raw.set_authorizer(note)
            with contextlib.closing(raw.execute(f"EXPLAIN {query}")) as cursor:
                cursor.fetchall()
            raw.set_authorizer(None)
            # The check of all foreign keys is asked at the end of a seed: SQLite enforces them meanwhile.
            self.tables_of[query] = frozenset(seen)
        return self.tables_of[query]


READINGS = Readings()


class KeptBooks(Books):
    """Books that give the same answer again while no table of the query has changed."""

    def __init__(self, raw: sqlite3.Connection, shop: Tenant) -> None:
        super().__init__(raw, shop, 0)
        self.touched: Touched = {}
        self.read: set[str] = set()
        self._looks, self._version = 0, -1
        self._changed_at: dict[str, int] = {}
        self._kept: dict[str, tuple[int, list[Row]]] = {}

    def look(self, now_ms: int) -> set[str]:
        """Take note of the moment; the tables that changed since the last one."""
        self.now_ms = now_ms
        self._looks += 1
        before, self._version = self._version, self._raw.execute("PRAGMA data_version").fetchone()[0]
        if before == self._version:
            return set()
        now = dict(self._raw.execute(f"SELECT name, n FROM {TOUCHED}").fetchall())
        changed = {name for name, n in now.items() if n != self.touched.get(name)}
        self.touched = now
        self._changed_at.update(dict.fromkeys(changed, self._looks))
        return changed

    def forget(self) -> None:
        """Ask everything anew."""
        self._kept.clear()

    def rows(self, query: str) -> list[Row]:
        kept = self._kept.get(query)
        if kept is None and MOMENT.search(query):
            return self._now(query)
        tables = READINGS.of(self._raw, query)
        self.read |= tables
        if kept is None or self._is_older(kept[0], tables):
            kept = self._kept[query] = (self._looks, super().rows(query))
        return kept[1]

    def _is_older(self, look: int, tables: Iterable[str]) -> bool:
        return any(self._changed_at.get(name, 0) > look for name in tables)

    def each(self, query: str) -> Iterator[Row]:
        return iter(self.rows(query))

    def _now(self, query: str) -> list[Row]:
        """What a query of the moment finds; prepared once, whatever the moment is."""
        moments, asked = [int(found) for found in MOMENT.findall(query)], MOMENT.sub("?", query)
        self.read |= READINGS.of(self._raw, MOMENT.sub("0", query))
        return self.plain(self._raw.execute(asked, moments).fetchall())


@dataclass
class History:
    """Everything that was promised in a seed."""

    acknowledged: dict[str, tuple[Terminal, str, int]] = field(default_factory=dict)
    numbers: dict[tuple[str, int], str] = field(default_factory=dict)
    wishes_ms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    troubles: list[Violation] = field(default_factory=list)

    def heard(
        self, terminal: Terminal, operation: Mapping[str, Any], result: Mapping[str, Any], generation: int
    ) -> None:
        """A verdict has reached a terminal. What an honest terminal did is never refused."""
        if result["verdict"] in ("accepted", "duplicate"):
            self.acknowledged[operation["id"]] = (terminal, operation["kind"], generation)
        else:
            told = f"{result['verdict']}: {result['error']}"
            self.blame("refused", f"{operation['kind']} {operation['id']}", told)

    def rang(self, operation: Mapping[str, Any]) -> None:
        """A terminal has given a number."""
        key = (operation["body"]["series"], operation["body"]["counter"])
        if self.numbers.setdefault(key, operation["id"]) != operation["id"]:
            self.blame("I8", f"number {key[0]}-{key[1]}", "was given twice by terminals")

    def wished(self, drawer: str, at_ms: int) -> None:
        """Somebody wants a drawer open."""
        self.wishes_ms[drawer].append(at_ms)

    def blame(self, invariant: str, subject: str, detail: str) -> None:
        """Write down what must not be."""
        self.troubles.append(Violation(invariant, subject, detail))


class Checker:
    """Looks at a shop after every step."""

    def __init__(self, raw: sqlite3.Connection, shop: Tenant, history: History, site: Site) -> None:
        self.history = history
        self.books = KeptBooks(raw, shop)
        self._site = site
        self._played_ms = 0
        self._since_ms: dict[Violation, int] = {}
        self._pulses: Counter[str] = Counter()
        self._papers: Counter[str] = Counter()
        self._originals: Counter[str] = Counter()

    def turn_to(self, raw: sqlite3.Connection, shop: Tenant) -> None:
        """Look at another database from now on: the shop was restored."""
        self.books = KeptBooks(raw, shop)

    def after_step(self, now_ms: int, played_ms: int = 0) -> list[Violation]:
        """What is violated now."""
        changed = self.books.look(now_ms)
        self._played_ms = played_ms
        found = [one for name in invariants.INVARIANTS if self._may_differ(name, changed) for one in self._ask(name)]
        found = self._lasting(found)
        found += self._lost()
        found += self._late_drawers()
        found += self._second_originals()
        found += self.history.troubles
        return found

    def _lasting(self, found: list[Violation]) -> list[Violation]:
        """Without what only time violates and the sweep has not had its time to end: an agent that was away for hours
        tells what it did one report after the other."""
        timed = {one for one in found if one.invariant in TIMED}
        self._since_ms = {one: self._since_ms.get(one, self._played_ms) for one in timed}
        return [one for one in found if one not in timed or self._played_ms - self._since_ms[one] > PATIENCE_MS]

    def in_full(self, now_ms: int) -> list[Violation]:
        """Every invariant anew, whatever changed."""
        self.books.forget()
        self.books.look(now_ms)
        return [one for name in invariants.INVARIANTS for one in self._ask(name)]

    def contents(self) -> dict[str, list[Row]]:
        """Every row of every table."""
        return {table: sorted(self.books.rows(f"SELECT * FROM {table}"), key=repr) for table in self.books.touched}

    def _may_differ(self, name: str, changed: set[str]) -> bool:
        read = READINGS.invariants.get(name)
        return read is None or name in TIMED or bool(read & changed)

    def _ask(self, name: str) -> Iterator[Violation]:
        self.books.read.clear()
        yield from invariants.INVARIANTS[name](self.books)
        READINGS.invariants[name] |= self.books.read

    def _lost(self) -> Iterator[Violation]:
        """I26: whatever a terminal was told is booked, is booked. A restored server has the rest once told again."""
        there = {row[0] for row in self.books.rows("SELECT id FROM operation WHERE verdict = 'accepted'")}
        missing = self.history.acknowledged.keys() - there
        for id in missing:
            terminal, kind, generation = self.history.acknowledged[id]
            if generation == self.books.tenant.generation or _knows_restore(terminal, self.books.tenant.generation, id):
                yield Violation("I26", f"{kind} {id}", f"was acknowledged to {terminal.name}, and is not there")

    def _late_drawers(self) -> Iterator[Violation]:
        for counter in self._site.counters.values():
            name = counter.drawer.device
            for pulse in counter.drawer.pulses[self._pulses[name] :]:
                self._pulses[name] += 1
                if not self._is_wished(name, wire.utc_ms(pulse["at"])):
                    yield Violation("I15", name, f"opened at {pulse['at']}, more than {LATE_MS} ms after any wish")

    def _is_wished(self, drawer: str, at_ms: int) -> bool:
        """Whether a wish of the last five seconds explains it; each wish explains one pulse."""
        wishes = self.history.wishes_ms[drawer]
        for index, wished_ms in enumerate(wishes):
            if at_ms - LATE_MS <= wished_ms <= at_ms:
                del wishes[index]
                return True
        return False

    def _second_originals(self) -> Iterator[Violation]:
        """I11 on paper: a receipt comes out once; whatever comes out again says that it is a copy."""
        for name, counter in self._site.counters.items():
            for paper in counter.papers:
                if paper.n > self._papers[name] and paper.is_cut:
                    self._papers[name] = paper.n
                    yield from self._original(paper.text)

    def _original(self, text: str) -> Iterator[Violation]:
        number = next((line.split()[1] for line in text.split("\n") if line.startswith("Receipt ")), None)
        if number is None or "COPY" in text:
            return
        self._originals[number] += 1
        if self._originals[number] > 1:
            yield Violation("I11", f"receipt {number}", "came out twice without saying that it is a copy")


def _knows_restore(terminal: Terminal, generation: int, id: str) -> bool:
    """Whether a terminal knows of the restore and has nothing of it left to tell."""
    is_told = terminal.disk.server is not None and terminal.disk.server[0] == generation
    waits = any(entry.is_unsent and entry.operation["id"] == id for entry in terminal.disk.log.values())
    return is_told and not waits
