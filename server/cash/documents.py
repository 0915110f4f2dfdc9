"""A document's cash side: its sums, its taxes, and what was given for it.

The tenders of a document add up to its total. Only cash gives change; a refund is a negative tender without change.
Anything else cannot be a completed sale and is refused before it is written.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.cash.models import CashDocument, CashDocumentTax, Tender
from server.cash.moving import follow_up
from server.cash.tills import ShiftState, Tills
from server.core.facts import Fact, NotAFact, Raised
from server.core.rows import Sheet


@dataclass(frozen=True, slots=True)
class Document:
    """What a sale hands down: numbers and sums, its taxes (rate, base, tax) and tenders as the terminal sent them."""

    kind: str
    number: str
    gross_minor: int
    discount_minor: int
    total_minor: int
    taxes: Sequence[Mapping[str, int]]
    tenders: Sequence[Mapping[str, Any]]


def check_tenders(tills: Tills, document: Document) -> None:
    """Refuse tenders that cannot be. Raises NotAFact."""
    if sum(tender["amount_minor"] for tender in document.tenders) != document.total_minor:
        raise NotAFact("tenders_differ")
    sign = 1 if document.total_minor > 0 else -1
    for tender in document.tenders:
        kind = tills.tender_types.get(tender["tender_type_id"])
        if kind is None:
            raise NotAFact("tender_type_unknown")
        if tender["amount_minor"] * sign <= 0:
            raise NotAFact("tender_sign_wrong")
        may_change = kind.kind == "cash" and sign > 0
        if tender["change_minor"] != tender["given_minor"] - tender["amount_minor"] or not (
            tender["change_minor"] == 0 or (may_change and tender["change_minor"] > 0)
        ):
            raise NotAFact("change_wrong")


def take_document(tills: Tills, fact: Fact, shift: ShiftState, document: Document, sheet: Sheet) -> list[Raised]:
    """Book what a document brings: its rows go on the sheet. It has the id of its fact. Raises NotAFact.

    Repeats: no, guarded by that id.
    """
    check_tenders(tills, document)
    is_late = shift.closed_at is not None
    sheet.add(CashDocument.__table__, [document_row(fact, shift, document, is_late)])
    sheet.add(CashDocumentTax.__table__, tax_rows(fact.id, document))
    sheet.add(Tender.__table__, tender_rows(tills, fact.id, shift, document))
    cash = sum(
        one["amount_minor"] for one in document.tenders if tills.tender_types[one["tender_type_id"]].kind == "cash"
    )
    follow_up(tills, fact, shift, cash)
    return [Raised("late_for_shift", {"shift_id": str(shift.id)})] if is_late else []


def document_row(fact: Fact, shift: ShiftState, document: Document, is_late: bool) -> dict[str, Any]:
    """The row of the document itself."""
    return {
        "id": fact.id,
        "shift_id": shift.id,
        "source_kind": document.kind,
        "source_id": fact.id,
        "number": document.number,
        "gross_minor": document.gross_minor,
        "discount_minor": document.discount_minor,
        "total_minor": document.total_minor,
        "is_late": is_late,
        "booked_at": fact.received_at,
    }


def tax_rows(document_id: uuid.UUID, document: Document) -> list[dict[str, Any]]:
    """The rows of its taxes."""
    names = ("tax_rate_id", "base_minor", "tax_minor")
    return [{name: tax[name] for name in names} | {"document_id": document_id} for tax in document.taxes]


def tender_rows(
    tills: Tills, document_id: uuid.UUID, shift: ShiftState, document: Document
) -> Iterator[dict[str, Any]]:
    """The rows of what was given for it, with whose cash each becomes."""
    for position, tender in enumerate(document.tenders, start=1):
        is_cash = tills.tender_types[tender["tender_type_id"]].kind == "cash"
        holder = tills.drawer_of(shift.register_id) if is_cash else tills.holder_of(shift.branch_id, "bank")
        yield {
            "id": tender["id"],
            "document_id": document_id,
            "position": position,
            "tender_type_id": tender["tender_type_id"],
            "holder_id": holder.id,
            "amount_minor": tender["amount_minor"],
            "given_minor": tender["given_minor"],
            "change_minor": tender["change_minor"],
            "reference": tender["reference"],
        }
