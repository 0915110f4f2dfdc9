"""Rows of the topic `catalogue`. Bulk: plain column queries, one a kind, no ORM objects."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.models import Barcode, Category, Item, LabelTemplate, Price, TaxClass, TaxRate, Unit
from server.core.transaction import session
from server.sync.loaders.context import Receiver, Row

Columns = Sequence[sa.ColumnElement[Any]]

_ITEM, _CATEGORY = Item.__table__.c, Category.__table__.c

ITEM_COLUMNS = tuple(
    _ITEM[name]
    for name in (
        "id", "name", "sku", "search_key", "sort_key", "category_id", "unit_id", "tax_class_id", "is_weighed", "plu",
        "quick_position",
    )
)  # fmt: skip
SNAPSHOT_COLUMNS = tuple(column for column in ITEM_COLUMNS if column.name not in {"search_key", "sort_key"})
PRICE_COLUMNS = tuple(
    Price.__table__.c[name]
    for name in ("id", "item_id", "list_id", "branch_id", "amount_minor", "kind", "from_at", "until_at")
)
BARCODE_COLUMNS = (Barcode.__table__.c.code, Barcode.__table__.c.item_id, Barcode.__table__.c.quantity_milli)
CATEGORY_COLUMNS = tuple(_CATEGORY[name] for name in ("id", "parent_id", "name", "position", "hue"))
UNIT_COLUMNS = tuple(Unit.__table__.c[name] for name in ("id", "code", "name", "decimals"))
TAX_CLASS_COLUMNS = tuple(TaxClass.__table__.c[name] for name in ("id", "code", "name"))
TAX_RATE_COLUMNS = tuple(TaxRate.__table__.c[name] for name in ("id", "class_id", "rate_bp", "kind", "from_at"))
LABEL_COLUMNS = tuple(LabelTemplate.__table__.c[name] for name in ("id", "pattern"))


def items(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Items with their codes; archived ones say so."""
    rows = _with_archived(ITEM_COLUMNS, _ITEM.archived_at, ids)
    codes = queries.barcodes_of([int(id) for id in rows])
    for id, row in rows.items():
        row["barcodes"] = [[code.code, code.quantity_milli] for code in codes.get(int(id), [])]
    return rows


def prices(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Prices of all branches and of the receiver's own."""
    mine = Price.__table__.c.branch_id
    return _rows(PRICE_COLUMNS, ids, sa.or_(mine.is_(None), mine == receiver.branch_id))


def categories(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Categories; archived ones say so."""
    return _with_archived(CATEGORY_COLUMNS, _CATEGORY.archived_at, ids)


def units(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Units of sale."""
    return _rows(UNIT_COLUMNS, ids)


def tax_classes(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Tax classes."""
    return _rows(TAX_CLASS_COLUMNS, ids)


def tax_rates(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Tax rates."""
    return _rows(TAX_RATE_COLUMNS, ids)


def label_templates(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Patterns of the shop's own labels."""
    return _rows(LABEL_COLUMNS, ids)


def all_of(columns: Columns) -> list[Row]:
    """Every row of a small table: for the snapshot and the bootstrap."""
    return [dict(row) for row in session().execute(sa.select(*columns).order_by(columns[0])).mappings()]


def all_categories() -> list[Row]:
    """Every category."""
    query = sa.select(*CATEGORY_COLUMNS, _CATEGORY.archived_at).order_by(_CATEGORY.id)
    return [_said(dict(row)) for row in session().execute(query).mappings()]


def _with_archived(columns: Columns, archived_at: Any, ids: Sequence[str]) -> dict[str, Row]:
    return {id: _said(row) for id, row in _rows((*columns, archived_at), ids).items()}


def _said(row: Row) -> Row:
    row["archived"] = row.pop("archived_at") is not None
    return row


def _rows(columns: Columns, ids: Iterable[str], *where: sa.ColumnElement[bool]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for part in queries.in_parts([int(id) for id in ids]):
        query = sa.select(*columns).where(columns[0].in_(part), *where)
        found.update({str(row["id"]): dict(row) for row in session().execute(query).mappings()})
    return found
