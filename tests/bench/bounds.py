"""A chain that lives for two years with retention on: what every table holds at the end of each year.

Everything is written as the push would write it, papers of all days included, and retention runs at the end of each
simulated week, in the same process and over the same database.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import quantiles
from typing import Any

from fixtures.private import private_folder
from server import retention
from server.app import create_app
from server.checks import invariants
from server.core import tenant
from server.core.config import Config
from server.core.db import TenantModel
from server.core.pool import open_raw
from server.core.tenant import Tenant
from server.seeds.history import Progress, Terms, write_history
from server.seeds.history.terms import DAYS_A_YEAR
from server.tenants import provisioning
from tests.bench import office

BUSINESS = frozenset(retention.STAYS) - {"change_mark", "reaction_due"}
"""Tables that may grow as long as the shop trades."""

KEEPS_ROWS = "operation"
"""Its rows stay; what retention empties in them is counted as `operation (answers)`."""

WEEK = 7


@dataclass
class Life:
    """What was seen of a life: rows and bytes by table at the end of each year, and how long things took."""

    lines: int = 0
    sales: int = 0
    days: int = 0
    written_s: float = 0.0
    passes_s: list[float] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    tables: list[dict[str, tuple[int, int]]] = field(default_factory=list)
    checked_s: float = 0.0
    violations: int = 0
    lists_ms: dict[str, float] = field(default_factory=dict)

    def pass_p95_ms(self) -> float:
        """How long a pass of retention takes, but for the longest."""
        return 1000 * quantiles(self.passes_s, n=20)[-1]

    def bounded(self) -> dict[str, tuple[int, int]]:
        """Rows of each table that is not the business's own, at the end of the first year and of the last."""
        first, last = self.tables[0], self.tables[-1]
        return {name: (first[name][0], last[name][0]) for name in last if name not in BUSINESS and name != KEEPS_ROWS}


def live(terms: Terms, *, tells: bool = False) -> Life:
    """Let a chain live, in a database of its own that goes afterwards. Processor time, where a figure is a time."""
    with private_folder() as folder:
        app = create_app(Config(data=folder, control_url=f"sqlite:///{folder}/control.db"))
        with app.app_context():
            provisioning.prepare_control()
            shop = provisioning.create_database("bounds", "Bounds")
        with tenant.tenant_scope(app, shop):
            life = _live(terms, shop, tells=tells)
        app.extensions["aisales_engines"].dispose()
    return life


def _live(terms: Terms, shop: Tenant, *, tells: bool) -> Life:
    life, apart_s = Life(), 0.0

    def night(day: date) -> None:
        nonlocal apart_s
        life.days += 1
        begun = time.process_time()
        if life.days % WEEK == 0:
            ended = retention.run()
            life.passes_s.append(time.process_time() - begun)
            life.ended = {name: life.ended.get(name, 0) + count for name, count in ended.items()}
        if life.days % DAYS_A_YEAR == 0 or day == terms.until:
            life.tables.append(sizes(shop))
        apart_s += time.process_time() - begun

    begun = time.process_time()
    written = write_history(terms, each_night=night, tell=_say if tells else None)
    life.written_s = time.process_time() - begun - apart_s
    life.lines, life.sales = written.lines, written.sales
    begun = time.process_time()
    life.violations = len(invariants.check(shop))
    life.checked_s = time.process_time() - begun
    life.lists_ms = office.lists(shop)
    return life


def sizes(shop: Tenant) -> dict[str, tuple[int, int]]:
    """Rows and bytes of every table with its indexes, on SQLite."""
    raw: Any = open_raw(tenant.config(), shop)
    owners = {name: table for name, table in raw.execute("SELECT name, tbl_name FROM sqlite_master")}
    held: dict[str, int] = {}
    for name, count in raw.execute("SELECT name, SUM(pgsize) FROM dbstat GROUP BY name"):
        held[owners.get(name, name)] = held.get(owners.get(name, name), 0) + count
    names = [table.name for table in TenantModel.metadata.sorted_tables]
    found = {name: (_count(raw, name), held.get(name, 0)) for name in names}
    answers = raw.execute("SELECT COUNT(*), COALESCE(SUM(LENGTH(answer)), 0) FROM operation WHERE answer IS NOT NULL")
    found["operation (answers)"] = answers.fetchone()
    raw.close()
    return found


def told(life: Life) -> str:
    """The sizes as a table for a reader: the business's own first."""
    first, last = life.tables[0], life.tables[-1]
    rows = [f"{'':28} {'rows, year 1':>14} {'rows, last':>14} {'kB, year 1':>12} {'kB, last':>12}"]
    for name in sorted(last, key=lambda name: (name not in BUSINESS, name)):
        if last[name][0] or first[name][0]:
            rows.append(_line(name, first, last))
    return "\n".join(rows)


def _line(name: str, first: Mapping[str, tuple[int, int]], last: Mapping[str, tuple[int, int]]) -> str:
    mark = "" if name in BUSINESS or name == KEEPS_ROWS else "  bounded"
    figures = (first[name][0], last[name][0], first[name][1] // 1024, last[name][1] // 1024)
    return "{:28} {:14,} {:14,} {:12,} {:12,}".format(name, *figures) + mark


def _count(raw: Any, name: str) -> int:
    return int(raw.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0])


def _say(so_far: Progress) -> None:
    print(f"{so_far.day}  {so_far.lines:,} of {so_far.of:,} lines", flush=True)
