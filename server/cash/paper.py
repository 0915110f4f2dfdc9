"""The paper of the cash: Z and X reports and the slips of cash in and out, as blocks (the browser's `core/zpaper.ts`).

A report is a stored snapshot, `ZSums.as_json()` with

    z_number (None on an X), shift_number, register, seller {name, tax_id}, branch {name, address}, currency,
    business_day, opened_at, opened_by, closed_at, closed_by (local minutes and names; an X: now, who asks), reason

`drawer` is None on an X of someone who may not see what is expected.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from server.values import paper
from server.values.blocks import Block, Word, feed, row, rule, text

Report = Mapping[str, Any]


def z_blocks(report: Report, language: str, word: Word) -> list[Block]:
    """A Z report, or an X where `z_number` is None."""
    return [
        *_head(report, language, word),
        rule(),
        *_sums(report, language, word),
        rule(),
        *_taxes(report, language, word),
        *_tenders(report, language, word),
        *_drawer(report, language, word),
        *_late(report, language, word),
        *_running(report, language, word),
        text(word("receipt.not_fiscal"), align="center"),
    ]


def slip_blocks(move: Mapping[str, Any], language: str, word: Word) -> list[Block]:
    """The slip of a move (direction in or out, amount_minor, currency, reason, by, moved_at, register, seller)."""
    title = "receipt.cash_in_title" if move["direction"] == "in" else "receipt.cash_out_title"
    return [
        text(move["seller"]["name"], align="center", bold=True),
        text(word(title), align="center", bold=True),
        row(word("receipt.register", register=move["register"]), paper.moment(move["moved_at"], language)),
        rule(),
        row(word("receipt.amount"), f"{paper.amount(move['amount_minor'], language)} {move['currency']}", bold=True),
        text(word("receipt.reason", reason=move["reason"])),
        text(word("receipt.cashier", cashier=move["by"])),
        feed(2),
        text(word("receipt.signature") + " ____________________"),
    ]


def _head(report: Report, language: str, word: Word) -> Iterable[Block]:
    yield text(report["seller"]["name"], align="center", bold=True)
    if report["branch"]["address"]:
        yield text(report["branch"]["address"], align="center")
    if report["seller"]["tax_id"]:
        yield text(word("receipt.tax_id", tax_id=report["seller"]["tax_id"]), align="center")
    number = report["z_number"]
    title = word("receipt.x_title") if number is None else word("receipt.z_title", number=number)
    yield text(title, align="center", size=2, bold=True)
    yield row(
        word("receipt.register", register=report["register"]), word("receipt.shift", number=report["shift_number"])
    )
    yield row(word("receipt.business_day"), paper.day(report["business_day"], language))
    yield row(word("receipt.opened", name=report["opened_by"]), paper.moment(report["opened_at"], language))
    yield row(
        word("receipt.until" if number is None else "receipt.closed", name=report["closed_by"]),
        paper.moment(report["closed_at"], language),
    )


def _sums(report: Report, language: str, word: Word) -> Iterable[Block]:
    for name in ("sales", "returns"):
        sums = report[name]
        yield row(word(f"receipt.{name}", count=sums["count"]), paper.amount(sums["gross_minor"], language))
        if sums["discount_minor"]:
            yield row(word("receipt.discount"), paper.amount(-sums["discount_minor"], language))
            yield row(word(f"receipt.{name}_total"), paper.amount(sums["total_minor"], language))
    net = f"{paper.amount(report['net_minor'], language)} {report['currency']}"
    yield row(word("receipt.net"), net, size=2, bold=True)


def _taxes(report: Report, language: str, word: Word) -> Iterable[Block]:
    for tax in report["taxes"]:
        rate, base = paper.percent(tax["rate_bp"], language), paper.amount(tax["base_minor"], language)
        is_exempt = tax["kind"] == "exempt"
        words = word("receipt.vat_exempt", base=base) if is_exempt else word("receipt.vat", rate=rate, base=base)
        yield row(words, paper.amount(tax["tax_minor"], language))


def _tenders(report: Report, language: str, word: Word) -> Iterable[Block]:
    if report["tenders"]:
        yield rule()
    for tender in report["tenders"]:
        yield row(f"{tender['name']} ({tender['count']})", paper.amount(tender["amount_minor"], language))


def _drawer(report: Report, language: str, word: Word) -> Iterable[Block]:
    drawer, is_x = report["drawer"], report["z_number"] is None
    if drawer is None:
        return
    yield rule()
    for name in ("float", "cash_sales", "in", "out", "expected"):
        yield row(word(f"receipt.drawer_{name}"), paper.amount(drawer[f"{name}_minor"], language))
    if is_x:
        return
    yield row(word("receipt.drawer_counted"), paper.amount(drawer["counted_minor"], language))
    difference = drawer["difference_minor"]
    key = (
        "receipt.drawer_exact"
        if not difference
        else "receipt.drawer_over"
        if difference > 0
        else "receipt.drawer_short"
    )
    yield row(word(key), paper.amount(abs(difference), language), bold=True)
    if report["reason"]:
        yield text(word("receipt.reason", reason=report["reason"]))


def _late(report: Report, language: str, word: Word) -> Iterable[Block]:
    if report["late"]:
        yield rule()
    for late in report["late"]:
        yield row(word("receipt.late", z=late["z"], count=late["count"]), paper.amount(late["total_minor"], language))


def _running(report: Report, language: str, word: Word) -> Iterable[Block]:
    if report["z_number"] is None:
        return
    yield rule()
    for name in ("sales", "returns"):
        for when in ("opening", "closing"):
            yield row(word(f"receipt.running_{name}_{when}"), paper.amount(report[f"{when}_{name}_minor"], language))
