"""Terminals, agents, devices and jobs over HTTP."""

import uuid
from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Response
from flask_smorest import Blueprint

from server.core import actor
from server.core.doors import access
from server.core.limits import Rate
from server.devices import admission, counter, live, operations, views
from server.devices.models import Agent
from server.devices.schemas import (
    AgentAnswer,
    AgentsAnswer,
    DevicesAnswer,
    EnrolAnswer,
    EnrolBody,
    JobAnswer,
    JobsAnswer,
    JobsQuery,
    NoBody,
    PairAnswer,
    PairBody,
    PairHereBody,
    PairingCodeAnswer,
    PairingCodeBody,
    SentAnswer,
    SettleBody,
    ShowBody,
    TerminalAnswer,
    TerminalChange,
    TerminalsAnswer,
    TestPrintAnswer,
)

blueprint = Blueprint("devices", __name__, url_prefix="/api/v1/devices", description="Terminals, agents, devices")

PAIRINGS = Rate(at_once=10, per_minute=10)
ENROLMENTS = Rate(at_once=60, per_minute=120)
"""A machine that enrols asks each second until the broker knows it."""


@blueprint.route("/pairing-codes", methods=["POST"])
@access("person", right="device.manage", own_transaction=True)
@blueprint.arguments(PairingCodeBody)
@blueprint.response(201, PairingCodeAnswer)
def make_pairing_code(body: dict[str, Any]) -> dict[str, Any]:
    """Make a code for a terminal (10 minutes), or a token for an agent (a day)"""
    return admission.new_code(**body)


@blueprint.route("/pair", methods=["POST"])
@access("anyone", own_transaction=True, rate=PAIRINGS)
@blueprint.arguments(PairBody)
@blueprint.response(200, PairAnswer)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def pair(body: dict[str, Any]) -> dict[str, Any]:
    """Make this browser a terminal by a code from the back office"""
    return admission.pair(**body)


@blueprint.route("/pair-here", methods=["POST"])
@access("person", right="device.manage", own_transaction=True)
@blueprint.arguments(PairHereBody)
@blueprint.response(200, PairAnswer)
def pair_here(body: dict[str, Any]) -> dict[str, Any]:
    """Make this very browser a terminal"""
    return admission.pair_here(**body)


@blueprint.route("/terminals")
@access("person", right="device.manage")
@blueprint.response(200, TerminalsAnswer)
def list_terminals() -> dict[str, Any]:
    """Terminals and the devices that serve them"""
    return {"rows": views.terminals()}


@blueprint.route("/terminals/<int:terminal_id>", methods=["PUT"])
@access("person", right="device.manage")
@blueprint.arguments(TerminalChange)
@blueprint.response(200, TerminalAnswer)
def change_terminal(body: dict[str, Any], terminal_id: int) -> dict[str, Any]:
    """Rename a terminal, and say which devices serve it"""
    return views.change_terminal(terminal_id, **body)


@blueprint.route("/terminals/<int:terminal_id>/revoke", methods=["POST"])
@access("person", right="device.manage")
@blueprint.response(200, TerminalAnswer)
def revoke_terminal(terminal_id: int) -> dict[str, Any]:
    """Shut a terminal out"""
    return views.terminal(operations.revoke(views.visible_terminal(terminal_id)))


@blueprint.route("/agents")
@access("person", right="device.manage")
@blueprint.response(200, AgentsAnswer)
def list_agents() -> dict[str, Any]:
    """Agents, and whether they are there"""
    return {"rows": views.agents()}


@blueprint.route("/agents/enrol", methods=["POST"])
@access("anyone", own_transaction=True, from_programs=True, rate=ENROLMENTS)
@blueprint.arguments(EnrolBody)
@blueprint.response(200, EnrolAnswer)
@blueprint.alt_response(429, "TOO_MANY_REQUESTS")
def enrol(body: dict[str, Any]) -> dict[str, Any]:
    """Make a machine an agent by a one-use token; 503 until the broker knows it"""
    return views.enrolled(admission.enrol(**body))


@blueprint.route("/agents/<int:agent_id>/disable", methods=["POST"])
@access("person", right="device.manage")
@blueprint.response(200, AgentAnswer)
def disable_agent(agent_id: int) -> Agent:
    """Shut an agent out of the broker"""
    return operations.disable_agent(views.visible_agent(agent_id))


@blueprint.route("/agents/<int:agent_id>/enable", methods=["POST"])
@access("person", right="device.manage")
@blueprint.response(200, AgentAnswer)
def enable_agent(agent_id: int) -> Agent:
    """Let an agent in again"""
    return operations.enable_agent(views.visible_agent(agent_id))


@blueprint.route("/devices")
@access("terminal_or_person")
@blueprint.response(200, DevicesAnswer)
def list_devices() -> dict[str, Any]:
    """Devices and how they are"""
    return {"rows": views.devices()}


@blueprint.route("/devices/<int:device_id>/test-print", methods=["POST"])
@access("person", right="device.manage")
@blueprint.response(200, TestPrintAnswer)
def test_print(device_id: int) -> dict[str, Any]:
    """Print a test page"""
    return {"job_id": operations.test_print(views.visible_device(device_id))}


@blueprint.route("/jobs")
@access("terminal_or_person")
@blueprint.arguments(JobsQuery, location="query")
@blueprint.response(200, JobsAnswer)
def list_jobs(query: dict[str, Any]) -> dict[str, Any]:
    """Jobs, newest first: a terminal sees its own"""
    return views.jobs(query)


@blueprint.route("/jobs/<uuid:job_id>/settle", methods=["POST"])
@access("terminal_or_person")
@blueprint.arguments(SettleBody)
@blueprint.response(200, JobAnswer)
def settle_job(body: dict[str, Any], job_id: uuid.UUID) -> dict[str, Any]:
    """Say whether an unclear paper came out"""
    return views.job(operations.settle_job(views.visible_job(job_id), came_out=body["came_out"]))


@blueprint.route("/watch-scale", methods=["POST"])
@access("terminal")
@blueprint.arguments(NoBody)
@blueprint.response(200, SentAnswer)
def watch_scale(body: dict[str, Any]) -> dict[str, Any]:
    """Let this terminal's scale stream its weight for some seconds"""
    return {"sent": live.watch_scale(actor.current().terminal_id)}


@blueprint.route("/show", methods=["POST"])
@access("terminal")
@blueprint.arguments(ShowBody)
@blueprint.response(200, SentAnswer)
def show(body: dict[str, Any]) -> dict[str, Any]:
    """Show lines on this terminal's customer display"""
    return {"sent": live.show(actor.current().terminal_id, body["lines"])}


@access("terminal_or_person", own_transaction=True)
def pass_to_counter(path: str) -> Response:
    """Hand a request on to the virtual hardware of a demo; not part of the published API"""
    return counter.pass_on(path)


PlainBlueprint.add_url_rule(blueprint, "/counter/<path:path>", None, pass_to_counter, methods=["GET", "POST"])
