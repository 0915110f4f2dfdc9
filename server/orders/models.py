"""Tables of open orders: the operations, which are the truth, and the projections folded from them."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Id, Money, Quantity, TenantModel, UtcMs


class OrderOperation(TenantModel):
    """One thing that someone did to an open order. Append-only; the state is a function of the set of these."""

    __tablename__ = "order_operation"
    __table_args__ = (
        sa.Index("ix_order_operation_order", "order_id", "hlc", "id"),
        sa.Index("ix_order_operation_line", "line_id", "kind"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    order_id: Mapped[uuid.UUID] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(sa.String(24))
    terminal_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    person_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    hlc: Mapped[str] = mapped_column(sa.String(16))
    line_id: Mapped[uuid.UUID | None] = mapped_column(Id)
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    received_at: Mapped[int] = mapped_column(UtcMs)


class OpenOrder(TenantModel):
    """An order as its operations make it, folded again at each of them. `is_open` while a line waits to be paid."""

    __tablename__ = "open_order"
    __table_args__ = (sa.Index("ix_open_order_open", "branch_id", "is_open", "opened_at", "id"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    branch_id: Mapped[int] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(200))
    is_open: Mapped[bool]
    lines: Mapped[int]
    total_minor: Mapped[int] = mapped_column(Money)
    opened_at: Mapped[int] = mapped_column(UtcMs)
    opened_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    changed_at: Mapped[int] = mapped_column(UtcMs)


class OrderLine(TenantModel):
    """A line of an open order: what was put on it, and how much is voided, paid and left. Units: thousandths."""

    __tablename__ = "order_line"
    __table_args__ = {"sqlite_with_rowid": False}
    order_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("open_order.id"), primary_key=True)
    line_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    position: Mapped[int]
    item_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(200))
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    voided_milli: Mapped[int] = mapped_column(Quantity)
    paid_milli: Mapped[int] = mapped_column(Quantity)
    left_milli: Mapped[int] = mapped_column(Quantity)
    unit_price_minor: Mapped[int | None] = mapped_column(Money)
    note: Mapped[str] = mapped_column(sa.String(500))


class OrderLease(TenantModel):
    """A terminal has the order on its payment screen. Courtesy, not correctness: a payment never waits for it."""

    __tablename__ = "order_lease"
    order_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    terminal_id: Mapped[int] = mapped_column(sa.BigInteger)
    person_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    until_at: Mapped[int] = mapped_column(UtcMs)
