"""A tenant's share of a web process: how many of its requests are in, and how many of those work at the same moment.

The first number keeps threads for the others: beyond it a request gets 503 with Retry-After. The second keeps the
processor for them: Python runs one thread at a time and a thread that works gives way only every now and then, so
each of a shop's requests that works delays everybody else's. Alone, a shop works on many at once; beside others on
few, and its own wait in line. Who waits for a lock, or has worked for a while, steps aside for the next in line.
And a tenant that crowds gives way: its request pauses before each statement while one of a quieter tenant works, so
that a small sale meets at most what lies between two statements of a flood.
"""

import collections
import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import g

from server.core import clock
from server.core.errors import Busy
from server.core.tenant import Tenant

AT_WORK_ALONE, AT_WORK_BESIDE_OTHERS, AT_WORK_CROWDING = 8, 2, 1
BESIDE_FOR_S = 2.0
"""So long after another tenant's request a tenant counts as not alone."""

CROWD = 8
"""A tenant crowds while more of its requests are in than that: a shop whose tills all push at once does not."""

GIVE_WAY_AT_MOST_S = 0.5
"""So long in all one request gives way, so that a crowding tenant gets on even where the others never pause."""

LINGERERS_AT_MOST, LINGER_S, BETWEEN_S = 32, 0.5, 0.025
"""Refused requests of one tenant that are answered only after a moment, and one after another: a refusal costs a
millisecond of everybody's processor, a caller that comes again at once would have hundreds a second, and those that
are let go together come together again."""

WAIT_AT_MOST_S = 10.0
"""How long a request waits in its tenant's line before the caller is told to come again."""


@dataclass
class _Share:
    """One tenant's requests: all that are in, those at work, those in line; and refused ones that linger, of which the
    last goes at an instant."""

    inside: int = 0
    at_work: int = 0
    lingering: int = 0
    last_goes_at_s: float = 0.0
    waiting: collections.deque[threading.Event] = field(default_factory=collections.deque)

    @property
    def crowds(self) -> bool:
        return self.inside > CROWD


