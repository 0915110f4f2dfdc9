"""Effects that leave the database are first rows. This module has the columns of an outbox, its gate, and its nudges.

A row is written in the transaction of its cause, with a `due_at`. After the commit a hint goes out: the tenant's next
due time in a sorted set, and a nudge that wakes the sender. Hints may be lost; the slow sweep makes up for them.
"""

import uuid
from typing import cast

import redis
import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, mapped_column

from server.core import clock
from server.core.db import Id, UtcMs
from server.core.live import connection
from server.core.tenant import Tenant, current
from server.core.transaction import after_commit

DUE_KEY = "aisales:due"
"""Sorted set: tenant id -> the earliest due time in ms. What is due stands in the tenants' databases."""

NUDGE_CHANNEL = "aisales:nudge"
SENDS_FOR = frozenset({"live", "demo"})
"""Purposes whose effects may leave: a sandbox, a training shop and a restored copy never print, send or call anyone."""

log = structlog.get_logger()


class OutboxColumns:
    """What every outbox row carries; the module that owns the table adds its own columns."""

    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    cause_kind: Mapped[str] = mapped_column(sa.String(24))
    cause_id: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[int] = mapped_column(UtcMs)
    due_at: Mapped[int] = mapped_column(UtcMs)
    expires_at: Mapped[int] = mapped_column(UtcMs)


def may_leave(tenant: Tenant) -> bool:
    """The one outward gate: whether effects of this tenant may leave at all."""
    return tenant.purpose in SENDS_FOR and tenant.state not in {"archived", "deleting", "moving"}


def posted(due_at: int) -> None:
    """Say, once the transaction has committed, that a row is due; lost hints are harmless."""
    tenant = current()
    after_commit(lambda: hint(tenant, due_at))


def hint(tenant: Tenant, due_at: int) -> None:
    """Tell the sender when this tenant has something due, and wake it when that is now."""
    client = connection()
    if client is None:
        return
    try:
        client.zadd(DUE_KEY, {str(tenant.id): due_at}, lt=True)
        if due_at <= clock.now_ms():
            client.publish(NUDGE_CHANNEL, str(tenant.id))
    except redis.RedisError as error:
        log.warning("outbox_hint_lost", tenant=tenant.slug, error=repr(error))


def due_tenants(now: int, *, at_most: int = 100) -> list[uuid.UUID]:
    """Tenants with a hinted due time at or before `now`, taken off the set; who has more due hints again."""
    client = connection()
    if client is None:
        return []
    try:
        ids = cast("list[bytes]", client.zrangebyscore(DUE_KEY, 0, now, start=0, num=at_most))
        if ids:
            client.zrem(DUE_KEY, *ids)
    except redis.RedisError as error:
        log.warning("outbox_hints_unread", error=repr(error))
        return []
    return [uuid.UUID(value.decode()) for value in ids]


class Sweep:
    """Walks all tenants slowly, ten a second, so that a wiped Redis hides no due row for long: among a thousand
    tenants for less than two minutes."""

    PER_SECOND = 10
    AT_ONCE = 20
    """What was missed while something else took long is not caught up with at once."""

    def __init__(self) -> None:
        self._position = 0
        self._last = clock.monotonic_s()

    def next_batch(self, tenants: list[Tenant]) -> list[Tenant]:
        """The tenants whose turn it is since the last call."""
        now = clock.monotonic_s()
        owed = int((now - self._last) * self.PER_SECOND)
        count = min(owed, len(tenants), self.AT_ONCE)
        if count == 0:
            return []
        # Parts of a turn are kept, or each call would lose some and the walk take a quarter longer.
        self._last = now if owed > count else self._last + count / self.PER_SECOND
        start = self._position % len(tenants)
        self._position = start + count
        return [tenants[(start + step) % len(tenants)] for step in range(count)]
