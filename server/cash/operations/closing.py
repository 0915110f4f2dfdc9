"""The Z of a shift: what it counts, its snapshot, and its place in the chain of the register's Zs."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.cash import queries
from server.cash.counting import Document, DocumentTax, DocumentTender, Drawer, Running, z_sums
from server.cash.drawers import DrawerSums
from server.cash.models import (
    CashDocument,
    CashDocumentTax,
    DrawerOpening,
    Register,
    Shift,
    Tender,
    ZDocument,
    ZReport,
)
from server.cash.numbers import number_text
from server.cash.tills import ShiftState, Tills
from server.catalog import queries as catalog
from server.core.facts import Fact, NotAFact
from server.core.transaction import connection, session
from server.staff import queries as staff
from server.stores import queries as stores
from server.values import times

DOCUMENT, TAX, TENDER, SHIFT = (model.__table__ for model in (CashDocument, CashDocumentTax, Tender, Shift))
DOCUMENTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Closing:
    """A close: its fact, shift and series, what was said, the float that the drawer began with, what happened to it."""

    fact: Fact
    shift: ShiftState
    series: str
    body: Mapping[str, Any]
    float_minor: int
    drawer: DrawerSums


def lock_register(register_id: int) -> None:
    """Two closes of one register wait for each other: its Zs are a chain."""
    session().execute(sa.select(Register.id).where(Register.id == register_id).with_for_update())


def require_free_number(series: str, number: int) -> None:
    """Raises NotAFact when another Z of the series has this number."""
    taken = sa.select(ZReport.id).where(ZReport.series == series, ZReport.number == number)
    if session().scalar(taken) is not None:
        raise NotAFact("number_taken", number=number_text(series, number))


def write_z(closing: Closing, tills: Tills) -> None:
    """Write the Z with everything that it counts: the shift's documents, and late ones that no Z counts yet."""
    register_id = closing.shift.register_id
    rows = _documents(closing.shift.id, register_id)
    last = (
        session()
        .scalars(
            sa.select(ZReport).where(ZReport.register_id == register_id).order_by(ZReport.position.desc()).limit(1)
        )
        .first()
    )
    running = Running(last.closing_sales_minor, last.closing_returns_minor) if last else Running()
    drawer = closing.drawer
    sums = z_sums(
        _as_values(rows, tills),
        Drawer(closing.float_minor, drawer.cash_sales_minor, drawer.in_minor, drawer.out_minor),
        counted_minor=closing.body["counted_minor"],
        running=running,
    )
    snapshot = sums.as_json() | _heading(closing, rows)
    core = connection()
    core.execute(
        sa.insert(ZReport.__table__),
        {
            "id": closing.fact.id,
            "register_id": register_id,
            "position": last.position + 1 if last else 1,
            "series": closing.series,
            "number": closing.body["z_number"],
            "shift_id": closing.shift.id,
            "branch_id": closing.shift.branch_id,
            "business_day": closing.shift.business_day,
            "closed_at": closing.fact.occurred_at,
            "snapshot": snapshot,
            "opening_sales_minor": sums.opening_sales_minor,
            "closing_sales_minor": sums.closing_sales_minor,
            "opening_returns_minor": sums.opening_returns_minor,
            "closing_returns_minor": sums.closing_returns_minor,
        },
    )
    if rows:
        counted = [{"document_id": row.id, "z_report_id": closing.fact.id} for row in rows]
        core.execute(sa.insert(ZDocument.__table__), counted)


