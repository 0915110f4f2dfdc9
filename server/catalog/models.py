"""Tables of the catalogue. Ids are numbers of the change sequence; prices and tax rates are only ever added to."""

import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Id, Money, Quantity, Ref, TenantModel, UtcMs

NAME_AT_MOST = 200
SKU_AT_MOST = 40
CODE_AT_MOST = 48
SEARCH_AT_MOST = 800


class Category(TenantModel):
    """A shelf of the shop, perhaps within another. Units: `hue` in degrees of the colour circle."""

    __tablename__ = "category"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("category.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_AT_MOST))
    search_key: Mapped[str] = mapped_column(sa.String(SEARCH_AT_MOST))
    hue: Mapped[int]
    position: Mapped[int]
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Unit(TenantModel):
    """What quantities are counted in, and how many decimals they may have."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    decimals: Mapped[int]
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class TaxClass(TenantModel):
    """A class of goods that are taxed alike; its rate of a day stands in `tax_rate`."""

    __tablename__ = "tax_class"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class TaxRate(TenantModel):
    """The rate of a class from an instant on, until a later row of the class begins. Append-only."""

    __tablename__ = "tax_rate"
    __table_args__ = (sa.Index("ix_tax_rate_class", "class_id", "from_at"),)
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    class_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tax_class.id"))
    rate_bp: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(8))
    from_at: Mapped[int] = mapped_column(UtcMs)


class Item(TenantModel):
    """Something that is sold. `plu` is its number on the labels of scales, `quick_position` its place on the till."""

    __tablename__ = "item"
    __table_args__ = (
        sa.Index("ix_item_sorted", "archived_at", "sort_key", "id"),
        sa.Index("ix_item_category", "category_id", "archived_at", "sort_key", "id"),
    )
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    sku: Mapped[str] = mapped_column(sa.String(SKU_AT_MOST), unique=True)
    name: Mapped[str] = mapped_column(sa.String(NAME_AT_MOST))
    search_key: Mapped[str] = mapped_column(sa.String(SEARCH_AT_MOST))
    sort_key: Mapped[str] = mapped_column(sa.String(SEARCH_AT_MOST))
    category_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("category.id"))
    unit_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("unit.id"))
    tax_class_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("tax_class.id"))
    is_weighed: Mapped[bool]
    plu: Mapped[int | None] = mapped_column(sa.Integer, unique=True)
    quick_position: Mapped[int | None]
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    archived_at: Mapped[int | None] = mapped_column(UtcMs)


class Barcode(TenantModel):
    """A code and how much of its item one scan means. Units: thousandths."""

    __tablename__ = "barcode"
    code: Mapped[str] = mapped_column(sa.String(CODE_AT_MOST), primary_key=True)
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"), index=True)
    position: Mapped[int]
    quantity_milli: Mapped[int] = mapped_column(Quantity)


class PriceList(TenantModel):
    """A set of prices. The one with the lowest id is the shop's own."""

    __tablename__ = "price_list"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(80))
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class Price(TenantModel):
    """An item's price from an instant on: regular, promotion or markdown; of one branch, or (none) of all. Append-only.

    Its id is the number of the change that made it, so it also says from which cursor on a terminal knew it.
    """

    __tablename__ = "price"
    __table_args__ = (sa.Index("ix_price_item", "item_id", "from_at"),)
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"))
    list_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("price_list.id"))
    branch_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    amount_minor: Mapped[int] = mapped_column(Money)
    kind: Mapped[str] = mapped_column(sa.String(9))
    from_at: Mapped[int] = mapped_column(UtcMs)
    until_at: Mapped[int | None] = mapped_column(UtcMs)


class LabelTemplate(TenantModel):
    """How the labels of the shop's own scales are read: a pattern of `values/labels.py`."""

    __tablename__ = "label_template"
    id: Mapped[int] = mapped_column(Ref, primary_key=True, autoincrement=False)
    pattern: Mapped[str] = mapped_column(sa.String(80), unique=True)
    rev: Mapped[int] = mapped_column(sa.BigInteger)


class ItemImport(TenantModel):
    """A CSV file of items that someone brought in.

    `file_key` is unique among imports that wait or are booked, so that the same file is never booked twice; `content`
    is emptied when the work is done.
    """

    __tablename__ = "item_import"
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    file_key: Mapped[str] = mapped_column(sa.String(80), unique=True)
    branch_id: Mapped[int | None] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    state: Mapped[str] = mapped_column(sa.String(8))
    rows: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    opening_skipped: Mapped[int] = mapped_column(default=0)
    faults: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
    ignored: Mapped[list[str]] = mapped_column(sa.JSON)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    started_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    started_at: Mapped[int] = mapped_column(UtcMs)
    finished_at: Mapped[int | None] = mapped_column(UtcMs)
