"""Registers, and the lease by which one terminal at a time gives a register's numbers."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cash import lost_leases, queries
from server.cash.models import Holder, Register, RegisterLease
from server.cash.operations.basics import TOPIC, prepare_branch
from server.core import actor, audit, changes, clock
from server.core.errors import NotFound, NotSignedIn, Trouble
from server.core.ids import new_id
from server.core.transaction import session
from server.devices import queries as devices
from server.stores import queries as stores


class RegisterCodeTaken(Trouble):
    """Another register has this code."""

    status = 409
    code = "register_code_taken"


class RegisterTaken(Trouble):
    """Another terminal sells at this register; someone with the right to manage devices can take it over."""

    status = 409
    code = "register_taken"


def create_register(branch_id: int, code: str, name: str) -> Register:
    """Set up a till with its drawer. Its code is unique in the shop, because receipts are numbered by it.

    Raises NotFound for the branch, RegisterCodeTaken.
    """
    branch = stores.branch(branch_id)
    if session().scalar(sa.select(Register.id).where(sa.func.lower(Register.code) == code.lower())) is not None:
        raise RegisterCodeTaken(params={"code": code})
    prepare_branch(branch_id, branch.language)
    seq = changes.take(2)
    register = Register(id=seq, branch_id=branch_id, code=code, name=name, rev=seq)
    session().add(register)
    session().flush()
    session().add(Holder(id=seq + 1, kind="drawer", branch_id=branch_id, register_id=seq, name=name))
    session().flush()
    changes.record(TOPIC, "register", seq, seq=seq, branch_id=branch_id)
    audit.write("create_register", "register", seq, after={"code": code, "name": name})
    return register


def change_register(register: Register, values: Mapping[str, Any], *, rev: int | None = None) -> Register:
    """Rename a register or archive it (`archived`). Its code stays. Raises Conflict."""
    changes.expect_rev(register.rev, rev)
    before = {"name": register.name, "archived": register.archived_at is not None}
    register.name = values.get("name", register.name)
    if "archived" in values:
        register.archived_at = (register.archived_at or clock.now_ms()) if values["archived"] else None
    register.rev = changes.record(TOPIC, "register", register.id, branch_id=register.branch_id)
    session().execute(sa.update(Holder).where(Holder.register_id == register.id).values(name=register.name))
    audit.write("change_register", "register", register.id, before=before, after=dict(values))
    session().flush()
    return register


def take_lease(register_id: int, *, take_over: bool = False) -> RegisterLease:
    """Let the acting terminal give a register's numbers: the lease that it has already, or a new one.

    Another terminal's lease ends only by `take_over` of a person with `device.manage`. A terminal has one register at
    a time, so its lease of another one ends. Raises NotFound, RegisterTaken, NotAllowed, NotSignedIn.
    """
    terminal_id = actor.current().terminal_id
    if terminal_id is None:
        raise NotSignedIn
    register = _register_for(terminal_id, register_id)
    current = queries.lease_in_force(register.id)
    if current is not None and current.terminal_id == terminal_id:
        return current
    if current is not None:
        _take_from(current, take_over=take_over)
    for other in queries.leases_held(terminal_id):
        _end(other)
    return _new_lease(register, terminal_id)


def give_back_leases(terminal_id: int) -> None:
    """A terminal leaves its registers to whoever comes next. Safe to repeat."""
    for lease in queries.leases_held(terminal_id):
        _end(lease)


def _register_for(terminal_id: int, register_id: int) -> Register:
    register = session().scalar(sa.select(Register).where(Register.id == register_id).with_for_update())
    if register is None or register.archived_at is not None:
        raise NotFound("no such register")
    if devices.terminal(terminal_id).branch_id != register.branch_id:
        raise NotFound("this register stands in another branch")
    return register


def _take_from(current: RegisterLease, *, take_over: bool) -> None:
    holder = devices.terminal(current.terminal_id)
    if holder.revoked_at is None:
        if not take_over:
            raise RegisterTaken(params={"terminal": holder.name})
        actor.require("device.manage")
    _end(current)


def _end(lease: RegisterLease) -> None:
    lease.ended_at, lease.ended_by = clock.now_ms(), actor.current().person_id
    audit.write("end_lease", "register", lease.register_id, after={"series": lease.series})
    session().flush()


def _new_lease(register: Register, terminal_id: int) -> RegisterLease:
    query = sa.select(sa.func.max(RegisterLease.epoch)).where(RegisterLease.register_id == register.id)
    epoch = max((session().scalar(query) or 0) + 1, lost_leases.first_epoch())
    lease = RegisterLease(
        id=new_id(),
        register_id=register.id,
        terminal_id=terminal_id,
        epoch=epoch,
        series=register.code if epoch == 1 else f"{register.code}.{epoch}",
        next_sale=1,
        next_shift=1,
        next_z=1,
        taken_at=clock.now_ms(),
        taken_by=actor.current().person_id,
    )
    session().add(lease)
    session().flush()
    changes.record(TOPIC, "register", register.id, branch_id=register.branch_id)  # the one before learns of it
    audit.write("take_lease", "register", register.id, after={"series": lease.series, "terminal_id": terminal_id})
    return lease
