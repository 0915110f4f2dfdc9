"""The catalogue over HTTP."""

import uuid
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from server.catalog import exports, operations, queries, views
from server.catalog.imports import running
from server.catalog.imports.reading import FILE_AT_MOST
from server.catalog.imports.running import File
from server.catalog.models import Category
from server.catalog.operations import CategoryFields, NewItem, NewPrice, Pack
from server.catalog.schemas import (
    CategoriesAnswer,
    CategoryAnswer,
    CategoryBody,
    CategoryChange,
    CodeAnswer,
    ImportAnswer,
    ImportFile,
    ImportQuery,
    ItemChange,
    ItemDetail,
    ItemsAnswer,
    ItemsQuery,
    NewItemBody,
    PriceBody,
    TaxClassesAnswer,
    UnitsAnswer,
)
from server.core import actor
from server.core.doors import access
from server.core.schemas import PageQuery

blueprint = Blueprint("catalog", __name__, url_prefix="/api/v1/catalog", description="Items, codes, prices, taxes")


@blueprint.route("/items")
@access("terminal_or_person")
@blueprint.arguments(ItemsQuery, location="query")
@blueprint.response(200, ItemsAnswer)
def list_items(query: dict[str, Any]) -> dict[str, Any]:
    """Items by name, sku or code"""
    rows, following = queries.items(is_archived=query.pop("archived"), **query)
    return {"rows": views.items(rows), "next": following}


@blueprint.route("/items", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.arguments(NewItemBody)
@blueprint.response(201, ItemDetail)
def create_item(body: dict[str, Any]) -> dict[str, Any]:
    """Make an item, with its codes and first price"""
    return views.item(operations.create_item(_item(body)))


@blueprint.route("/items/<int:item_id>")
@access("terminal_or_person")
@blueprint.response(200, ItemDetail)
def show_item(item_id: int) -> dict[str, Any]:
    """One item with its prices"""
    return views.item(queries.item(item_id))


@blueprint.route("/items/<int:item_id>", methods=["PUT"])
@access("person", right="catalog.edit")
@blueprint.arguments(ItemChange)
@blueprint.response(200, ItemDetail)
def change_item(body: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Change an item and its codes"""
    return views.item(operations.change_item(item_id, rev=body.pop("rev"), new=_item(body)))


@blueprint.route("/items/<int:item_id>/archive", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.response(200, ItemDetail)
def archive_item(item_id: int) -> dict[str, Any]:
    """Take an item out of sale"""
    return views.item(operations.archive_item(item_id))


@blueprint.route("/items/<int:item_id>/restore", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.response(200, ItemDetail)
def restore_item(item_id: int) -> dict[str, Any]:
    """Bring an archived item back"""
    return views.item(operations.restore_item(item_id))


@blueprint.route("/items/<int:item_id>/prices", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.arguments(PriceBody)
@blueprint.response(201, ItemDetail)
def set_price(body: dict[str, Any], item_id: int) -> dict[str, Any]:
    """Plan a price: a new row, the old ones stay"""
    operations.set_price(NewPrice(item_id=item_id, **body))
    return views.item(queries.item(item_id))


@blueprint.route("/categories")
@access("terminal_or_person")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, CategoriesAnswer)
def list_categories(query: dict[str, Any]) -> dict[str, Any]:
    """Categories in the order of their tiles"""
    rows, following = queries.categories(**query)
    return {"rows": rows, "next": following}


@blueprint.route("/categories", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.arguments(CategoryBody)
@blueprint.response(201, CategoryAnswer)
def create_category(body: dict[str, Any]) -> Category:
    """Make a category"""
    return operations.create_category(**body)


@blueprint.route("/categories/<int:category_id>", methods=["PUT"])
@access("person", right="catalog.edit")
@blueprint.arguments(CategoryChange)
@blueprint.response(200, CategoryAnswer)
def change_category(body: dict[str, Any], category_id: int) -> Category:
    """Change a category"""
    return operations.change_category(category_id, rev=body.pop("rev"), fields=CategoryFields(**body))


@blueprint.route("/categories/<int:category_id>/archive", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.response(200, CategoryAnswer)
def archive_category(category_id: int) -> Category:
    """Take a category off the till; its items stay"""
    return operations.archive_category(category_id)


@blueprint.route("/categories/<int:category_id>/restore", methods=["POST"])
@access("person", right="catalog.edit")
@blueprint.response(200, CategoryAnswer)
def restore_category(category_id: int) -> Category:
    """Bring an archived category back"""
    return operations.restore_category(category_id)


@blueprint.route("/units")
@access("terminal_or_person")
@blueprint.response(200, UnitsAnswer)
def list_units() -> dict[str, Any]:
    """Units of sale"""
    return {"rows": queries.units(), "next": None}


@blueprint.route("/tax-classes")
@access("terminal_or_person")
@blueprint.response(200, TaxClassesAnswer)
def list_tax_classes() -> dict[str, Any]:
    """Tax classes with the rates that hold now"""
    return {"rows": views.tax_classes(), "next": None}


@blueprint.route("/barcodes/<code>")
@access("terminal_or_person")
@blueprint.response(200, CodeAnswer)
def show_code(code: str) -> dict[str, Any]:
    """What a scanned code means"""
    return views.code(code)


@blueprint.route("/imports", methods=["POST"])
@access("person", right="catalog.import", own_transaction=True)
@blueprint.arguments(ImportQuery, location="query")
@blueprint.arguments(ImportFile, location="files")
@blueprint.response(200, ImportAnswer)
def import_items(query: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Bring in items from a CSV file, or try it out: a dry run writes nothing"""
    uploaded = sent["file"]
    name = "".join(filter(str.isprintable, uploaded.filename or ""))[:200]
    file = File(name, uploaded.read(FILE_AT_MOST + 1), query["branch_id"])
    return running.try_out(file) if query["dry_run"] else running.start(file)


@blueprint.route("/imports/<uuid:import_id>")
@access("person", right="catalog.import")
@blueprint.response(200, ImportAnswer)
def show_import(import_id: uuid.UUID) -> dict[str, Any]:
    """How an import went or goes"""
    return running.show(import_id)


@blueprint.route("/exports/items.csv")
@access("person", right="data.export")
@blueprint.response(200, {"type": "string"}, content_type="text/csv; charset=utf-8")
def export_items() -> Response:
    """Every item as a file that comes back in as it went out"""
    response = Response(exports.items_as_csv(actor.current().language), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="items.csv"'
    return response


def _item(body: dict[str, Any]) -> NewItem:
    packs = [Pack(**pack) for pack in body.pop("barcodes")]
    return NewItem(barcodes=packs, **body)
