"""What agents say, as the bridge hands it in: the agent is the one of the topic, whose credential the broker checked.

All of it is safe to repeat: a second copy of a message changes nothing.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from edge_agent import wire
from server.core import changes, clock, live, outbox
from server.core.tenant import current
from server.core.transaction import after_commit, notes, session
from server.devices import queries
from server.devices.models import Agent, Device, DeviceEvent, DeviceJob
from server.devices.operations.jobs import tell_stage
from server.devices.operations.terminals import TOPIC, bind_first_come

KEPT_AT_MOST = {"model": 100, "sw": 40}


@dataclass(frozen=True)
class Hint:
    """What the bridge publishes to browsers, once it has committed: `core.live.publish(tenant, event, body, …)`."""

    event: str
    body: Mapping[str, Any]
    terminal_id: int


def record_presence(agent: Agent, presence: wire.Presence) -> bool:
    """An agent is there or gone; an older session's death is no news. Returns whether anything changed."""
    if presence.session < agent.session:
        return False
    is_online = presence.state == "online"
    changed = is_online != agent.is_online or presence.session != agent.session
    agent.session, agent.boot_id, agent.is_online = presence.session, presence.boot_id[:40], is_online
    agent.seen_at = clock.now_ms()
    session().flush()
    if changed:
        _tell_devices(agent)
    if is_online and changed:
        outbox.posted(clock.now_ms())
    return changed


def record_announce(agent: Agent, announce: wire.AgentAnnounce) -> None:
    """What an agent says of itself; an agent that is disabled may say it too."""
    agent.model = announce.model[: KEPT_AT_MOST["model"]]
    agent.sw = announce.sw[: KEPT_AT_MOST["sw"]]
    agent.boot_id = announce.boot_id[:40]
    agent.seen_at = clock.now_ms()
    session().flush()


def record_device_announce(agent: Agent, announce: wire.DeviceAnnounce) -> Device:
    """A device is there. A new one is bound to the branch's terminals that have none in its role, first come."""
    said = _said_of(announce)
    device = _device_of(agent, announce.device)
    if device is not None and all(getattr(device, name) == value for name, value in said.items()):
        return device
    seq, is_new = changes.take(), device is None
    if device is None:
        device = Device(id=seq, agent_id=agent.id, name=announce.device, state="offline", details={}, state_session=0)
        session().add(device)
        notes().pop("devices_of_agents", None)
    for name, value in said.items():
        setattr(device, name, value)
    device.rev = seq
    session().flush()
    changes.record(TOPIC, "device", device.id, seq=seq, branch_id=agent.branch_id)
    if is_new:
        bind_first_come(agent.branch_id)
    return device


def record_device_state(agent: Agent, state: wire.DeviceState) -> Device | None:
    """How a device is. An older session's word, or a device that was not announced, is ignored."""
    device = _device_of(agent, state.device)
    if device is None or state.session < device.state_session:
        return None
    said = (state.state, state.trouble and state.trouble[:40], state.details)
    is_news = (device.state, device.trouble, device.details) != said
    device.state, device.trouble, device.details = said
    device.state_session, device.state_at = state.session, clock.now_ms()
    session().flush()
    if is_news:
        _tell(device, device.state if agent.is_online else "offline")
    return device


def record_device_event(agent: Agent, event: wire.DeviceEvent) -> list[Hint]:
    """Keep what happened at a device, once by (agent, boot, n); returns what the terminals of the device should hear.

    A scan that is older than its life, or a second copy of anything, is told to nobody.
    """
    device = _device_of(agent, event.device)
    is_new = _insert_event(
        agent_id=agent.id,
        boot_id=event.boot_id[:40],
        n=event.n,
        event_id=event.event_id[:40],
        device_id=None if device is None else device.id,
        kind=event.event[:20],
        body=event.body,
        happened_at=wire.utc_ms(event.happened_at),
        received_at=clock.now_ms(),
    )
    if not is_new or device is None or event.event != "scan" or event.age_ms > wire.SCAN_LIFE_MS:
        return []
    route = queries.route_of(agent.id, event.device)
    body = _scan(event, device.id)
    return [Hint("scan", body, terminal_id) for terminal_id in (route.terminal_ids if route else ())]


def record_stage(agent: Agent, ack: wire.Ack) -> DeviceJob | None:
    """Where a job stands, by one more report; any order and number of copies gives the same end.

    None for a job that is not this agent's, or of which no row is kept (display, weight). What the server itself took
    for expired because it heard nothing gives way to what the agent knows.
    """
    job = session().get(DeviceJob, uuid.UUID(ack.cmd_id)) if _is_uuid(ack.cmd_id) else None
    if job is None or job.agent_id != agent.id:
        return None
    is_guess = job.reason in ("not_delivered", "agent_silent")
    standing = wire.Standing("queued" if is_guess else job.stage, job.attempt, job.reported_n)
    after = standing.after(ack)
    if job.settled_at is not None or after == standing:
        return job
    changed = after.stage != job.stage
    job.stage, job.attempt, job.reported_n = after.stage, after.attempt, after.n
    job.reason = ack.reason[:60] if ack.reason else None
    job.is_confirmed = ack.confirmed if ack.confirmed is not None else job.is_confirmed
    job.is_open = not after.is_final
    session().flush()
    if changed:
        tell_stage(job)
    return job


def _said_of(announce: wire.DeviceAnnounce) -> dict[str, Any]:
    return {
        "device_class": announce.device_class,
        "driver": announce.driver[:60],
        "profile": announce.profile[:60] if announce.profile else None,
        "ops": list(announce.ops),
    }


def _device_of(agent: Agent, name: str) -> Device | None:
    """An agent tells of its devices one after the other: all of them are read once for the transaction."""
    known: dict[int, dict[str, Device]] = notes().setdefault("devices_of_agents", {})
    if agent.id not in known:
        found = session().scalars(sa.select(Device).where(Device.agent_id == agent.id))
        known[agent.id] = {device.name: device for device in found}
    return known[agent.id].get(name)


def _scan(event: wire.DeviceEvent, device_id: int) -> dict[str, Any]:
    return {
        "code": event.body.get("code"),
        "symbology": event.body.get("symbology"),
        "device_id": device_id,
        "event_id": event.event_id,
    }


def _tell_devices(agent: Agent) -> None:
    for device in session().scalars(sa.select(Device).where(Device.agent_id == agent.id)):
        _tell(device, device.state if agent.is_online else "offline")


def _tell(device: Device, state: str) -> None:
    tenant, body = current(), {"id": device.id, "state": state}
    after_commit(lambda: live.publish(tenant, "device", body))


def _insert_event(**values: Any) -> bool:
    dialect = sqlite if current().kind == "sqlite" else postgresql
    statement = dialect.insert(DeviceEvent).values(**values).on_conflict_do_nothing()
    return session().execute(statement.returning(DeviceEvent.n)).first() is not None


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
