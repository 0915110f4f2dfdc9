"""The verbs of the catalogue, one file a noun."""

from server.catalog.operations.basics import (
    create_label_template,
    create_price_list,
    create_tax_class,
    create_unit,
    prepare,
    set_tax_rate,
)
from server.catalog.operations.categories import (
    CategoryFields,
    archive_category,
    change_category,
    create_categories,
    create_category,
    restore_category,
)
from server.catalog.operations.checks import NewItem, Pack
from server.catalog.operations.items import (
    archive_item,
    change_item,
    change_items,
    create_item,
    create_items,
    restore_item,
)
from server.catalog.operations.prices import NewPrice, set_price, set_prices

__all__ = [
    "CategoryFields",
    "NewItem",
    "NewPrice",
    "Pack",
    "archive_category",
    "archive_item",
    "change_category",
    "change_item",
    "change_items",
    "create_categories",
    "create_category",
    "create_item",
    "create_items",
    "create_label_template",
    "create_price_list",
    "create_tax_class",
    "create_unit",
    "prepare",
    "restore_category",
    "restore_item",
    "set_price",
    "set_prices",
    "set_tax_rate",
]
