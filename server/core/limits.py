"""How often one address may try what could be guessed: a bucket for each view, shop and address, in this process.

Each web process counts by itself, and counts nothing that is not a try. It stands before everything that costs work: no
database is asked, no PIN is hashed. Misses of one person's PIN or password are counted for good elsewhere (`staff`).
"""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from server.core import clock
from server.core.errors import Trouble

BUCKETS_AT_MOST = 20_000
"""The bucket that was asked the longest ago is forgotten first: it is full again, or some minutes from it."""

IPV6_NETWORK = 64
"""Who has one address of such a network has all of them."""


@dataclass(frozen=True)
class Rate:
    """Tries at once from one address, and how many more each minute."""

    at_once: int
    per_minute: int


class TooOften(Trouble):
    """Too many tries from here: wait a moment."""

    status = 429
    code = "too_many_requests"


@dataclass
class _Bucket:
    left: float
    looked_at_s: float


class Limits:
    """The buckets of one process."""

    def __init__(self, now_s: Callable[[], float] = clock.monotonic_s) -> None:
        self._now_s = now_s
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, rate: Rate, address: str, *what: Hashable) -> None:
        """Take one try. Raises TooOften (429 with Retry-After) when there is none left."""
        key, now_s = (*what, network_of(address)), self._now_s()
        with self._lock:
            bucket = self._buckets.pop(key, None) or _Bucket(rate.at_once, now_s)
            gained = (now_s - bucket.looked_at_s) * rate.per_minute / 60
            bucket.left, bucket.looked_at_s = min(rate.at_once, bucket.left + gained), now_s
            self._buckets[key] = bucket
            if len(self._buckets) > BUCKETS_AT_MOST:
                self._buckets.popitem(last=False)
            if bucket.left < 1:
                seconds = int((1 - bucket.left) * 60 / rate.per_minute) + 1
                raise TooOften(params={"seconds": seconds}, headers={"Retry-After": str(seconds)})
            bucket.left -= 1


def network_of(address: str) -> str:
    """What counts as one place: the address, or the network of an IPv6 address."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:  # a Unix socket's peer has none
        return address
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, IPV6_NETWORK), strict=False))
    return str(known)
