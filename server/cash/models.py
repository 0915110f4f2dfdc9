"""Cash tables: who holds cash, registers with their leases and shifts, documents with tenders and taxes, moves, Zs.

A holder's balance is the sum of its tenders and moves; there is no second ledger. Documents, tenders and moves are
insert-only; a document has the id of the fact that it belongs to (a sale), named again as (source_kind, source_id).
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Day, Id, Money, Ref, TenantModel, UtcMs


class Register(TenantModel):
    """A till; its code stands before the numbers of its receipts and is unique in the shop."""

    __tablename__ = "register"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Holder(TenantModel):
    """Whoever or whatever holds cash: a register's drawer, a branch's safe, the bank, a person, the world outside."""

    __tablename__ = "holder"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(8))
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"), index=True)
    register_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("register.id"))
    person_id: Mapped[int | None] = mapped_column(Ref)
    name: Mapped[str] = mapped_column(sa.String(60))


class RegisterLease(TenantModel):
    """Which terminal gives a register's numbers: each lease counts in a series of its own, so none is given twice.

    `next_*` are the server's knowledge, the highest seen plus one; the terminal itself counts on.
    """

    __tablename__ = "register_lease"
    __table_args__ = (sa.UniqueConstraint("register_id", "epoch"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    register_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("register.id"))
    terminal_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("terminal.id"), index=True)
    epoch: Mapped[int]
    series: Mapped[str] = mapped_column(sa.String(16), unique=True)
    next_sale: Mapped[int] = mapped_column(default=1)
    next_shift: Mapped[int] = mapped_column(default=1)
    next_z: Mapped[int] = mapped_column(default=1)
    taken_at: Mapped[int] = mapped_column(UtcMs)
    taken_by: Mapped[int | None] = mapped_column(Ref)
    ended_at: Mapped[int | None] = mapped_column(UtcMs)
    ended_by: Mapped[int | None] = mapped_column(Ref)


class Shift(TenantModel):
    """One cashier's time at a register. A sale that arrives first makes it; its own operation fills `opened_at` and on.

    `began_at` orders the shifts of a register: the opening, or the first fact seen of it, put where `began_seq`, that
    fact's number in its terminal's log, demands (`order.py`).
    """

    __tablename__ = "shift"
    __table_args__ = (
        sa.Index("ix_shift_register_began", "register_id", "began_at"),
        sa.Index("ix_shift_began", "began_at", "id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    register_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("register.id"))
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    lease_id: Mapped[uuid.UUID | None] = mapped_column(Id, sa.ForeignKey("register_lease.id"))
    series: Mapped[str | None] = mapped_column(sa.String(16))
    number: Mapped[int | None]
    business_day: Mapped[str] = mapped_column(Day)
    began_at: Mapped[int] = mapped_column(UtcMs)
    began_seq: Mapped[int] = mapped_column(sa.BigInteger)
    opened_at: Mapped[int | None] = mapped_column(UtcMs)
    opened_by: Mapped[int | None] = mapped_column(Ref)
    float_minor: Mapped[int | None] = mapped_column(Money)
    closed_at: Mapped[int | None] = mapped_column(UtcMs)
    closed_by: Mapped[int | None] = mapped_column(Ref)
    counted_minor: Mapped[int | None] = mapped_column(Money)
    expected_minor: Mapped[int | None] = mapped_column(Money)
    difference_minor: Mapped[int | None] = mapped_column(Money)
    reason: Mapped[str | None] = mapped_column(sa.String(200))


class TenderType(TenantModel):
    """A way to pay: cash, card, bank transfer."""

    __tablename__ = "tender_type"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    name: Mapped[str] = mapped_column(sa.String(60))
    fiscal_field: Mapped[str] = mapped_column(sa.String(16))
    opens_drawer: Mapped[bool]
    position: Mapped[int]
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class CashDocument(TenantModel):
    """What a shift's Z counts: the sums of one sale or return. `is_late`: its shift had its Z already."""

    __tablename__ = "cash_document"
    __table_args__ = (
        sa.Index("ix_cash_document_shift", "shift_id"),
        sa.Index(
            "ix_cash_document_late", "shift_id", sqlite_where=sa.text("is_late"), postgresql_where=sa.text("is_late")
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("shift.id"))
    source_kind: Mapped[str] = mapped_column(sa.String(16))
    source_id: Mapped[uuid.UUID] = mapped_column(Id)
    number: Mapped[str] = mapped_column(sa.String(24))
    gross_minor: Mapped[int] = mapped_column(Money)
    discount_minor: Mapped[int] = mapped_column(Money)
    total_minor: Mapped[int] = mapped_column(Money)
    is_late: Mapped[bool]
    booked_at: Mapped[int] = mapped_column(UtcMs)


class CashDocumentTax(TenantModel):
    """The tax of one rate in a document."""

    __tablename__ = "cash_document_tax"
    __table_args__ = {"sqlite_with_rowid": False}
    document_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("cash_document.id"), primary_key=True)
    tax_rate_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tax_rate.id"), primary_key=True)
    base_minor: Mapped[int] = mapped_column(Money)
    tax_minor: Mapped[int] = mapped_column(Money)


