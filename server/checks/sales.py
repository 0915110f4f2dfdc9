"""Sales: lines and totals (I1), tenders (I2), taxes (I3), discounts (I4), returns (I5)."""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from operator import itemgetter

from server.checks.books import Books, Row, Violation, half_up

LINES = """
    SELECT sale_id, position, quantity_milli, unit_price_minor, gross_minor, discount_minor, share_minor, total_minor,
           tax_minor, tax_rate_id, rate_bp, returns_position, weight_from
    FROM sale_line ORDER BY sale_id, position
"""


def lines_and_totals(books: Books) -> Iterator[Violation]:
    """I1: a line's amount follows from quantity, price and discounts, and the lines add up to the sale."""
    known = books.flagged("arithmetic_differs")
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in books.each(LINES):
        sale, position, _, _, gross, discount, share, total = row[:8]
        for index, amount in enumerate((gross, discount + share, total, 1)):
            totals[sale][index] += amount
        if sale in known:
            continue
        if row[11] is None and not _is_gross(row):
            yield Violation("I1", f"sale {sale} line {position}", f"{row[2]} x {row[3]} is not {gross}")
        if total != gross - discount - share:
            yield Violation("I1", f"sale {sale} line {position}", f"{gross} - {discount} - {share} is not {total}")
    for sale, gross, discount, total, count in books.rows(
        "SELECT id, gross_minor, discount_minor, total_minor, lines FROM sale"
    ):
        if sale not in known and totals[sale] != [gross, discount, total, count]:
            yield Violation(
                "I1", f"sale {sale}", f"lines say {totals[sale]}, the sale {[gross, discount, total, count]}"
            )


def _is_gross(row: Row) -> bool:
    """Quantity times price; a printed label price stands for it, and its quantity was worked out of it to the gram."""
    quantity, price, gross, weight_from = row[2], row[3], row[4], row[12]
    exact = Fraction(quantity * price, 1000)
    if weight_from == "label":
        return abs(gross - exact) <= Fraction(price, 2000) + Fraction(1, 2)
    return bool(gross == half_up(exact))


def tenders(books: Books) -> Iterator[Violation]:
    """I2: tenders add up to the sale; change is given less amount, of cash only; only refunds are negative."""
    paid = books.sums("SELECT document_id, amount_minor FROM tender")
    refunds = {row[0] for row in books.rows("SELECT sale_id FROM sale_line WHERE quantity_milli < 0")}
    for sale, total in books.rows("SELECT id, total_minor FROM sale"):
        if paid[sale] != total:
            yield Violation("I2", f"sale {sale}", f"tenders {paid[sale]}, total {total}")
    each = """
        SELECT tender.id, tender.document_id, amount_minor, given_minor, change_minor, tender_type.kind
        FROM tender JOIN tender_type ON tender_type.id = tender.tender_type_id
    """
    for tender, sale, amount, given, change, kind in books.rows(each):
        if change != given - amount or change < 0:
            yield Violation("I2", f"tender {tender}", f"change {change} is not {given} - {amount}")
        if change and kind != "cash":
            yield Violation("I2", f"tender {tender}", f"change {change} out of {kind}")
        if amount < 0 and sale not in refunds:
            yield Violation("I2", f"tender {tender}", f"{amount} in a sale that returns nothing")


