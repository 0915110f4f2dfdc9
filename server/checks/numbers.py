"""Numbering: every sale one number, without gap in its series (I7), in the terminal's order (I8); copies (I11)."""

from collections import defaultdict
from collections.abc import Iterator

from server.checks.books import Books, Violation, as_json


def numbering(books: Books) -> Iterator[Violation]:
    """I7: numbers are unique and without gap. A gap is known where its lease ended, its sale was rejected, or its
    terminal has told later operations but not all before them: those it is asked for (`next_seq`)."""
    given: defaultdict[str, list[int]] = defaultdict(list)
    for sale, number, series, counter in books.rows("SELECT id, number, series, counter FROM sale"):
        given[series].append(counter)
        if number != f"{series}-{counter:06d}":
            yield Violation("I7", f"sale {sale}", f"number {number} is not that of {series} {counter}")
    awaited = awaited_series(books)
    rejected = set(_rejected_numbers(books))
    for series, counters in given.items():
        if len(set(counters)) != len(counters):
            yield Violation("I7", f"series {series}", "a number was given twice")
        missing = set(range(1, max(counters) + 1)) - set(counters)
        unknown = sorted(counter for counter in missing if (series, counter) not in rejected)
        if unknown and series not in awaited:
            yield Violation("I7", f"series {series}", f"numbers missing: {unknown[:10]}")


_AWAITED = """
    SELECT register_lease.series FROM register_lease JOIN terminal ON terminal.id = register_lease.terminal_id
    WHERE register_lease.ended_at IS NOT NULL OR terminal.last_seq <
        (SELECT MAX(operation.seq) FROM operation WHERE operation.terminal_id = terminal.id)
"""


def awaited_series(books: Books) -> set[str]:
    """Series of which more is to come: a gap in them may close."""
    return {row[0] for row in books.rows(_AWAITED)}


def order(books: Books) -> Iterator[Violation]:
    """I8: within a lease the counters rise in the order in which the terminal made its operations."""
    query = """
        SELECT sale.series, operation.seq, sale.counter, sale.id FROM sale
        JOIN operation ON operation.id = sale.id ORDER BY sale.series, operation.seq
    """
    before: dict[str, int] = {}
    for series, seq, counter, sale in books.rows(query):
        if counter <= before.get(series, 0):
            yield Violation("I8", f"sale {sale}", f"{series} {counter} comes after {before[series]} (operation {seq})")
        before[series] = max(counter, before.get(series, 0))
    leases = books.rows("""
        SELECT register_lease.series, register_lease.next_sale, MAX(sale.counter) FROM register_lease
        JOIN sale ON sale.lease_id = register_lease.id GROUP BY register_lease.series, register_lease.next_sale
    """)
    for series, following, highest in leases:
        if following <= highest:
            yield Violation("I8", f"series {series}", f"next number {following}, but {highest} was given")


def copies(books: Books) -> Iterator[Violation]:
    """I11: one original at most; copies are numbered 1, 2, 3 … for each sale."""
    originals = books.rows("""
        SELECT cause_id, COUNT(*) FROM device_job
        WHERE op = 'print' AND cause_kind = 'sale' AND "copy" = 0 GROUP BY cause_id HAVING COUNT(*) > 1
    """)
    for sale, count in originals:
        yield Violation("I11", f"sale {sale}", f"{count} originals")
    for sale, count, lowest, highest in books.rows(
        'SELECT sale_id, COUNT(*), MIN("copy"), MAX("copy") FROM receipt_copy GROUP BY sale_id'
    ):
        if (lowest, highest) != (1, count):
            yield Violation("I11", f"sale {sale}", f"{count} copies, numbered {lowest} to {highest}")


def _rejected_numbers(books: Books) -> Iterator[tuple[str, int]]:
    for (body,) in books.rows("SELECT body FROM rejected_operation"):
        operation = as_json(body)
        said = operation.get("body") if isinstance(operation, dict) else None
        if isinstance(said, dict) and isinstance(said.get("counter"), int):
            yield str(said.get("series")), said["counter"]
