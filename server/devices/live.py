"""What writes no row: lines of a customer display and the watching of a scale go web -> Redis -> bridge -> MQTT.

Channel `aisales:edge`; a message is `{"tenant": slug, "agent_key": …, "site": …, "message": wire.Command as a dict}`.
It is lost without harm when nobody listens: a display is shown the next line, a scale is watched again after seconds.
"""

import orjson
import redis
import structlog

from edge_agent import wire
from server.core import clock, ids, outbox
from server.core.errors import NotFound
from server.core.live import connection
from server.core.tenant import current
from server.devices import queries
from server.devices.models import Agent, Device
from server.stores import queries as stores

EDGE_CHANNEL = "aisales:edge"

log = structlog.get_logger()


def show(terminal_id: int | None, lines: list[str]) -> bool:
    """Show lines on the customer display of a terminal. Raises NotFound where it has none; False when nobody sends."""
    return _send(_device(terminal_id, "display"), "show", wire.ShowArgs(lines=tuple(lines)))


def watch_scale(terminal_id: int | None) -> bool:
    """Let the scale of a terminal stream its weight for some seconds. Raises NotFound; False when nobody sends."""
    return _send(_device(terminal_id, "scale"), "watch", wire.WatchArgs())


def _device(terminal_id: int | None, role: str) -> Device:
    found = None if terminal_id is None else queries.device_for(terminal_id, role)
    if found is None:
        raise NotFound(f"this terminal has no {role}", code="no_device_in_role", params={"role": role})
    return found


def _send(device: Device, op: wire.Op, args: wire.Message) -> bool:
    client, agent = connection(), queries.agent(device.agent_id)
    if client is None or agent.disabled_at is not None or not outbox.may_leave(current()):
        return False
    try:
        client.publish(EDGE_CHANNEL, _envelope(agent, device, op, args))
    except redis.RedisError as error:
        log.warning("edge_message_lost", tenant=current().slug, error=repr(error))
        return False
    return True


def _envelope(agent: Agent, device: Device, op: wire.Op, args: wire.Message) -> bytes:
    now = clock.now_ms()
    command = wire.Command.of(str(ids.new_id(now)), op, device.name, args, seq=0, created_at_ms=now)
    site = stores.branch(agent.branch_id).code.lower()
    return orjson.dumps({"tenant": current().slug, "agent_key": agent.key, "site": site, "message": command.to_dict()})
