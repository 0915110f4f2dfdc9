"""The paper of a sale or a return: a stored sale becomes blocks, the same as in the browser's `core/receipt.ts`.

The sale is a plain value:

    id, number, register, cashier, rung_at ("2026-11-24T18:05" on the branch's wall clock), currency, note,
    seller {name, tax_id}, branch {name, address, head, foot}, returns_number (of the receipt whose goods come back),
    lines [{name, quantity_milli, unit, unit_price_minor, gross_minor, discount_minor, total_minor, note}],
    gross_minor, discount_minor, total_minor, taxes [{rate_bp, kind, base_minor, tax_minor}],
    tenders [{name, kind, amount_minor, given_minor, change_minor}]

A copy is `{"printed_at": local minute, "copy": its number or None}`: the server numbers copies, a terminal without
network prints one that is not numbered yet.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from server.values import paper
from server.values.barcode import receipt_code
from server.values.blocks import Block, Word, feed, qr, row, rule, text

Sale = Mapping[str, Any]
ONE = 1_000


def receipt_blocks(sale: Sale, language: str, word: Word, copy: Mapping[str, Any] | None = None) -> list[Block]:
    """Everything that stands on the paper of a sale, top to bottom."""
    return [
        *_head(sale),
        *(_copy_mark(copy, language, word) if copy else ()),
        *_facts(sale, language, word),
        rule(),
        *(block for line in sale["lines"] for block in _line(line, language, word)),
        rule(),
        *_totals(sale, language, word),
        *_taxes(sale, language, word),
        *_tenders(sale, language, word),
        *_foot(sale, word),
    ]


def _head(sale: Sale) -> Iterable[Block]:
    seller, branch = sale["seller"], sale["branch"]
    yield text(seller["name"], align="center", bold=True)
    if branch["name"] and branch["name"] != seller["name"]:
        yield text(branch["name"], align="center")
    for words in (branch["address"], branch["head"]):
        if words:
            yield text(words, align="center")


def _copy_mark(copy: Mapping[str, Any], language: str, word: Word) -> Iterable[Block]:
    yield text(word("receipt.copy"), align="center", size=2, bold=True)
    if copy["copy"] is not None:
        yield text(word("receipt.copy_number", copy=copy["copy"]), align="center")
    yield text(word("receipt.copy_at", moment=paper.moment(copy["printed_at"], language)), align="center")


def _facts(sale: Sale, language: str, word: Word) -> Iterable[Block]:
    if sale["returns_number"] is not None:
        title = "receipt.return_title" if sale["total_minor"] <= 0 else "receipt.exchange_title"
        yield text(word(title), align="center", size=2, bold=True)
        yield text(word("receipt.return_of", number=sale["returns_number"]), align="center")
    if sale["seller"]["tax_id"]:
        yield text(word("receipt.tax_id", tax_id=sale["seller"]["tax_id"]), align="center")
    yield row(word("receipt.number", number=sale["number"]), paper.moment(sale["rung_at"], language))
    yield row(word("receipt.register", register=sale["register"]), word("receipt.cashier", cashier=sale["cashier"]))


def _line(line: Mapping[str, Any], language: str, word: Word) -> Iterable[Block]:
    gross = paper.amount(line["gross_minor"], language)
    if line["quantity_milli"] == ONE and line["unit"] == "pcs":
        yield row(line["name"], gross)
    else:
        yield text(line["name"])
        yield row(_quantity_and_price(line, language, word), gross)
    if line["discount_minor"]:
        yield row(word("receipt.line_discount"), paper.amount(-line["discount_minor"], language))
    if line["note"]:
        yield text(word("receipt.note", note=line["note"]))


def _quantity_and_price(line: Mapping[str, Any], language: str, word: Word) -> str:
    quantity = paper.pieces(line["quantity_milli"], language)
    unit = "" if line["unit"] == "pcs" else f" {word('receipt.unit_' + line['unit'])}"
    return f"{quantity}{unit} x {paper.amount(line['unit_price_minor'], language)}"


def _totals(sale: Sale, language: str, word: Word) -> Iterable[Block]:
    if sale["discount_minor"]:
        yield row(word("receipt.subtotal"), paper.amount(sale["gross_minor"], language))
        yield row(word("receipt.discount"), paper.amount(-sale["discount_minor"], language))
    total, key = sale["total_minor"], "receipt.total"
    if total < 0:
        total, key = -total, "receipt.total_back"
    yield row(word(key), f"{paper.amount(total, language)} {sale['currency']}", size=2, bold=True)


def _taxes(sale: Sale, language: str, word: Word) -> Iterable[Block]:
    for tax in sale["taxes"]:
        base = paper.amount(tax["base_minor"], language)
        if tax["kind"] == "exempt":
            words = word("receipt.vat_exempt", base=base)
        else:
            words = word("receipt.vat", rate=paper.percent(tax["rate_bp"], language), base=base)
        yield row(words, paper.amount(tax["tax_minor"], language))


def _tenders(sale: Sale, language: str, word: Word) -> Iterable[Block]:
    if sale["tenders"]:
        yield rule()
    for tender in sale["tenders"]:
        if tender["amount_minor"] < 0:
            words = word("receipt.paid_back", tender=tender["name"])
            yield row(words, paper.amount(-tender["amount_minor"], language))
            continue
        yield row(tender["name"], paper.amount(tender["given_minor"], language))
        if tender["change_minor"]:
            yield row(word("receipt.change"), paper.amount(tender["change_minor"], language), bold=True)


def _foot(sale: Sale, word: Word) -> Iterable[Block]:
    if sale["note"]:
        yield text(word("receipt.note", note=sale["note"]))
    yield feed()
    yield qr(receipt_code(UUID(str(sale["id"]))))
    yield text(sale["branch"]["foot"] or word("receipt.thanks"), align="center")
    yield text(word("receipt.not_fiscal"), align="center")
