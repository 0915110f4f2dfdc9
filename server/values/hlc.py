"""A hybrid logical clock: follows the wall clock, never goes back, and keeps cause before effect between devices.

On the wire it is 16 hex digits, 12 of milliseconds and 4 of a counter, so plain text order is clock order. Equal
clocks are told apart by the operation's id.
"""

from dataclasses import dataclass

COUNTER_LIMIT = 1 << 16
MAX_AHEAD_MS = 300_000  # a foreign clock further ahead than this is not followed: a wrong device would win for ever


@dataclass(frozen=True, slots=True, order=True)
class Hlc:
    """One reading: milliseconds and a counter that tells readings of one millisecond apart."""

    ms: int
    counter: int

    def __str__(self) -> str:
        return f"{self.ms:012x}{self.counter:04x}"


ZERO = Hlc(0, 0)


def parse(text: str) -> Hlc:
    """Read the wire form. Raises: ValueError."""
    if len(text) != 16 or any(c not in "0123456789abcdef" for c in text):
        raise ValueError(f"not a clock reading: {text!r}")
    return Hlc(int(text[:12], 16), int(text[12:], 16))


def tick(last: Hlc, now_ms: int) -> Hlc:
    """The next reading of this device at a wall time."""
    if now_ms > last.ms:
        return Hlc(now_ms, 0)
    return _after(last)


def receive(last: Hlc, seen: Hlc, now_ms: int) -> Hlc:
    """The next reading after another device's was seen; one too far ahead of the wall is not followed."""
    if seen.ms > now_ms + MAX_AHEAD_MS:
        return tick(last, now_ms)
    return tick(max(last, seen), now_ms)


def _after(last: Hlc) -> Hlc:
    # A full counter borrows a millisecond of the future rather than repeat itself.
    return Hlc(last.ms, last.counter + 1) if last.counter + 1 < COUNTER_LIMIT else Hlc(last.ms + 1, 0)
