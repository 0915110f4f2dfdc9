"""Companies, branches and settings over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from server.core import actor
from server.core.doors import access
from server.stores import operations, queries
from server.stores.models import Branch, Company
from server.stores.schemas import (
    BranchAnswer,
    BranchBody,
    BranchChange,
    BranchesAnswer,
    CompanyAnswer,
    CompanyChange,
    SettingsAnswer,
    SettingsBody,
    SettingsQuery,
)

blueprint = Blueprint("stores", __name__, url_prefix="/api/v1/stores", description="Company, branches, settings")


@blueprint.route("/company")
@access("person")
@blueprint.response(200, CompanyAnswer)
def show_company() -> Company:
    """The legal entity that sells"""
    return queries.company()


@blueprint.route("/company", methods=["PUT"])
@access("person", right="settings.manage")
@blueprint.arguments(CompanyChange)
@blueprint.response(200, CompanyAnswer)
def change_company(body: dict[str, Any]) -> Company:
    """Change name and tax id, as they stand on receipts"""
    return operations.change_company(queries.company(), body, rev=body.pop("rev"))


@blueprint.route("/branches")
@access("person")
@blueprint.response(200, BranchesAnswer)
def list_branches() -> dict[str, Any]:
    """Branches in which the person works"""
    who = actor.current()
    return {"rows": [branch for branch in queries.branches(archived=True) if who.sees_branch(branch.id)]}


@blueprint.route("/branches", methods=["POST"])
@access("person", right="settings.manage")
@blueprint.arguments(BranchBody)
@blueprint.response(201, BranchAnswer)
def create_branch(body: dict[str, Any]) -> Branch:
    """Open a branch with its warehouse"""
    return operations.create_branch(queries.company().id, body.pop("code"), body.pop("name"), **body)


@blueprint.route("/branches/<int:branch_id>", methods=["PUT"])
@access("person", right="settings.manage")
@blueprint.arguments(BranchChange)
@blueprint.response(200, BranchAnswer)
def change_branch(body: dict[str, Any], branch_id: int) -> Branch:
    """Change a branch; its code stays"""
    actor.require_branch(branch_id)
    return operations.change_branch(queries.branch(branch_id), body, rev=body.pop("rev"))


@blueprint.route("/settings")
@access("terminal_or_person")
@blueprint.arguments(SettingsQuery, location="query")
@blueprint.response(200, SettingsAnswer)
def list_settings(query: dict[str, Any]) -> dict[str, Any]:
    """Settings of the shop, and of one branch beside them"""
    return {"rows": queries.settings(query["branch_id"])}


@blueprint.route("/settings", methods=["PUT"])
@access("person", right="settings.manage")
@blueprint.arguments(SettingsBody)
@blueprint.response(200, SettingsAnswer)
def put_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Set settings, for the shop or for one branch"""
    operations.put_settings(body["settings"], body["branch_id"])
    return {"rows": queries.settings(body["branch_id"])}
