"""Reads of terminals, agents, devices and jobs."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa

from server.core.errors import NotFound
from server.core.paging import page
from server.core.questions import Answer, Question
from server.core.transaction import session
from server.devices.models import (
    Agent,
    BrokerCredential,
    Device,
    DeviceJob,
    Terminal,
    TerminalDevice,
    TerminalRevocation,
)
from server.devices.secrets import token_hash

_TERMINAL, _REVOCATION = Terminal.__table__, TerminalRevocation.__table__
_SELLER = Question(
    sa.select(
        _TERMINAL.c.branch_id,
        _TERMINAL.c.last_seq,
        sa.exists().where(_REVOCATION.c.terminal_id == _TERMINAL.c.id).label("was_revoked"),
    )
    .where(_TERMINAL.c.id == sa.bindparam("terminal"))
    .with_for_update(key_share=True, of=_TERMINAL)
)


_OF_TOKEN = Question(
    sa.select(_TERMINAL.c.id, _TERMINAL.c.branch_id, _TERMINAL.c.revoked_at).where(
        _TERMINAL.c.token_hash == sa.bindparam("hash")
    )
)


class PairedTerminal(NamedTuple):
    """What a request needs to know of the terminal that sends it."""

    id: int
    branch_id: int
    revoked_at: int | None


@dataclass(frozen=True)
class Route:
    """Where a reading of a device goes: the device and the terminals that use it."""

    device_id: int
    device_class: str
    terminal_ids: tuple[int, ...]


def terminal(terminal_id: int) -> Terminal:
    """A terminal. Raises NotFound."""
    row = session().get(Terminal, terminal_id)
    if row is None:
        raise NotFound("no such terminal")
    return row


def terminal_of_token(token: str) -> PairedTerminal | None:
    """The terminal whose cookie this is, also a revoked one; None for a token that opens nothing."""
    found = _OF_TOKEN.rows(hash=token_hash(token))
    return PairedTerminal(*found[0]) if found else None


def terminals() -> list[Terminal]:
    """All terminals, revoked ones too, by name."""
    return list(session().scalars(sa.select(Terminal).order_by(Terminal.name, Terminal.id)))


def terminals_by_id(ids: Iterable[int]) -> dict[int, Terminal]:
    """Terminals by id, in one query; unknown ids are left out."""
    return {row.id: row for row in session().scalars(sa.select(Terminal).where(Terminal.id.in_(set(ids))))}


def revocations_of(terminal_id: int) -> list[tuple[int, int | None]]:
    """The times (from, until; None: still) in which a terminal was not to sell."""
    query = sa.select(TerminalRevocation.revoked_at, TerminalRevocation.paired_again_at)
    query = query.where(TerminalRevocation.terminal_id == terminal_id).order_by(TerminalRevocation.position)
    return [(start, end) for start, end in session().execute(query)]


def ask_seller(terminal_id: int) -> Answer:
    """Ask for a terminal that pushes. Its row is held until the transaction ends, so that a second push of it waits."""
    return _SELLER.ask(terminal=terminal_id)


def seller(terminal_id: int, asked: Answer) -> tuple[int, int, list[tuple[int, int | None]]]:
    """What was asked of a terminal: its branch, the mark of its operations, and the times of `revocations_of`.

    Raises NotFound.
    """
    if not asked.rows:
        raise NotFound("no such terminal")
    row = asked.rows[0]
    return row.branch_id, row.last_seq, revocations_of(terminal_id) if row.was_revoked else []


def was_revoked(windows: Sequence[tuple[int, int | None]], happened_at: int) -> bool:
    """Whether an instant lies in one of the times of `revocations_of`."""
    return any(start <= happened_at and (end is None or happened_at < end) for start, end in windows)


def bindings_of(terminal_ids: Iterable[int]) -> dict[int, list[tuple[str, Device]]]:
    """(role, device) of each terminal, in one query."""
    query = sa.select(TerminalDevice.terminal_id, TerminalDevice.role, Device).join(Device)
    query = query.where(TerminalDevice.terminal_id.in_(set(terminal_ids))).order_by(TerminalDevice.role)
    found: dict[int, list[tuple[str, Device]]] = {}
    for terminal_id, role, device in session().execute(query):
        found.setdefault(terminal_id, []).append((role, device))
    return found


def device_rows(terminal_id: int) -> list[dict[str, Any]]:
    """The feed's rows of kind `terminal_device` for one terminal: role, device_id, name, class, ops."""
    return [_feed_row(role, device) for role, device in bindings_of([terminal_id]).get(terminal_id, [])]


