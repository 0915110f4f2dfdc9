"""Cash over HTTP."""

import uuid
from typing import Any

from flask_smorest import Blueprint

from server.cash import operations, queries, shifts
from server.cash.models import Register, TenderType
from server.cash.schemas import (
    BranchQuery,
    HoldersAnswer,
    LeaseAnswer,
    LeaseBody,
    RegisterBody,
    RegisterChange,
    RegisterRow,
    RegistersAnswer,
    ShiftDetail,
    ShiftsPage,
    ShiftsQuery,
    TenderTypeBody,
    TenderTypeChange,
    TenderTypeRow,
    TenderTypesAnswer,
    ZDetail,
    ZsPage,
    ZsQuery,
)
from server.core import actor
from server.core.doors import access
from server.core.errors import NotFound

blueprint = Blueprint("cash", __name__, url_prefix="/api/v1/cash", description="Registers, shifts, Z reports, tenders")


@blueprint.route("/leases", methods=["POST"])
@access("terminal")
@blueprint.arguments(LeaseBody)
@blueprint.response(200, LeaseAnswer)
def take_lease(body: dict[str, Any]) -> dict[str, Any]:
    """Let this terminal give a register's numbers"""
    return {"lease": operations.take_lease(body["register_id"], take_over=body["take_over"])}


@blueprint.route("/registers")
@access("terminal_or_person")
@blueprint.arguments(BranchQuery, location="query")
@blueprint.response(200, RegistersAnswer)
def list_registers(query: dict[str, Any]) -> dict[str, Any]:
    """Registers, with the terminal that sells at each"""
    return {"rows": queries.register_rows(query["branch_id"])}


@blueprint.route("/registers", methods=["POST"])
@access("person", right="settings.manage")
@blueprint.arguments(RegisterBody)
@blueprint.response(201, RegisterRow)
def create_register(body: dict[str, Any]) -> dict[str, Any]:
    """Set up a register with its drawer"""
    if not actor.current().sees_branch(body["branch_id"]):
        raise NotFound("no such branch")
    return _register(operations.create_register(body["branch_id"], body["code"], body["name"]))


@blueprint.route("/registers/<int:register_id>", methods=["PUT"])
@access("person", right="settings.manage")
@blueprint.arguments(RegisterChange)
@blueprint.response(200, RegisterRow)
def change_register(body: dict[str, Any], register_id: int) -> dict[str, Any]:
    """Rename a register, archive it or bring it back"""
    return _register(operations.change_register(queries.register(register_id), body, rev=body.pop("rev")))


@blueprint.route("/tender-types")
@access("terminal_or_person")
@blueprint.response(200, TenderTypesAnswer)
def list_tender_types() -> dict[str, Any]:
    """Ways to pay, in the order of their buttons"""
    return {"rows": queries.tender_types()}


@blueprint.route("/tender-types", methods=["POST"])
@access("person", right="settings.manage")
@blueprint.arguments(TenderTypeBody)
@blueprint.response(201, TenderTypeRow)
def create_tender_type(body: dict[str, Any]) -> TenderType:
    """Add a way to pay"""
    field = "cash" if body["kind"] == "cash" else "cashless"
    return operations.create_tender_type(body.pop("code"), body.pop("name"), fiscal_field=field, **body)


@blueprint.route("/tender-types/<int:tender_type_id>", methods=["PUT"])
@access("person", right="settings.manage")
@blueprint.arguments(TenderTypeChange)
@blueprint.response(200, TenderTypeRow)
def change_tender_type(body: dict[str, Any], tender_type_id: int) -> TenderType:
    """Change a way to pay, archive it or bring it back"""
    return operations.change_tender_type(queries.tender_type(tender_type_id), body, rev=body.pop("rev"))


@blueprint.route("/holders")
@access("terminal_or_person")
@blueprint.arguments(BranchQuery, location="query")
@blueprint.response(200, HoldersAnswer)
def list_holders(query: dict[str, Any]) -> dict[str, Any]:
    """Who holds cash, and how much for those who may see it"""
    return {"rows": queries.holder_rows(query["branch_id"])}


@blueprint.route("/shifts")
@access("person")
@blueprint.arguments(ShiftsQuery, location="query")
@blueprint.response(200, ShiftsPage)
def list_shifts(query: dict[str, Any]) -> dict[str, Any]:
    """Shifts, newest first"""
    rows, following = shifts.shifts(**query)
    return {"rows": rows, "next": following}


@blueprint.route("/shifts/<uuid:shift_id>")
@access("person")
@blueprint.response(200, ShiftDetail)
def show_shift(shift_id: uuid.UUID) -> dict[str, Any]:
    """A shift with its sums, cash moves and drawer openings"""
    return shifts.shift_detail(shift_id)


@blueprint.route("/z-reports")
@access("person", right="shift.see_expected")
@blueprint.arguments(ZsQuery, location="query")
@blueprint.response(200, ZsPage)
def list_z_reports(query: dict[str, Any]) -> dict[str, Any]:
    """Z reports, newest first"""
    rows, following = shifts.z_reports(**query)
    return {"rows": rows, "next": following}


@blueprint.route("/z-reports/<uuid:z_report_id>")
@access("person", right="shift.see_expected")
@blueprint.response(200, ZDetail)
def show_z_report(z_report_id: uuid.UUID) -> dict[str, Any]:
    """A Z report as it was printed"""
    return shifts.z_report(z_report_id)


def _register(row: Register) -> dict[str, Any]:
    return next(one for one in queries.register_rows() if one["id"] == row.id)
