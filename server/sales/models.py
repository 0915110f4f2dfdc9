"""Sales tables: the sale with its lines, discounts and taxes, copies of its receipt, and what happens at a till.

All insert-only. What becomes known later stands in rows of its own (flags, cost corrections, returns, copies). Tenders
stand in `cash`, under the document that has the sale's id.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Day, Id, Money, Quantity, Ref, TenantModel, UtcMs


class Sale(TenantModel):
    """A completed sale, or a return: a sale of negative quantities that names what it returns."""

    __tablename__ = "sale"
    __table_args__ = (
        sa.UniqueConstraint("series", "counter"),
        sa.Index("ix_sale_branch_day", "branch_id", "business_day", "rung_at", "id"),
        sa.Index("ix_sale_day", "business_day", "rung_at", "id"),
        sa.Index(
            "ix_sale_customer_day",
            "customer_id",
            "business_day",
            sqlite_where=sa.text("customer_id IS NOT NULL"),
            postgresql_where=sa.text("customer_id IS NOT NULL"),
        ),
        sa.Index(
            "ix_sale_returns",
            "returns_sale_id",
            sqlite_where=sa.text("returns_sale_id IS NOT NULL"),
            postgresql_where=sa.text("returns_sale_id IS NOT NULL"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(24), index=True)
    series: Mapped[str] = mapped_column(sa.String(16))
    counter: Mapped[int]
    register_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("register.id"))
    lease_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("register_lease.id"))
    shift_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("shift.id"))
    company_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("company.id"))
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    warehouse_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("warehouse.id"))
    terminal_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("terminal.id"))
    cashier_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("person.id"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    rung_at: Mapped[int] = mapped_column(UtcMs)
    local_hour: Mapped[int]
    received_at: Mapped[int] = mapped_column(UtcMs)
    business_day: Mapped[str] = mapped_column(Day)
    currency: Mapped[str] = mapped_column(sa.String(3))
    gross_minor: Mapped[int] = mapped_column(Money)
    discount_minor: Mapped[int] = mapped_column(Money)
    tax_minor: Mapped[int] = mapped_column(Money)
    total_minor: Mapped[int] = mapped_column(Money)
    cost_minor: Mapped[int] = mapped_column(Money)
    lines: Mapped[int]
    catalogue_cursor: Mapped[int] = mapped_column(sa.BigInteger)
    returns_sale_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    approved_by: Mapped[int | None] = mapped_column(Ref)
    note: Mapped[str | None] = mapped_column(sa.String(200))


class SaleLine(TenantModel):
    """One line as it was sold: gross = total + discount + share. Its cost is that of the moment and never rewritten."""

    __tablename__ = "sale_line"
    __table_args__ = {"sqlite_with_rowid": False}
    sale_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("sale.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(8))
    parent: Mapped[int | None]
    origin_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    item_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("item.id"))
    name: Mapped[str] = mapped_column(sa.String(200))
    barcode: Mapped[str | None] = mapped_column(sa.String(80))
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    unit_price_minor: Mapped[int] = mapped_column(Money)
    price_id: Mapped[int | None] = mapped_column(Ref)
    priced_at: Mapped[int] = mapped_column(UtcMs)
    gross_minor: Mapped[int] = mapped_column(Money)
    discount_minor: Mapped[int] = mapped_column(Money)
    share_minor: Mapped[int] = mapped_column(Money)
    total_minor: Mapped[int] = mapped_column(Money)
    tax_minor: Mapped[int] = mapped_column(Money)
    tax_rate_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tax_rate.id"))
    rate_bp: Mapped[int]
    cost_minor: Mapped[int] = mapped_column(Money)
    weight_from: Mapped[str] = mapped_column(sa.String(8))
    returns_position: Mapped[int | None]
    approved_by: Mapped[int | None] = mapped_column(Ref)
    note: Mapped[str | None] = mapped_column(sa.String(200))


class SaleDiscount(TenantModel):
    """A discount as it was given: percent (basis points) or amount, of one line (`position`) or of the whole sale.

    `nth` is its place in the order in which they were given: each is taken from what the ones before it left.
    """

    __tablename__ = "sale_discount"
    __table_args__ = (sa.Index("ix_sale_discount_sale", "sale_id"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    sale_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("sale.id"))
    nth: Mapped[int]
    position: Mapped[int | None]
    kind: Mapped[str] = mapped_column(sa.String(8))
    value: Mapped[int] = mapped_column(sa.BigInteger)
    amount_minor: Mapped[int] = mapped_column(Money)
    by: Mapped[int] = mapped_column(Ref)
    approved_by: Mapped[int | None] = mapped_column(Ref)


class SaleTax(TenantModel):
    """The tax of one rate in a sale, as its receipt shows it."""

    __tablename__ = "sale_tax"
    __table_args__ = {"sqlite_with_rowid": False}
    sale_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("sale.id"), primary_key=True)
    tax_rate_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tax_rate.id"), primary_key=True)
    rate_bp: Mapped[int]
    base_minor: Mapped[int] = mapped_column(Money)
    tax_minor: Mapped[int] = mapped_column(Money)


class ReceiptCopy(TenantModel):
    """A wanted repeat of a receipt, numbered by the server. The sale may arrive after it, hence no foreign key."""

    __tablename__ = "receipt_copy"
    __table_args__ = (sa.UniqueConstraint("sale_id", "copy"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    sale_id: Mapped[uuid.UUID] = mapped_column(Id)
    copy: Mapped[int]
    by: Mapped[int] = mapped_column(Ref)
    printed_at: Mapped[int] = mapped_column(UtcMs)


class TillEvent(TenantModel):
    """What happened at a till besides sales: the honest history that makes theft visible."""

    __tablename__ = "till_event"
    __table_args__ = (sa.Index("ix_till_event_happened", "happened_at", "id"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    terminal_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("terminal.id"))
    person_id: Mapped[int | None] = mapped_column(Ref)
    shift_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(24))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    approved_by: Mapped[int | None] = mapped_column(Ref)
    happened_at: Mapped[int] = mapped_column(UtcMs)
