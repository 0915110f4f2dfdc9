"""The order of a register's shifts: by when they began, and never against the log of the terminal that worked them.

A device's clock may be set back between two shifts. What a page sends that has lost the ages of its facts comes with
that clock alone, and many facts fall on one instant. The numbers of a terminal's log are certain: a shift is moved as
far as they demand, and no two shifts of a register begin at the same instant. What a drawer holds follows this order.
"""

import uuid
from typing import Any

import sqlalchemy as sa

from server.cash.models import Shift
from server.core.transaction import connection

SHIFT = Shift.__table__
ROOM_MS = 1_000
"""What is left between two shifts of one instant, for one that stands between them in the log and comes later."""


def place(shift_id: uuid.UUID, register_id: int, lease_id: uuid.UUID | None, seq: int, began_at: int) -> int:
    """When a shift counts as begun whose first fact has this number in the log. Units: milliseconds UTC.

    As told, but after the shifts that stand before it in the log and before those that stand behind it, and at an
    instant of its own.
    """
    others = (SHIFT.c.register_id == register_id, SHIFT.c.id != shift_id)
    of_log = (*others, SHIFT.c.lease_id == lease_id)
    before = _one(sa.select(SHIFT.c.began_at).where(*of_log, SHIFT.c.began_seq < seq).order_by(SHIFT.c.began_at.desc()))
    least = 0 if before is None else before + 1
    behind = sa.select(SHIFT.c.began_at).where(*of_log, SHIFT.c.began_seq > seq, SHIFT.c.began_at > least)
    after = _one(behind.order_by(SHIFT.c.began_at))
    placed = _between(before, began_at, after)
    while _one(sa.select(SHIFT.c.began_at).where(*others, SHIFT.c.began_at == placed)) is not None:
        placed += 1
    return placed


def _between(before: int | None, wished: int, after: int | None) -> int:
    if before is not None:
        wished = max(wished, before + ROOM_MS)
    if after is not None:
        wished = min(wished, after - ROOM_MS)
    return wished if before is None else max(wished, before + 1)


def _one(query: sa.Select[Any]) -> int | None:
    found: int | None = connection().execute(query.limit(1)).scalar()
    return found
