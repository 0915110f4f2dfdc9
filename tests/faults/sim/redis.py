"""As much of Redis as the product asks for hints and nudges, on virtual time; wiped whenever a seed wants it."""

from collections.abc import Callable, Mapping
from typing import Any

from server.core import outbox
from tests.faults.sim.virtual_time import VirtualTime


class VirtualRedis:
    """`look` is called when the bridge would wake up: at a nudge, and when a hinted time has come."""

    def __init__(self, time: VirtualTime, look: Callable[[], None]) -> None:
        self._time, self._look = time, look
        self._due: dict[str, float] = {}

    def zadd(self, key: str, scores: Mapping[str, float], *, lt: bool = False) -> None:
        for name, score in scores.items():
            self._due[name] = min(score, self._due.get(name, score)) if lt else score
            self._time.after(int(score) - self._time.now_ms, self._look)

    def zrangebyscore(self, key: str, low: float, high: float, *, start: int, num: int) -> list[bytes]:
        return [name.encode() for name, score in self._due.items() if low <= score <= high][start : start + num]

    def zrem(self, key: str, *names: bytes) -> None:
        for name in names:
            self._due.pop(name.decode(), None)

    def publish(self, channel: str, message: Any) -> None:
        if channel == outbox.NUDGE_CHANNEL:
            self._time.after(1, self._look)

    def wipe(self) -> None:
        """Everything is forgotten."""
        self._due.clear()
