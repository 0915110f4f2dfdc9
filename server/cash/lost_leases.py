"""Leases that a restore of an older backup made the server forget.

A terminal goes on counting in its series, and its sales come again with the lease's id and series. Such a lease is
written down again from them. So that a series is never given twice, leases of a later generation start at an epoch
that no earlier one reached: `K1.3` may be out there unseen, `K1.1001` cannot be.
"""

import re
import uuid
from typing import Any

import sqlalchemy as sa

from server.cash.models import Register, RegisterLease
from server.core import audit, changes
from server.core.facts import Fact, NotAFact
from server.core.tenant import current
from server.core.transaction import connection

LEASE = RegisterLease.__table__
EPOCHS = 1_000
"""How many leases of one register a generation has room for."""

_OF_REGISTER = sa.select(LEASE.c.epoch).where(LEASE.c.register_id == sa.bindparam("register"))


def first_epoch() -> int:
    """The lowest epoch that this generation gives."""
    return (current().generation - 1) * EPOCHS + 1


def write_down(fact: Fact, lease_id: uuid.UUID, register: Register, series: str) -> Any:
    """The row of a lease that only its terminal remembers. Raises NotAFact where there can be no such lease.

    It is in force when no later lease of the register is known, and then the one that was in force before has ended.
    """
    epoch = _epoch(register.code, series)
    known = set(connection().execute(_OF_REGISTER, {"register": register.id}).scalars())
    if epoch is None or epoch >= first_epoch() or epoch in known or register.branch_id != fact.branch_id:
        raise NotAFact("lease_unknown")
    is_latest = all(epoch > other for other in known)
    if is_latest:
        in_force = (LEASE.c.register_id == register.id) & LEASE.c.ended_at.is_(None)
        connection().execute(sa.update(LEASE).where(in_force).values(ended_at=fact.received_at))
        changes.record("settings", "register", register.id, branch_id=register.branch_id)
    row = {
        "id": lease_id,
        "register_id": register.id,
        "terminal_id": fact.terminal_id,
        "epoch": epoch,
        "series": series,
        "next_sale": 1,
        "next_shift": 1,
        "next_z": 1,
        "taken_at": fact.occurred_at,
        "ended_at": None if is_latest else fact.received_at,
    }
    connection().execute(sa.insert(LEASE), row)
    audit.write("find_lease_again", "register", register.id, after={"series": series, "terminal_id": fact.terminal_id})
    return connection().execute(sa.select(LEASE).where(LEASE.c.id == lease_id)).one()


def _epoch(code: str, series: str) -> int | None:
    if series == code:
        return 1
    match = re.fullmatch(re.escape(code) + r"\.([1-9]\d{0,8})", series)
    return int(match[1]) if match else None