def _documents(shift_id: uuid.UUID, register_id: int) -> Sequence[Any]:
    """The shift's documents, then the register's late ones that no Z counts, with the Z that each was late for."""
    late_of = sa.select(ZReport.series, ZReport.number, ZReport.shift_id).subquery()
    uncounted = ~sa.exists().where(ZDocument.document_id == DOCUMENT.c.id)
    is_late = sa.and_(DOCUMENT.c.is_late, SHIFT.c.register_id == register_id, SHIFT.c.id != shift_id, uncounted)
    query = (
        sa.select(DOCUMENT, late_of.c.series.label("z_series"), late_of.c.number.label("z_number"))
        .join(SHIFT, SHIFT.c.id == DOCUMENT.c.shift_id)
        .outerjoin(late_of, late_of.c.shift_id == DOCUMENT.c.shift_id)
    )
    own = session().execute(query.where(DOCUMENT.c.shift_id == shift_id).order_by(DOCUMENT.c.id)).all()
    late = session().execute(query.where(is_late).order_by(DOCUMENT.c.id)).all()
    return [*own, *late]


def _as_values(rows: Sequence[Any], tills: Tills) -> list[Document]:
    rates = catalog.tax_rates_by_id()
    taxes: dict[uuid.UUID, list[DocumentTax]] = {}
    tenders: dict[uuid.UUID, list[DocumentTender]] = {}
    for part in _in_parts([row.id for row in rows]):
        for tax in session().execute(sa.select(TAX).where(TAX.c.document_id.in_(part))):
            rate = rates[tax.tax_rate_id]
            value = DocumentTax(tax.tax_rate_id, rate.rate_bp, tax.base_minor, tax.tax_minor, rate.kind)
            taxes.setdefault(tax.document_id, []).append(value)
        for tender in session().execute(sa.select(TENDER).where(TENDER.c.document_id.in_(part))):
            kind = tills.tender_types[tender.tender_type_id]
            given = DocumentTender(kind.id, kind.name, kind.kind, tender.amount_minor)
            tenders.setdefault(tender.document_id, []).append(given)
    return [
        Document(
            gross_minor=row.gross_minor,
            discount_minor=row.discount_minor,
            total_minor=row.total_minor,
            taxes=tuple(taxes.get(row.id, ())),
            tenders=tuple(tenders.get(row.id, ())),
            late_of=number_text(row.z_series, row.z_number),
        )
        for row in rows
    ]


def _in_parts(ids: Sequence[uuid.UUID]) -> Iterable[Sequence[uuid.UUID]]:
    for start in range(0, len(ids), DOCUMENTS_AT_ONCE):
        yield ids[start : start + DOCUMENTS_AT_ONCE]


def _heading(closing: Closing, rows: Sequence[Any]) -> dict[str, Any]:
    """What stands on the paper beside the sums."""
    shift, fact = closing.shift, closing.fact
    branch = stores.branch(shift.branch_id)
    company = stores.company_of(branch)
    opened_by = session().scalar(sa.select(Shift.opened_by).where(Shift.id == shift.id))
    people = staff.names_of({id for id in (opened_by, fact.person_id) if id is not None})
    openings = sa.select(sa.func.count()).select_from(DrawerOpening).where(DrawerOpening.shift_id == shift.id)
    own = [row.number for row in rows if row.shift_id == shift.id]
    return {
        "z_number": number_text(closing.series, closing.body["z_number"]),
        "shift_number": number_text(closing.series, shift.number) or "",
        "register": queries.registers_by_id([shift.register_id])[shift.register_id].code,
        "seller": {"name": company.name, "tax_id": company.tax_id},
        "branch": {"name": branch.name, "address": branch.address},
        "currency": company.currency,
        "business_day": shift.business_day,
        "opened_at": times.local_minute(shift.opened_at or shift.began_at, branch.timezone),
        "opened_by": people.get(opened_by, "") if opened_by else "",
        "closed_at": times.local_minute(fact.occurred_at, branch.timezone),
        "closed_by": people.get(fact.person_id, "") if fact.person_id else "",
        "reason": closing.body["reason"],
        "drawer_openings": session().scalar(openings) or 0,
        "first_number": own[0] if own else None,
        "last_number": own[-1] if own else None,
        "told": {"count": closing.body["count"], "total_minor": closing.body["total_minor"]},
    }