def device_rows_by_id(ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The feed's rows by their change ids (`<terminal id>:<role>`), in one query; what is bound no more is left out."""
    wanted = set(ids)
    found = bindings_of({int(name.partition(":")[0]) for name in wanted})
    rows = {f"{at}:{role}": _feed_row(role, device) for at, pairs in found.items() for role, device in pairs}
    return {name: row for name, row in rows.items() if name in wanted}


def _feed_row(role: str, device: Device) -> dict[str, Any]:
    return {
        "role": role,
        "device_id": device.id,
        "name": device.name,
        "class": device.device_class,
        "ops": device.ops,
    }


def device_for(terminal_id: int, role: str) -> Device | None:
    """The device that serves a terminal in a role, or None."""
    query = sa.select(Device).join(TerminalDevice)
    query = query.where(TerminalDevice.terminal_id == terminal_id, TerminalDevice.role == role)
    return session().scalars(query).first()


def device(device_id: int) -> Device:
    """A device. Raises NotFound."""
    row = session().get(Device, device_id)
    if row is None:
        raise NotFound("no such device")
    return row


def devices_with_agents(branch_ids: frozenset[int] | None = None) -> list[tuple[Device, Agent]]:
    """Devices with their agents, of some branches or of all."""
    query = sa.select(Device, Agent).join(Agent).order_by(Agent.name, Agent.id, Device.name)
    if branch_ids is not None:
        query = query.where(Agent.branch_id.in_(branch_ids))
    return [(found, agent) for found, agent in session().execute(query)]


def route_of(agent_id: int, device_name: str) -> Route | None:
    """Where readings of an agent's device go; None for a device that was not announced."""
    query = sa.select(Device.id, Device.device_class, TerminalDevice.terminal_id).outerjoin(TerminalDevice)
    query = query.where(Device.agent_id == agent_id, Device.name == device_name)
    rows = session().execute(query.order_by(TerminalDevice.terminal_id)).all()
    if not rows:
        return None
    return Route(rows[0][0], rows[0][1], tuple(row[2] for row in rows if row[2] is not None))


def agent(agent_id: int) -> Agent:
    """An agent. Raises NotFound."""
    row = session().get(Agent, agent_id)
    if row is None:
        raise NotFound("no such agent")
    return row


def agent_of_key(key: str) -> Agent | None:
    """The agent whose key stands in a topic, or None."""
    return session().scalars(sa.select(Agent).where(Agent.key == key)).first()


def keys_at_broker() -> list[str]:
    """The keys of agents that the broker should know."""
    query = sa.select(Agent.key).join(BrokerCredential).where(BrokerCredential.made == "enabled")
    return list(session().scalars(query.where(Agent.disabled_at.is_(None))))


def agents() -> list[Agent]:
    """All agents by name."""
    return list(session().scalars(sa.select(Agent).order_by(Agent.name, Agent.id)))


def agents_by_id(ids: Iterable[int]) -> dict[int, Agent]:
    """Agents by id, in one query."""
    return {row.id: row for row in session().scalars(sa.select(Agent).where(Agent.id.in_(set(ids))))}


def job(job_id: uuid.UUID) -> DeviceJob:
    """A device job. Raises NotFound."""
    row = session().get(DeviceJob, job_id)
    if row is None:
        raise NotFound("no such job")
    return row


def jobs_by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, DeviceJob]:
    """Device jobs by id, in one query."""
    return {row.id: row for row in session().scalars(sa.select(DeviceJob).where(DeviceJob.id.in_(set(ids))))}


def jobs_of_cause(cause_kind: str, cause_id: str) -> list[DeviceJob]:
    """The jobs that one fact asked for."""
    query = sa.select(DeviceJob).where(DeviceJob.cause_kind == cause_kind, DeviceJob.cause_id == cause_id)
    return list(session().scalars(query.order_by(DeviceJob.created_at, DeviceJob.id)))


def jobs(
    *,
    filters: Mapping[str, Any],
    branch_ids: frozenset[int] | None,
    limit: int,
    cursor: str | None,
) -> tuple[list[DeviceJob], str | None]:
    """A page of jobs, newest first, by `stage`, `agent_id`, `device_id`, `terminal_id` where given."""
    query = sa.select(DeviceJob)
    for name, value in filters.items():
        if value is not None:
            query = query.where(getattr(DeviceJob, name) == value)
    if branch_ids is not None:
        query = query.join(Agent, Agent.id == DeviceJob.agent_id).where(Agent.branch_id.in_(branch_ids))
    return page(query, [(DeviceJob.created_at, True), (DeviceJob.id, True)], limit=limit, cursor=cursor)


def devices_by_id(ids: Iterable[int]) -> dict[int, Device]:
    """Devices by id, in one query."""
    return {row.id: row for row in session().scalars(sa.select(Device).where(Device.id.in_(set(ids))))}
