"""The owner's first steps over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from server.core import cookies, tenant
from server.core.doors import access
from server.core.limits import Rate
from server.tenants import setup
from server.tenants.schemas import SetupAnswer, SetupBody, SetupQuery, SetupState

blueprint = Blueprint("setup", __name__, url_prefix="/api/v1/setup", description="A new owner's first steps")

OPENINGS = Rate(at_once=20, per_minute=20)


@blueprint.route("")
@access("anyone", rate=OPENINGS)
@blueprint.arguments(SetupQuery, location="query")
@blueprint.response(200, SetupState)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def show_setup(query: dict[str, Any]) -> dict[str, Any]:
    """Whether a link can be used"""
    setup.require_open(query["token"])
    return {"shop": tenant.current().name}


@blueprint.route("", methods=["POST"])
@access("anyone", rate=OPENINGS)
@blueprint.arguments(SetupBody)
@blueprint.response(200, SetupAnswer)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def begin(body: dict[str, Any]) -> dict[str, int]:
    """Set the shop up and sign its owner in"""
    signed_in, branch_id, register_id = setup.begin(body)
    cookies.give(cookies.SESSION, signed_in.token, signed_in.lasts_ms // 1000)
    return {"person_id": signed_in.person.id, "branch_id": branch_id, "register_id": register_id}
