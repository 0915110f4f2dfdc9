"""Rows of the catalogue put together for an answer: a whole page with one query a kind."""

from collections.abc import Sequence
from typing import Any

from server.catalog import queries
from server.catalog.models import Item
from server.core import clock

FIELDS = (
    "id", "sku", "name", "category_id", "unit_id", "tax_class_id", "is_weighed", "plu", "quick_position", "rev",
)  # fmt: skip


def items(rows: Sequence[Item]) -> list[dict[str, Any]]:
    """Items with their codes and the price that counts now."""
    ids = [row.id for row in rows]
    codes, prices = queries.barcodes_of(ids), queries.current_prices(ids, clock.now_ms())
    return [_item(row, codes.get(row.id, []), prices.get(row.id)) for row in rows]


def item(row: Item) -> dict[str, Any]:
    """One item, with all its prices, newest first."""
    history = queries.prices_of_items([row.id]).get(row.id, [])
    return items([row])[0] | {"prices": sorted(history, key=lambda price: -price.id)}


def code(code: str) -> dict[str, Any]:
    """What a scanned code means."""
    found, barcode = queries.item_of_code(code)
    return {"code": barcode.code, "quantity_milli": barcode.quantity_milli, "item": items([found])[0]}


def tax_classes() -> list[dict[str, Any]]:
    """Tax classes with the rates that hold now."""
    rates, now = queries.tax_rates_by_id().values(), clock.now_ms()
    found = [(row, queries.tax_rate_valid_at(rates, row.id, now)) for row in queries.tax_classes()]
    return [
        {
            "id": row.id,
            "code": row.code,
            "name": row.name,
            "rate_bp": None if rate is None else rate.rate_bp,
            "kind": None if rate is None else rate.kind,
        }
        for row, rate in found
    ]


def _item(row: Item, codes: Sequence[Any], price: Any) -> dict[str, Any]:
    made = {name: getattr(row, name) for name in FIELDS}
    return made | {"barcodes": codes, "price": price, "archived": row.archived_at is not None}
