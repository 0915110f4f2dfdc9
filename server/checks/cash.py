"""Cash: what a drawer should hold (I12), moves and their shifts (I13), the chain of Zs (I14), drawer pulses (I15)."""

from collections import defaultdict
from collections.abc import Iterator

from server.checks.books import Books, Violation
from server.checks.numbers import awaited_series

DRAWERS = "SELECT id, register_id FROM holder WHERE kind = 'drawer'"


def counts(books: Books) -> Iterator[Violation]:
    """I12: expected = what the last count left + cash taken + moves of the shift; the difference is itself a move."""
    taken = books.sums("""
        SELECT cash_document.shift_id, tender.amount_minor FROM tender
        JOIN cash_document ON cash_document.id = tender.document_id
        JOIN holder ON holder.id = tender.holder_id
        WHERE holder.kind = 'drawer' AND NOT cash_document.is_late
    """)
    moved, over_short = _moved(books)
    held: defaultdict[int, int] = defaultdict(int)
    shifts = books.rows("""
        SELECT id, register_id, closed_at, counted_minor, expected_minor, difference_minor
        FROM shift ORDER BY register_id, began_at, id
    """)
    for shift, register, closed, counted, expected, difference in shifts:
        held[register] += taken[shift] + moved[shift]
        if closed is None:
            continue
        if expected != held[register]:
            yield Violation("I12", f"shift {shift}", f"expected {expected}, by its facts {held[register]}")
        if difference != counted - expected or over_short[shift] != difference:
            detail = f"counted {counted}, expected {expected}, difference {difference}, moved {over_short[shift]}"
            yield Violation("I12", f"shift {shift}", detail)
        held[register] = counted


def _moved(books: Books) -> tuple[defaultdict[str, int], defaultdict[str, int]]:
    """Signed moves of drawers by shift: those of the shift, and the over or short of its count.

    What arrived after the count is followed by its reverse, in this shift or in the one after: both count here, except
    those of late documents.
    """
    moved: defaultdict[str, int] = defaultdict(int)
    over_short: defaultdict[str, int] = defaultdict(int)
    drawers = {row[0] for row in books.rows(DRAWERS)}
    closes = {(row[0], row[1]) for row in books.rows("SELECT id, shift_id FROM z_report")}
    late = {row[0] for row in books.rows("SELECT id FROM cash_document WHERE is_late")}
    query = "SELECT kind, shift_id, from_holder_id, to_holder_id, amount_minor, source_id FROM cash_move"
    for kind, shift, source, target, amount, cause_id in books.rows(query):
        signed = amount * ((target in drawers) - (source in drawers))
        if kind == "over_short" and (cause_id, shift) in closes:
            over_short[shift] += signed
        elif kind != "over_short" or cause_id not in late:
            moved[shift] += signed
    return moved, over_short


def moves(books: Books) -> Iterator[Violation]:
    """I13: a drawer's move belongs to one shift of its register, other moves to none; amounts are positive."""
    query = """
        SELECT cash_move.id, cash_move.shift_id, cash_move.amount_minor, giver.kind, taker.kind,
               shift.register_id, COALESCE(giver.register_id, taker.register_id)
        FROM cash_move
        JOIN holder AS giver ON giver.id = cash_move.from_holder_id
        JOIN holder AS taker ON taker.id = cash_move.to_holder_id
        LEFT JOIN shift ON shift.id = cash_move.shift_id
    """
    for move, shift, amount, giver, taker, of_shift, of_drawer in books.rows(query):
        is_drawers = "drawer" in (giver, taker)
        if is_drawers and (shift is None or of_shift != of_drawer):
            yield Violation("I13", f"cash move {move}", "moves a drawer outside any shift of its register")
        if not is_drawers and shift is not None:
            yield Violation("I13", f"cash move {move}", "names a shift, but moves no drawer")
        if amount < 0:
            yield Violation("I13", f"cash move {move}", f"a negative amount {amount}")


def z_reports(books: Books) -> Iterator[Violation]:
    """I14: a Z counts its documents; running totals only grow and go on where the last Z ended; numbers have no gap."""
    sales = books.sums(_COUNTED.format(condition="cash_document.total_minor >= 0"))
    returned = books.sums(_COUNTED.format(condition="cash_document.total_minor < 0"))
    before: dict[int, tuple[int, int]] = {}
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    query = """
        SELECT id, register_id, series, number, opening_sales_minor, closing_sales_minor,
               opening_returns_minor, closing_returns_minor
        FROM z_report ORDER BY register_id, position
    """
    for z, register, series, number, *running in books.rows(query):
        numbers[series].append(number)
        opening, closing = (running[0], running[2]), (running[1], running[3])
        if opening != before.get(register, (0, 0)):
            yield Violation("I14", f"Z {z}", f"opens at {opening}, the last one closed at {before.get(register)}")
        if closing != (opening[0] + sales[z], opening[1] - returned[z]):
            yield Violation("I14", f"Z {z}", f"{opening} to {closing}, its documents {sales[z]} and {returned[z]}")
        before[register] = closing
    awaited = awaited_series(books)
    for series, given in numbers.items():
        if series not in awaited and sorted(given) != list(range(1, len(given) + 1)):
            yield Violation("I14", f"series {series}", f"Z numbers {sorted(given)[:10]}")
    for document in books.rows(_UNCOUNTED):
        yield Violation("I14", f"document {document[0]}", "its shift has a Z that does not count it")


_COUNTED = """
    SELECT z_document.z_report_id, cash_document.total_minor FROM z_document
    JOIN cash_document ON cash_document.id = z_document.document_id WHERE {condition}
"""

_UNCOUNTED = """
    SELECT cash_document.id FROM cash_document
    JOIN z_report ON z_report.shift_id = cash_document.shift_id
    LEFT JOIN z_document ON z_document.document_id = cash_document.id
    WHERE NOT cash_document.is_late AND (z_document.z_report_id IS NULL OR z_document.z_report_id <> z_report.id)
"""


def pulses(books: Books) -> Iterator[Violation]:
    """I15: a drawer is opened at most once for each reason: a tender that opens it, a move of cash, or a stated one."""
    reasons = {row[0] for row in books.rows(_REASONS)}
    seen: set[str] = set()
    for job, cause in books.rows("SELECT id, cause_id FROM device_job WHERE op = 'open'"):
        if cause not in reasons:
            yield Violation("I15", f"device job {job}", f"opens a drawer for {cause}, which is no reason")
        if cause in seen:
            yield Violation("I15", f"device job {job}", f"a second pulse for {cause}")
        seen.add(cause)


_REASONS = """
    SELECT tender.document_id FROM tender JOIN tender_type ON tender_type.id = tender.tender_type_id
    WHERE tender_type.opens_drawer
    UNION SELECT id FROM drawer_opening
    UNION SELECT source_id FROM cash_move
    UNION SELECT id FROM shift
"""
