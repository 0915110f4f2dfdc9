"""The items as a CSV file that comes back in as it went out, and that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Sequence

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.imports.columns import COLUMNS
from server.catalog.models import Category, Item
from server.core import clock
from server.core.transaction import session
from server.core.words import word
from server.values import money, quantity

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text."""

EXPORTED = [column for column in COLUMNS if column not in ("cost", "quantity")]
"""Stock and its cost are not the catalogue's to give."""


def items_as_csv(language: str) -> bytes:
    """Every item that is sold, with headings in a language; UTF-8 with its mark, semicolons, as Excel here reads it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([word(language, f"catalog.column_{column}") for column in EXPORTED])
    for row in _rows():
        writer.writerow([_safe(cell) for cell in row])
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8")


def _rows() -> Sequence[Sequence[str]]:
    items = session().scalars(sa.select(Item).where(Item.archived_at.is_(None)).order_by(Item.sort_key, Item.id)).all()
    ids = [item.id for item in items]
    codes, prices = queries.barcodes_of(ids), queries.current_prices(ids, clock.now_ms())
    units = {unit.id: unit.name for unit in queries.units()}
    taxes = {tax.id: tax.code for tax in queries.tax_classes()}
    paths = _paths()
    return [
        [
            item.sku,
            item.name,
            paths.get(item.category_id or 0, ""),
            units[item.unit_id],
            taxes[item.tax_class_id],
            money.plain(prices[item.id].amount_minor) if item.id in prices else "",
            "|".join(_pack(row.code, row.quantity_milli) for row in codes.get(item.id, [])),
            "1" if item.is_weighed else "0",
            "" if item.plu is None else str(item.plu),
        ]
        for item in items
    ]


def _pack(code: str, quantity_milli: int) -> str:
    return code if quantity_milli == quantity.ONE else f"{code}*{quantity.plain(quantity_milli)}"


def _paths() -> dict[int, str]:
    rows = {row.id: row for row in session().scalars(sa.select(Category))}
    paths = {}
    for row in rows.values():
        names, above = [row.name], row.parent_id
        while above is not None:
            names.insert(0, rows[above].name)
            above = rows[above].parent_id
        paths[row.id] = "/".join(names)
    return paths


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
