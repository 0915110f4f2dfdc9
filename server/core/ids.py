"""New ids of facts that the server itself makes. Seeds and tests set the randomness, so that they repeat."""

import contextlib
import os
import random
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from server.core import clock
from server.values.ids import RANDOM_BYTES, uuid7

_randomness: ContextVar[Callable[[int], bytes]] = ContextVar("randomness", default=os.urandom)


def new_id(at_ms: int | None = None) -> uuid.UUID:
    """A UUIDv7 of this instant, or of the one given."""
    return uuid7(at_ms=clock.now_ms() if at_ms is None else at_ms, randomness=_randomness.get()(RANDOM_BYTES))


@contextlib.contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Draw the randomness of ids from a seed within this block: demo businesses are made alike each time."""
    token = _randomness.set(random.Random(seed).randbytes)
    try:
        yield
    finally:
        _randomness.reset(token)
