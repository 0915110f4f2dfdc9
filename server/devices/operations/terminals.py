"""Terminals: their names, which devices serve them, and their revocation."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from server.core import actor, audit, changes, clock
from server.core.errors import Trouble, invalid
from server.core.transaction import session
from server.devices import queries
from server.devices.models import Agent, Device, Terminal, TerminalDevice, TerminalRevocation
from server.devices.routing import CLASS_OF_ROLE, first_come

TOPIC = "devices"


class TerminalAlreadyRevoked(Trouble):
    """This terminal is revoked already."""

    status = 409
    code = "terminal_already_revoked"


def change_terminal(terminal: Terminal, name: str, devices: Mapping[str, int] | None = None) -> Terminal:
    """Rename a terminal and say which device serves it in which role. Raises Invalid for a device that cannot."""
    before = {"name": terminal.name}
    terminal.name = name
    if devices is not None:
        bind_devices(terminal, devices)
    terminal.rev = changes.record(TOPIC, "terminal", terminal.id, branch_id=terminal.branch_id)
    audit.write("change_terminal", "terminal", terminal.id, before=before, after={"name": name, "devices": devices})
    session().flush()
    return terminal


def bind_devices(terminal: Terminal, devices: Mapping[str, int]) -> None:
    """Let exactly these devices (role -> device id) serve a terminal. Raises Invalid for a wrong device."""
    known = queries.devices_by_id(devices.values())
    agents = queries.agents_by_id({device.agent_id for device in known.values()})
    for role, device_id in devices.items():
        device = known.get(device_id)
        if device is None or agents[device.agent_id].branch_id != terminal.branch_id:
            raise invalid(f"devices.{role}", "unknown_device")
        if device.device_class != CLASS_OF_ROLE[role]:
            raise invalid(f"devices.{role}", "wrong_device_class", **{"class": CLASS_OF_ROLE[role]})
    standing = {role: device.id for role, device in queries.bindings_of([terminal.id]).get(terminal.id, [])}
    _unbind(terminal, [role for role in standing if devices.get(role) != standing[role]], keep=set(devices))
    _bind([(terminal.id, role, id) for role, id in devices.items() if standing.get(role) != id], terminal.branch_id)


def bind_first_come(branch_id: int) -> None:
    """Give each terminal of a branch that has no device in a role the first one that is free.

    A convenience for the first minute of a shop; whoever wants it otherwise says so in the back office.
    """
    query = sa.select(Terminal.id).where(Terminal.branch_id == branch_id, Terminal.revoked_at.is_(None))
    terminals = session().scalars(query.order_by(Terminal.paired_at, Terminal.id)).all()
    here = sa.select(Device.id, Device.device_class).join(Agent).where(Agent.branch_id == branch_id)
    devices = session().execute(here.where(Agent.disabled_at.is_(None)).order_by(Device.id)).all()
    bound = session().execute(
        sa.select(TerminalDevice.terminal_id, TerminalDevice.role, TerminalDevice.device_id)
        .join(Terminal)
        .where(Terminal.branch_id == branch_id)
    )
    plain = [(row[0], row[1]) for row in devices]
    made = first_come(terminals=terminals, devices=plain, bound=[(row[0], row[1], row[2]) for row in bound])
    _bind(made, branch_id)


def revoke(terminal: Terminal) -> Terminal:
    """Shut a terminal out: its cookie opens nothing, and what it rings from now on is not booked by itself.

    The same public key may be paired again. Raises TerminalAlreadyRevoked.
    """
    if terminal.revoked_at is not None:
        raise TerminalAlreadyRevoked
    now = clock.now_ms()
    position = len(queries.revocations_of(terminal.id)) + 1
    by = actor.current().person_id
    session().add(TerminalRevocation(terminal_id=terminal.id, position=position, revoked_at=now, revoked_by=by))
    terminal.revoked_at = now
    terminal.rev = changes.record(TOPIC, "terminal", terminal.id, branch_id=terminal.branch_id)
    audit.write("revoke_terminal", "terminal", terminal.id, after={"name": terminal.name})
    session().flush()
    return terminal


def _bind(rows: Sequence[tuple[int, str, int]], branch_id: int) -> None:
    if not rows:
        return
    session().execute(
        sa.insert(TerminalDevice), [{"terminal_id": at, "role": role, "device_id": id} for at, role, id in rows]
    )
    first = changes.take(len(rows))
    changes.record_many(
        [
            (seq, "settings", "terminal_device", f"{at}:{role}", "put", branch_id)
            for seq, (at, role, _) in enumerate(rows, first)
        ]
    )


def _unbind(terminal: Terminal, roles: Sequence[str], *, keep: set[str]) -> None:
    if not roles:
        return
    here = TerminalDevice.terminal_id == terminal.id
    session().execute(sa.delete(TerminalDevice).where(here, TerminalDevice.role.in_(roles)))
    dropped = [role for role in roles if role not in keep]
    if dropped:
        first = changes.take(len(dropped))
        changes.record_many(
            [
                (seq, "settings", "terminal_device", f"{terminal.id}:{role}", "drop", terminal.branch_id)
                for seq, role in enumerate(dropped, first)
            ]
        )
