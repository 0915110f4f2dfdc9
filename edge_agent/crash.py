"""Crash points: where the fault tests end the process, as a power cut would.

`AISALES_CRASH_AT=name` or `name:n` (at the nth time) ends it without any clean-up. Unset, this does nothing.
"""

import os

CRASHED = 137
_wish = os.environ.get("AISALES_CRASH_AT", "")
_counts: dict[str, int] = {}


def crash_point(name: str) -> None:
    """A place between two steps."""
    if not _wish:
        return
    wanted, _, nth = _wish.partition(":")
    _counts[name] = _counts.get(name, 0) + 1
    if name == wanted and _counts[name] == int(nth or 1):
        os._exit(CRASHED)
