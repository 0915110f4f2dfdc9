"""Terminals, agents, devices and jobs as screens see them: what an actor may see, in a fixed number of queries."""

import uuid
from collections.abc import Sequence
from typing import Any

from server.core import actor, clock
from server.core.errors import NotAllowed, NotFound
from server.core.tenant import config
from server.devices import operations, queries
from server.devices.models import Agent, Device, DeviceJob, Terminal
from server.devices.operations import Enrolled
from server.devices.operations.enrolment import TOKEN_LIVES_MS

MANAGES = "device.manage"


def terminals() -> list[dict[str, Any]]:
    """Terminals of the actor's branches with their devices."""
    who = actor.current()
    seen = [row for row in queries.terminals() if who.sees_branch(row.branch_id)]
    bound = queries.bindings_of(row.id for row in seen)
    return [_terminal(row, bound.get(row.id, [])) for row in seen]


def terminal(row: Terminal) -> dict[str, Any]:
    """One terminal."""
    return _terminal(row, queries.bindings_of([row.id]).get(row.id, []))


def change_terminal(terminal_id: int, *, name: str, devices: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Rename a terminal of the actor's branches and say which devices serve it. Raises NotFound, Invalid."""
    wanted = None if devices is None else {binding["role"]: binding["device_id"] for binding in devices}
    return terminal(operations.change_terminal(visible_terminal(terminal_id), name, wanted))


def agents() -> list[Agent]:
    """Agents of the actor's branches."""
    who = actor.current()
    return [row for row in queries.agents() if who.sees_branch(row.branch_id)]


def devices() -> list[dict[str, Any]]:
    """Devices of the actor's branches, with the state that they have now."""
    return [_device(*pair) for pair in queries.devices_with_agents(actor.current().branch_ids)]


def jobs(query: dict[str, Any]) -> dict[str, Any]:
    """A page of jobs: all of the actor's branches for who manages devices, else those of the terminal asked from."""
    who = actor.current()
    filters = {name: query[name] for name in ("stage", "agent_id", "device_id")}
    if not who.may(MANAGES):
        filters["terminal_id"] = _own_terminal()
    rows, following = queries.jobs(
        filters=filters, branch_ids=who.branch_ids, limit=query["limit"], cursor=query["cursor"]
    )
    return {"rows": [job(row) for row in rows], "next": following}


def job(row: DeviceJob) -> dict[str, Any]:
    """One job."""
    return {name: getattr(row, name) for name in JOB_FIELDS} | {"kind": row.args.get("kind")}


JOB_FIELDS = (
    "id", "agent_id", "device_id", "terminal_id", "op", "copy", "cause_kind", "cause_id", "stage", "reason",
    "is_confirmed", "attempt", "created_at", "sent_at", "expires_at", "settled_at", "came_out",
)  # fmt: skip


def visible_terminal(terminal_id: int) -> Terminal:
    """A terminal of the actor's branches. Raises NotFound."""
    row = queries.terminal(terminal_id)
    _require_seen(row.branch_id, "no such terminal")
    return row


def visible_agent(agent_id: int) -> Agent:
    """An agent of the actor's branches. Raises NotFound."""
    row = queries.agent(agent_id)
    _require_seen(row.branch_id, "no such agent")
    return row


def visible_device(device_id: int) -> Device:
    """A device of the actor's branches. Raises NotFound."""
    row = queries.device(device_id)
    _require_seen(queries.agent(row.agent_id).branch_id, "no such device")
    return row


def visible_job(job_id: uuid.UUID) -> DeviceJob:
    """A job that the actor may settle: of the own terminal, or any of the branch for who manages devices."""
    row = queries.job(job_id)
    who = actor.current()
    if who.terminal_id is None or row.terminal_id != who.terminal_id:
        if not who.may(MANAGES):
            raise NotFound("no such job")
        _require_seen(queries.agent(row.agent_id).branch_id, "no such job")
    return row


def enrolled(answer: Enrolled) -> dict[str, Any]:
    """What an agent is told."""
    settings = config()
    broker = {"host": settings.broker_host, "port": settings.broker_port, "tls": settings.broker_tls}
    return {**vars(answer), "broker": broker}


def pairing_code(kind: str, branch_id: int) -> dict[str, Any]:
    """A code for a terminal, or a token for an agent."""
    actor.require_branch(branch_id)
    if kind == "terminal":
        code, expires_at = operations.make_pairing_code(branch_id)
        return {"code": code, "expires_at": expires_at}
    return {"code": operations.make_enrol_token(branch_id), "expires_at": clock.now_ms() + TOKEN_LIVES_MS}


def _own_terminal() -> int:
    terminal_id = actor.current().terminal_id
    if terminal_id is None:
        raise NotAllowed(f"the right {MANAGES} is needed", params={"right": MANAGES})
    return terminal_id


def _require_seen(branch_id: int, detail: str) -> None:
    if not actor.current().sees_branch(branch_id):
        raise NotFound(detail)


def _terminal(row: Terminal, bound: Sequence[tuple[str, Device]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "branch_id": row.branch_id,
        "paired_at": row.paired_at,
        "revoked_at": row.revoked_at,
        "devices": [{"role": role, "device_id": device.id, "name": device.name} for role, device in bound],
    }


def _device(row: Device, agent: Agent) -> dict[str, Any]:
    return {
        "id": row.id,
        "agent_id": row.agent_id,
        "name": row.name,
        "device_class": row.device_class,
        "driver": row.driver,
        "profile": row.profile,
        "ops": row.ops,
        "state": row.state if agent.is_online else "offline",
        "trouble": row.trouble,
        "details": row.details,
        "state_at": row.state_at,
    }
