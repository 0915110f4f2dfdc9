"""The one clock of the server: milliseconds since 1970 in UTC. Tests hold it."""

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar

_fixed_ms: ContextVar[int | None] = ContextVar("fixed_ms", default=None)


def now_ms() -> int:
    """The present instant in milliseconds UTC."""
    fixed = _fixed_ms.get()
    return time.time_ns() // 1_000_000 if fixed is None else fixed


def monotonic_s() -> float:
    """Seconds that only grow, for waits and measures, never for a fact."""
    return time.monotonic()


@contextlib.contextmanager
def frozen(ms: int) -> Iterator[None]:
    """Hold the clock of this context at one instant: tests, seeds, and anything that must be made twice alike."""
    token = _fixed_ms.set(ms)
    try:
        yield
    finally:
        _fixed_ms.reset(token)
