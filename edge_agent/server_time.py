"""What the server's clock shows, measured against this machine's boot time.

A small computer may have no right clock, and a message may have waited anywhere on its way. So every answer of the
server carries its time: between the report that it answers and its arrival the server's clock showed that. Two such
answers narrow it down; where they contradict each other, one of the clocks was set and the newer one holds.
"""

import threading
from dataclasses import dataclass

DRIFT_PPM = 200
"""How far two quartz clocks may drift apart, in millionths."""


@dataclass(frozen=True, slots=True)
class Offset:
    """Server time minus boot time lies between these, as measured at `at_ms` of boot time."""

    low_ms: int
    high_ms: int
    at_ms: int

    def later(self, boot_ms: int) -> "Offset":
        """The same as far as it is still known after some drift."""
        drift_ms = (boot_ms - self.at_ms) * DRIFT_PPM // 1_000_000
        return Offset(self.low_ms - drift_ms, self.high_ms + drift_ms, boot_ms)

    def narrowed_by(self, other: "Offset") -> "Offset":
        """What both say; the other alone where they contradict each other."""
        low_ms, high_ms = max(self.low_ms, other.low_ms), min(self.high_ms, other.high_ms)
        return Offset(low_ms, high_ms, other.at_ms) if low_ms <= high_ms else other


class ServerTime:
    """Learns from answers; safe to use from any thread. Units: milliseconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._offset: Offset | None = None

    def learn(self, server_ms: int, *, asked_ms: int, heard_ms: int) -> None:
        """The server's clock showed `server_ms` at some moment between two of boot time."""
        measured = Offset(server_ms - heard_ms, server_ms - asked_ms, heard_ms)
        with self._lock:
            known = self._offset
            self._offset = measured if known is None else known.later(heard_ms).narrowed_by(measured)

    def at_most(self, boot_ms: int) -> int | None:
        """The latest that the server's clock may show at a moment of boot time; None before its first answer."""
        offset = self._offset
        return None if offset is None else boot_ms + offset.later(boot_ms).high_ms
