"""Stock over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from server.core import actor
from server.core.doors import access
from server.core.errors import NotFound
from server.stock import operations, queries
from server.stock.models import StockEntry
from server.stock.operations import EntryLine
from server.stock.schemas import (
    BalancesPage,
    BalancesQuery,
    EntryAnswer,
    EntryBody,
    MovesPage,
    MovesQuery,
    OnHandAnswer,
    WarehousesAnswer,
)

blueprint = Blueprint("stock", __name__, url_prefix="/api/v1/stock", description="Stock on hand, moves, entries")


@blueprint.route("/warehouses")
@access("person", right="stock.see")
@blueprint.response(200, WarehousesAnswer)
def list_warehouses() -> dict[str, Any]:
    """Warehouses in which the person works"""
    return {"rows": queries.warehouses()}


@blueprint.route("/balances")
@access("person", right="stock.see")
@blueprint.arguments(BalancesQuery, location="query")
@blueprint.response(200, BalancesPage)
def list_balances(query: dict[str, Any]) -> dict[str, Any]:
    """What is on hand, by item"""
    rows, following = queries.balances(warehouse_id=_warehouse(query.pop("warehouse_id")), **query)
    return {"rows": rows, "next": following}


@blueprint.route("/items/<int:item_id>")
@access("person", right="stock.see")
@blueprint.response(200, OnHandAnswer)
def show_on_hand(item_id: int) -> dict[str, Any]:
    """What is on hand of one item, in each warehouse"""
    return {"rows": queries.on_hand(item_id)}


@blueprint.route("/items/<int:item_id>/moves")
@access("person", right="stock.see")
@blueprint.arguments(MovesQuery, location="query")
@blueprint.response(200, MovesPage)
def list_moves(query: dict[str, Any], item_id: int) -> dict[str, Any]:
    """The moves of an item, newest first"""
    warehouse_id = _warehouse(query["warehouse_id"])
    rows, following = queries.moves(item_id, warehouse_id=warehouse_id, limit=query["limit"], cursor=query["cursor"])
    return {"rows": rows, "next": following}


@blueprint.route("/entries", methods=["POST"])
@access("person", right="stock.adjust")
@blueprint.arguments(EntryBody)
@blueprint.response(201, EntryAnswer)
def book_entry(body: dict[str, Any]) -> StockEntry:
    """Book opening stock or an adjustment"""
    lines = [EntryLine(**line) for line in body["lines"]]
    warehouse_id, by = _warehouse(body["warehouse_id"]), actor.current().person_id
    return operations.book_entry(body["kind"], warehouse_id, lines, reason=body["reason"], by=by)


def _warehouse(warehouse_id: int | None) -> int:
    """A warehouse in which the actor works: the one named, or the first. Raises NotFound, also for another branch's."""
    known = [warehouse.id for warehouse in queries.warehouses()]
    if not known or (warehouse_id is not None and warehouse_id not in known):
        raise NotFound("no such warehouse")
    return known[0] if warehouse_id is None else warehouse_id
