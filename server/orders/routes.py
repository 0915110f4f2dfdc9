"""Open orders over HTTP. Their operations come through the sync push."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from server.core.doors import access
from server.orders import operations, views
from server.orders.models import OrderLease
from server.orders.schemas import OpenQuery, OrderLeaseAnswer, OrdersAnswer

blueprint = Blueprint("orders", __name__, url_prefix="/api/v1/orders", description="Held sales and their leases")


@blueprint.route("/open")
@access("terminal_or_person")
@blueprint.arguments(OpenQuery, location="query")
@blueprint.response(200, OrdersAnswer)
def list_open(query: dict[str, Any]) -> dict[str, Any]:
    """Orders that wait to be paid, the oldest first"""
    return views.open_orders(**query)


@blueprint.route("/<uuid:order_id>/lease", methods=["POST"])
@access("terminal")
@blueprint.response(200, OrderLeaseAnswer)
def take_lease(order_id: uuid.UUID) -> OrderLease:
    """Say for a minute that this terminal is about to sell the order"""
    return operations.take_lease(order_id)


@blueprint.route("/<uuid:order_id>/lease", methods=["DELETE"])
@access("terminal")
@blueprint.response(204)
def give_back_lease(order_id: uuid.UUID) -> None:
    """Say that this terminal has left the order"""
    operations.give_back_lease(order_id)
