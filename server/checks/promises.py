"""What was promised: acknowledged operations are there (I26), booked once (I9), and their days hang together (I30)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.checks.books import Books, Violation

FACTS = {
    "sale": "sale",
    "shift_open": "shift",
    "shift_close": "z_report",
    "cash_move": "cash_move",
    "drawer_open": "drawer_opening",
    "receipt_copy": "receipt_copy",
}
"""Kinds of operations whose fact is a row of the same id for ever."""

DAYS_APART = 1
"""How far a shift's business day may be from the server's own without a flag."""


def acknowledged(books: Books) -> Iterator[Violation]:
    """I26: an operation whose terminal was told that it is booked has its fact, and a shift that was opened says so."""
    for kind, table in FACTS.items():
        query = f"""
            SELECT operation.id FROM operation LEFT JOIN {table} ON {table}.id = operation.id
            WHERE operation.verdict = 'accepted' AND operation.kind = '{kind}' AND {table}.id IS NULL
        """
        for (missing,) in books.rows(query):
            yield Violation("I26", f"{kind} {missing}", f"was acknowledged, but there is no such {table}")
    unopened = """
        SELECT shift.id FROM shift JOIN operation ON operation.id = shift.id
        WHERE operation.verdict = 'accepted' AND shift.opened_at IS NULL
    """
    for (shift,) in books.rows(unopened):
        yield Violation("I26", f"shift {shift}", "was acknowledged as opened, but is not")


def booked_once(books: Books) -> Iterator[Violation]:
    """I9: however often a sale was told, each of its lines moved stock once and its cash was taken once."""
    twice = """
        SELECT source_id, source_line, COUNT(*) FROM stock_move
        WHERE source_kind = 'sale' AND quantity_milli <> 0 GROUP BY source_id, source_line HAVING COUNT(*) > 1
    """
    for sale, line, count in books.rows(twice):
        yield Violation("I9", f"sale {sale} line {line}", f"moved stock {count} times")
    documents = books.sums("SELECT source_id, 1 FROM cash_document")
    for (sale,) in books.rows("SELECT id FROM sale"):
        if documents[sale] != 1:
            yield Violation("I9", f"sale {sale}", f"has {documents[sale]} documents in the cash")


def days(books: Books) -> Iterator[Violation]:
    """I30: every document has the day of its shift, and a shift's day is near the day on which it began, or flagged."""
    for table, subject in (("sale", "sale"), ("z_report", "Z")):
        query = f"""
            SELECT {table}.id, {table}.business_day, shift.business_day FROM {table}
            JOIN shift ON shift.id = {table}.shift_id WHERE {table}.business_day <> shift.business_day
        """
        for row, day, of_shift in books.rows(query):
            yield Violation("I30", f"{subject} {row}", f"is of {day}, its shift of {of_shift}")
    known = books.flagged("business_day_differs")
    flagged_sales = {row[1] for row in books.rows("SELECT id, shift_id FROM sale") if row[0] in known}
    query = """
        SELECT shift.id, shift.business_day, shift.began_at, branch.timezone, branch.cut_off_min FROM shift
        JOIN branch ON branch.id = shift.branch_id
    """
    for shift, day, began, timezone, cut_off in books.rows(query):
        own = _day_at(began, timezone, cut_off)
        if shift in known or shift in flagged_sales or abs((date.fromisoformat(day) - own).days) <= DAYS_APART:
            continue
        yield Violation("I30", f"shift {shift}", f"is of {day}, but began on {own}")


def _day_at(instant_ms: int, timezone: str, cut_off_min: int) -> date:
    """The business day of an instant: the local day, which begins at the cut-off."""
    local = datetime.fromtimestamp(instant_ms / 1000, ZoneInfo(timezone))
    return (local.replace(tzinfo=None) - timedelta(minutes=cut_off_min)).date()
