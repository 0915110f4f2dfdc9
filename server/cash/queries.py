"""Reads of the cash: leases, shifts, balances of holders, Z reports, ways to pay."""

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.cash import drawers
from server.cash.models import (
    CashDocument,
    Holder,
    Register,
    RegisterLease,
    Shift,
    Tender,
    TenderType,
)
from server.core import actor
from server.core.errors import NotFound
from server.core.transaction import session
from server.devices import queries as devices


def register(register_id: int) -> Register:
    """A register of a branch in which the actor works. Raises NotFound."""
    row = session().get(Register, register_id)
    if row is None or not actor.current().sees_branch(row.branch_id):
        raise NotFound("no such register")
    return row


def registers_by_id(ids: Iterable[int]) -> dict[int, Register]:
    """Registers by id, in one query."""
    return {row.id: row for row in session().scalars(sa.select(Register).where(Register.id.in_(set(ids))))}


def every_register() -> list[Register]:
    """All registers of the shop, whoever asks."""
    return list(session().scalars(sa.select(Register)))


def every_holder() -> list[Holder]:
    """All holders of cash of the shop, whoever asks."""
    return list(session().scalars(sa.select(Holder)))


def registers(branch_id: int | None = None) -> list[Register]:
    """Registers, archived ones too, in the order of their codes."""
    query = sa.select(Register).order_by(Register.code)
    if branch_id is not None:
        query = query.where(Register.branch_id == branch_id)
    return [row for row in session().scalars(query) if actor.current().sees_branch(row.branch_id)]


def register_rows(branch_id: int | None = None) -> list[dict[str, Any]]:
    """Registers with the terminal that sells there and the shift that is open."""
    found = registers(branch_id)
    leases = {
        row.register_id: row
        for row in session().scalars(sa.select(RegisterLease).where(RegisterLease.ended_at.is_(None)))
    }
    terminals = devices.terminals_by_id(lease.terminal_id for lease in leases.values())
    shifts = {row.register_id: row.id for row in open_shifts()}
    return [
        {
            "id": row.id,
            "branch_id": row.branch_id,
            "code": row.code,
            "name": row.name,
            "rev": row.rev,
            "archived": row.archived_at is not None,
            "terminal": terminals[leases[row.id].terminal_id].name if row.id in leases else None,
            "open_shift_id": shifts.get(row.id),
        }
        for row in found
    ]


def lease_epochs(ids: Iterable[int]) -> dict[int, int]:
    """The epoch of the latest lease of each of these registers that ever had one."""
    query = sa.select(RegisterLease.register_id, sa.func.max(RegisterLease.epoch)).group_by(RegisterLease.register_id)
    found = session().execute(query.where(RegisterLease.register_id.in_(list(ids)))).all()
    return {register_id: epoch for register_id, epoch in found}


def lease_in_force(register_id: int) -> RegisterLease | None:
    """The lease of a register that has not ended."""
    query = sa.select(RegisterLease).where(RegisterLease.register_id == register_id, RegisterLease.ended_at.is_(None))
    return session().scalars(query.order_by(RegisterLease.epoch.desc())).first()


def leases_held(terminal_id: int) -> list[RegisterLease]:
    """The leases of a terminal that have not ended."""
    query = sa.select(RegisterLease).where(RegisterLease.terminal_id == terminal_id, RegisterLease.ended_at.is_(None))
    return list(session().scalars(query))


def tender_types() -> list[TenderType]:
    """Ways to pay, archived ones too, in the order of their buttons."""
    return list(session().scalars(sa.select(TenderType).order_by(TenderType.position, TenderType.id)))


def tender_types_by_id() -> dict[int, TenderType]:
    """Every way to pay there ever was."""
    return {row.id: row for row in tender_types()}


def tender_type(tender_type_id: int) -> TenderType:
    """A way to pay. Raises NotFound."""
    row = session().get(TenderType, tender_type_id)
    if row is None:
        raise NotFound("no such tender type")
    return row


def holders(branch_id: int | None = None) -> list[Holder]:
    """Who holds cash in the branches in which the actor works."""
    query = sa.select(Holder).order_by(Holder.branch_id, Holder.id)
    if branch_id is not None:
        query = query.where(Holder.branch_id == branch_id)
    return [row for row in session().scalars(query) if actor.current().sees_branch(row.branch_id)]


def holder_rows(branch_id: int | None = None) -> list[dict[str, Any]]:
    """Holders with their balances, which only those see who may see what is expected."""
    rows = holders(branch_id)
    balances = drawers.balances_of([row.id for row in rows]) if actor.current().may("shift.see_expected") else {}
    names = ("id", "kind", "branch_id", "register_id", "name")
    return [{name: getattr(row, name) for name in names} | {"balance_minor": balances.get(row.id)} for row in rows]


def open_shifts() -> list[Shift]:
    """Shifts that have no Z yet, the earliest first, so that the latest of a register stands last."""
    return list(session().scalars(sa.select(Shift).where(Shift.closed_at.is_(None)).order_by(Shift.began_at)))


def documents_of_shift(shift_id: uuid.UUID) -> sa.Select[uuid.UUID]:
    """The ids of a shift's documents, which are those of its sales: an index leads to them."""
    return sa.select(CashDocument.id).where(CashDocument.shift_id == shift_id)


def tenders_of(document_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """The tenders of documents, with the names and kinds of their types, in the order in which they were given."""
    query = (
        sa.select(Tender.__table__, TenderType.name, TenderType.kind, TenderType.opens_drawer)
        .join(TenderType, TenderType.id == Tender.tender_type_id)
        .where(Tender.document_id.in_(list(document_ids)))
        .order_by(Tender.document_id, Tender.position)
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session().execute(query):
        found.setdefault(row.document_id, []).append(row)
    return found


def takings_by_tender(document_ids: sa.Select[Any]) -> list[Any]:
    """Name, kind, count and sum of each way to pay over the documents that a query names."""
    query = (
        sa.select(
            TenderType.id,
            TenderType.name,
            TenderType.kind,
            sa.func.count().label("count"),
            sa.func.sum(Tender.amount_minor).label("amount_minor"),
        )
        .join(Tender, Tender.tender_type_id == TenderType.id)
        .where(Tender.document_id.in_(document_ids))
        .group_by(TenderType.id, TenderType.name, TenderType.kind, TenderType.position)
        .order_by(TenderType.position, TenderType.id)
    )
    return list(session().execute(query))
