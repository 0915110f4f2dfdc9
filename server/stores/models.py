"""Companies (legal entities), their branches, the branches' warehouses, and settings for all or for one branch."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Ref, TenantModel, UtcMs


class Company(TenantModel):
    """A legal entity that sells: its name and tax id stand on every receipt."""

    __tablename__ = "company"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(200))
    tax_id: Mapped[str] = mapped_column(sa.String(20))
    tax_regime: Mapped[str] = mapped_column(sa.String(16), default="vat")
    currency: Mapped[str] = mapped_column(sa.String(3), default="AZN")
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Branch(TenantModel):
    """A place where the company sells. `code` is short, unique, part of device topics; `cut_off_min` ends its day."""

    __tablename__ = "branch"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    company_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("company.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    timezone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Baku")
    cut_off_min: Mapped[int] = mapped_column(default=300)
    language: Mapped[str] = mapped_column(sa.String(2), default="az")
    receipt_head: Mapped[str] = mapped_column(sa.String(500), default="")
    receipt_foot: Mapped[str] = mapped_column(sa.String(500), default="")
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Warehouse(TenantModel):
    """A place where a branch keeps stock."""

    __tablename__ = "warehouse"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Setting(TenantModel):
    """One setting, for the whole shop (no branch) or for one branch, whose value goes before the shop's."""

    __tablename__ = "setting"
    __table_args__ = (
        sa.Index(
            "uq_setting_shop",
            "key",
            unique=True,
            sqlite_where=sa.text("branch_id IS NULL"),
            postgresql_where=sa.text("branch_id IS NULL"),
        ),
        sa.UniqueConstraint("branch_id", "key"),
    )
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    branch_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[Any] = mapped_column(sa.JSON)
    rev: Mapped[int] = mapped_column(sa.BigInteger)