class Shares:
    """The shares of all tenants in this process."""

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self._shares: dict[uuid.UUID, _Share] = collections.defaultdict(_Share)
        self._lock = threading.Lock()
        self._quiet_at_work = 0
        self._none_at_work = threading.Condition(self._lock)
        self._latest: uuid.UUID | None = None
        self._latest_at_s = self._other_at_s = float("-inf")

    @contextlib.contextmanager
    def one_of(self, tenant: Tenant) -> Iterator[None]:
        """Be in and at work. Raises Busy (503 with Retry-After) when the share is used up, or the line is too long."""
        with self._lock:
            share = self._shares[tenant.id]
            is_in = share.inside < self.at_most
            self._count(share, inside=int(is_in))
            self._saw(tenant.id)
        if not is_in:
            self._linger(share)
            raise Busy("this shop sends more at once than its share")
        place = g.place_at_work = Place(self, tenant.id)
        try:
            place.take()
            yield
        finally:
            place.leave()
            g.pop("place_at_work")
            with self._lock:
                self._count(share, inside=-1)
                if not share.inside:
                    del self._shares[tenant.id]

    def begin_work(self, tenant_id: uuid.UUID, *, is_next: bool = False) -> None:
        """Wait for a place at work, the first in line when `is_next`. Raises Busy when it takes too long."""
        with self._lock:
            share = self._shares[tenant_id]
            if share.at_work < self._limit(tenant_id) and (is_next or not share.waiting):
                self._count(share, at_work=1)
                return
            turn = threading.Event()
            share.waiting.appendleft(turn) if is_next else share.waiting.append(turn)
        if turn.wait(WAIT_AT_MOST_S):
            return
        with self._lock:
            if not turn.is_set():
                share.waiting.remove(turn)
                raise Busy("too much of this shop waits for its turn")

    def end_work(self, tenant_id: uuid.UUID) -> None:
        """Give the place to the next in line."""
        with self._lock:
            share = self._shares[tenant_id]
            self._count(share, at_work=-1)
            while share.waiting and share.at_work < self._limit(tenant_id):
                self._count(share, at_work=1)
                share.waiting.popleft().set()

    def give_way(self, tenant_id: uuid.UUID, at_most_s: float) -> float:
        """Where the tenant crowds, wait until nobody of a quieter one works; returns how long that took."""
        if not self._quiet_at_work or not self._shares[tenant_id].crowds:  # no lock: nearly all statements end here
            return 0.0
        began_s = clock.monotonic_s()
        with self._none_at_work:
            self._none_at_work.wait_for(lambda: not self._quiet_at_work, at_most_s)
        return clock.monotonic_s() - began_s

    def _linger(self, share: _Share) -> None:
        with self._lock:
            if share.lingering >= LINGERERS_AT_MOST:
                return
            share.lingering += 1
            now_s = clock.monotonic_s()
            share.last_goes_at_s = max(now_s + LINGER_S, share.last_goes_at_s + BETWEEN_S)
            linger_s = share.last_goes_at_s - now_s
        time.sleep(linger_s)
        with self._lock:
            share.lingering -= 1

    def _count(self, share: _Share, *, inside: int = 0, at_work: int = 0) -> None:
        """Change the numbers of a share, and with them how many requests of quiet tenants work."""
        self._quiet_at_work -= 0 if share.crowds else share.at_work
        share.inside += inside
        share.at_work += at_work
        self._quiet_at_work += 0 if share.crowds else share.at_work
        if not self._quiet_at_work:
            self._none_at_work.notify_all()

    def _saw(self, tenant_id: uuid.UUID) -> None:
        if tenant_id != self._latest:
            self._other_at_s, self._latest = self._latest_at_s, tenant_id
        self._latest_at_s = clock.monotonic_s()

    def _limit(self, tenant_id: uuid.UUID) -> int:
        other_at_s = self._other_at_s if tenant_id == self._latest else self._latest_at_s
        is_alone = clock.monotonic_s() - other_at_s > BESIDE_FOR_S
        if is_alone:
            return AT_WORK_ALONE
        return AT_WORK_CROWDING if self._shares[tenant_id].crowds else AT_WORK_BESIDE_OTHERS


@dataclass
class Place:
    """One request's place at work, while it has one."""

    shares: Shares
    tenant_id: uuid.UUID
    is_held: bool = False
    gave_way_s: float = 0.0

    def take(self, *, is_next: bool = False) -> None:
        """Wait for a place, the first in line when `is_next`. Raises Busy."""
        self.shares.begin_work(self.tenant_id, is_next=is_next)
        self.is_held = True

    def leave(self) -> None:
        """Give it to the next in line."""
        if self.is_held:
            self.is_held = False
            self.shares.end_work(self.tenant_id)

    def give_way(self) -> None:
        """Let those of quieter tenants work first, as long as this one may still be kept waiting."""
        left_s = GIVE_WAY_AT_MOST_S - self.gave_way_s
        if self.is_held and left_s > 0:
            self.gave_way_s += self.shares.give_way(self.tenant_id, left_s)


def give_way(*_: object) -> None:
    """Before a statement: a request of a tenant that crowds lets others work first. Outside a request: nothing."""
    place: Place | None = g.get("place_at_work") if g else None
    if place is not None:
        place.give_way()


@contextlib.contextmanager
def stepping_aside(*, is_next_after: bool = False) -> Iterator[None]:
    """Leave the place at work to the next in line for as long as the block waits for something; then wait for a place
    again, before all others when `is_next_after` (whoever holds a lock that they need). Outside a request: nothing.
    Raises Busy when no place comes.
    """
    place: Place | None = g.get("place_at_work")
    if place is None or not place.is_held:
        yield
        return
    place.leave()
    yield
    place.take(is_next=is_next_after)
