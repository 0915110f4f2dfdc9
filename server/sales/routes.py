"""Sales over HTTP. They are made by `sync`; here they are read."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from server.core.doors import access
from server.sales import queries
from server.sales.schemas import DaysAnswer, EventsPage, EventsQuery, SaleDetail, SalesPage, SalesQuery, TodayQuery

blueprint = Blueprint("sales", __name__, url_prefix="/api/v1/sales", description="Sales, takings, till events")


@blueprint.route("/sales")
@access("terminal_or_person")
@blueprint.arguments(SalesQuery, location="query")
@blueprint.response(200, SalesPage)
def list_sales(query: dict[str, Any]) -> dict[str, Any]:
    """Sales, newest first"""
    rows, following = queries.sales(**query)
    return {"rows": rows, "next": following}


@blueprint.route("/sales/<uuid:sale_id>")
@access("terminal_or_person")
@blueprint.response(200, SaleDetail)
def show_sale(sale_id: uuid.UUID) -> dict[str, Any]:
    """A sale with its lines, tenders, taxes, cost, flags, and what came back so far"""
    return queries.sale_detail(queries.sale(sale_id))


@blueprint.route("/till-events")
@access("person", right="sales.see_all")
@blueprint.arguments(EventsQuery, location="query")
@blueprint.response(200, EventsPage)
def list_till_events(query: dict[str, Any]) -> dict[str, Any]:
    """What happened at the tills besides sales"""
    rows, following = queries.till_events(**query)
    return {"rows": rows, "next": following}


@blueprint.route("/today")
@access("person", right="sales.see_all")
@blueprint.arguments(TodayQuery, location="query")
@blueprint.response(200, DaysAnswer)
def show_today(query: dict[str, Any]) -> dict[str, Any]:
    """Takings of the business day: by hour, by way to pay"""
    return {"rows": queries.takings(query["day"], query["branch_id"])}
