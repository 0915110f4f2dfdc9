"""The table of invariants and the one call that checks them all."""

from collections.abc import Callable, Iterator

from server.checks import cash, closure, numbers, promises, sales, stock
from server.checks.books import Books, Violation, opened
from server.core import clock, tenant
from server.core.tenant import Tenant

Check = Callable[[Books], Iterator[Violation]]

INVARIANTS: dict[str, Check] = {
    "I1": sales.lines_and_totals,
    "I2": sales.tenders,
    "I3": sales.taxes,
    "I4": sales.discounts,
    "I5": sales.returns,
    "I7": numbers.numbering,
    "I8": numbers.order,
    "I9": promises.booked_once,
    "I11": numbers.copies,
    "I12": cash.counts,
    "I13": cash.moves,
    "I14": cash.z_reports,
    "I15": cash.pulses,
    "I16": stock.balances,
    "I18": stock.layers,
    "I26": promises.acknowledged,
    "I27": closure.device_jobs,
    "I28": closure.inside_the_shop,
    "I29": closure.permissions,
    "I30": promises.days,
}


def check(one: Tenant) -> list[Violation]:
    """All violations in a tenant's books, in the order of the table. Reads only; needs an app context."""
    with opened(tenant.config(), one, clock.now_ms()) as books:
        return [violation for invariant in INVARIANTS.values() for violation in invariant(books)]