class Tender(TenantModel):
    """What was given for a document, in order. Σ amount = its total; change = given − amount; a refund is negative."""

    __tablename__ = "tender"
    __table_args__ = (sa.Index("ix_tender_document", "document_id"), sa.Index("ix_tender_holder", "holder_id"))
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    document_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("cash_document.id"))
    position: Mapped[int]
    tender_type_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tender_type.id"))
    holder_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("holder.id"))
    amount_minor: Mapped[int] = mapped_column(Money)
    given_minor: Mapped[int] = mapped_column(Money)
    change_minor: Mapped[int] = mapped_column(Money)
    reference: Mapped[str | None] = mapped_column(sa.String(60))


class CashMove(TenantModel):
    """Cash from one holder to another. `kind` is move, float or over_short; a drawer's move belongs to one shift."""

    __tablename__ = "cash_move"
    __table_args__ = (
        sa.Index("ix_cash_move_from", "from_holder_id"),
        sa.Index("ix_cash_move_to", "to_holder_id"),
        sa.Index("ix_cash_move_shift", "shift_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    shift_id: Mapped[uuid.UUID | None] = mapped_column(Id, sa.ForeignKey("shift.id"))
    from_holder_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("holder.id"))
    to_holder_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("holder.id"))
    amount_minor: Mapped[int] = mapped_column(Money)
    reason: Mapped[str] = mapped_column(sa.String(200))
    source_kind: Mapped[str] = mapped_column(sa.String(16))
    source_id: Mapped[uuid.UUID] = mapped_column(Id)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    business_day: Mapped[str] = mapped_column(Day)
    by: Mapped[int | None] = mapped_column(Ref)
    moved_at: Mapped[int] = mapped_column(UtcMs)


class DrawerOpening(TenantModel):
    """A drawer opened without a sale, with its reason; `job_id` names the pulse where one was sent."""

    __tablename__ = "drawer_opening"
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("shift.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    by: Mapped[int] = mapped_column(Ref)
    approved_by: Mapped[int | None] = mapped_column(Ref)
    opened_at: Mapped[int] = mapped_column(UtcMs)
    job_id: Mapped[uuid.UUID | None] = mapped_column(Id)


class ZReport(TenantModel):
    """The close of a shift: numbered in its lease's series, chained by running totals that only grow. Never changed.

    `position` counts the Zs of a register in the order of their writing, over all its leases.
    """

    __tablename__ = "z_report"
    __table_args__ = (sa.UniqueConstraint("series", "number"), sa.UniqueConstraint("register_id", "position"))
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    register_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("register.id"))
    position: Mapped[int]
    series: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[int]
    shift_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("shift.id"), unique=True)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    business_day: Mapped[str] = mapped_column(Day)
    closed_at: Mapped[int] = mapped_column(UtcMs, index=True)
    snapshot: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    opening_sales_minor: Mapped[int] = mapped_column(Money)
    closing_sales_minor: Mapped[int] = mapped_column(Money)
    opening_returns_minor: Mapped[int] = mapped_column(Money)
    closing_returns_minor: Mapped[int] = mapped_column(Money)


class ZDocument(TenantModel):
    """Which Z counts a document: its shift's, or for a late one the register's next."""

    __tablename__ = "z_document"
    __table_args__ = {"sqlite_with_rowid": False}
    document_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("cash_document.id"), primary_key=True)
    z_report_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("z_report.id"), index=True)