def taxes(books: Books) -> Iterator[Violation]:
    """I3: the tax of a rate follows from the document's sum at it; lines share it; base and tax fill the total.

    What comes back brings the tax that it was sold with; the rest is computed from its sum.
    """
    known = books.flagged("arithmetic_differs")
    all_of, sold, tax_of, tax_back = (defaultdict[tuple[str, int], int](int) for _ in range(4))
    for row in books.each(LINES):
        key, total, tax = (row[0], row[9]), row[7], row[8]
        all_of[key] += total
        tax_of[key] += tax
        if row[11] is None:
            sold[key] += total
        else:
            tax_back[key] += tax
    of_sale: defaultdict[str, int] = defaultdict(int)
    written = books.rows("SELECT sale_id, tax_rate_id, rate_bp, base_minor, tax_minor FROM sale_tax")
    for sale, rate, rate_bp, base, tax in written:
        key = (sale, rate)
        of_sale[sale] += tax
        if sale in known:
            continue
        if base + tax != all_of[key] or tax != tax_of[key]:
            detail = f"base {base} + tax {tax}, lines {all_of[key]} with tax {tax_of[key]}"
            yield Violation("I3", f"sale {sale} rate {rate}", detail)
        if tax != half_up(Fraction(sold[key] * rate_bp, 10_000 + rate_bp)) + tax_back[key]:
            yield Violation("I3", f"sale {sale} rate {rate}", f"{tax} is not the tax in {sold[key]}")
    listed = {(row[0], row[1]) for row in written}
    for key, amount in all_of.items():
        if amount and key not in listed and key[0] not in known:
            yield Violation("I3", f"sale {key[0]} rate {key[1]}", "has lines but no tax row")
    for sale, tax in books.rows("SELECT id, tax_minor FROM sale"):
        if sale not in known and of_sale[sale] != tax:
            yield Violation("I3", f"sale {sale}", f"tax {tax}, by rate {of_sale[sale]}")


def discounts(books: Books) -> Iterator[Violation]:
    """I4: a line's discounts are those given on it; the sale's are shared over its lines to the last minor unit.

    Each share lies within one unit of its exact part. Lines that come back bring theirs from the sale.
    """
    known = books.flagged("arithmetic_differs")
    given: defaultdict[tuple[str, int | None], int] = defaultdict(int)
    for sale, position, amount in books.rows("SELECT sale_id, position, amount_minor FROM sale_discount"):
        given[sale, position] += amount
    sold = (row for row in books.each(LINES) if row[11] is None and row[0] not in known)
    for sale, lines in ((sale, list(rows)) for sale, rows in groupby(sold, key=itemgetter(0))):
        whole, shared = given[sale, None], sum(line[6] for line in lines)
        if whole != shared:
            yield Violation("I4", f"sale {sale}", f"discount {whole}, shares {shared}")
        base = sum(line[4] - line[5] for line in lines)
        for line in lines:
            if line[5] != given[sale, line[1]]:
                yield Violation("I4", f"sale {sale} line {line[1]}", f"{line[5]} is not what was given on it")
            if base and abs(line[6] - Fraction(whole * (line[4] - line[5]), base)) >= 1:
                yield Violation("I4", f"sale {sale} line {line[1]}", f"share {line[6]} is not its part of {whole}")


def returns(books: Books) -> Iterator[Violation]:
    """I5: of each line no more came back than was sold, for no more than was paid, at the rate of the sale."""
    known = books.flagged("returned_too_much", "sale_unknown", "arithmetic_differs")
    query = """
        SELECT back.sale_id, sale.returns_sale_id, back.returns_position, back.quantity_milli, back.total_minor,
               back.tax_rate_id, sold.quantity_milli, sold.total_minor, sold.tax_rate_id
        FROM sale_line AS back
        JOIN sale ON sale.id = back.sale_id
        LEFT JOIN sale_line AS sold ON sold.sale_id = sale.returns_sale_id AND sold.position = back.returns_position
        WHERE back.returns_position IS NOT NULL
    """
    came: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    sold_of: dict[tuple[str, int], tuple[int, int]] = {}
    for by, sale, position, quantity, total, rate, sold, paid, sold_rate in books.rows(query):
        if by in known:
            continue
        if sold is None:
            yield Violation("I5", f"return {by}", f"line {position} of sale {sale} does not exist")
            continue
        if rate != sold_rate:
            yield Violation("I5", f"return {by}", f"line {position} came back at rate {rate}, sold at {sold_rate}")
        came[sale, position][0] -= quantity
        came[sale, position][1] -= total
        sold_of[sale, position] = (sold, paid)
    for (sale, position), (quantity, money) in came.items():
        sold, paid = sold_of[sale, position]
        if not 0 <= quantity <= sold:
            yield Violation("I5", f"sale {sale} line {position}", f"{quantity} of {sold} came back")
        if not 0 <= money <= paid:
            yield Violation("I5", f"sale {sale} line {position}", f"{money} of {paid} was paid back")
