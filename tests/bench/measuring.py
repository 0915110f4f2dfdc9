"""What benches measure with: percentiles, and the processor time of a process with all its children."""

import os
from collections.abc import Sequence
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
UTIME, STIME, CHILDREN_UTIME, CHILDREN_STIME = 11, 12, 13, 14
"""Places in /proc/<pid>/stat, counted from the state on, which stands behind the program's name."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all does not exceed (0.95: p95). Raises ValueError where there are none."""
    if not values:
        raise ValueError("a percentile of nothing")
    ordered = sorted(values)
    return ordered[max(0, -(-round(share * 1000) * len(ordered) // 1000) - 1)]


def processor_ms(pid: int) -> float:
    """The processor time that a process and all that it started have used so far. Units: milliseconds."""
    return sum(_own_ticks(one) for one in [pid, *descendants(pid)]) * 1000 / TICKS_A_SECOND


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and theirs."""
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, file.read_text().split()):
            found += [child, *descendants(child)]
    return found


def _own_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[place]) for place in (UTIME, STIME, CHILDREN_UTIME, CHILDREN_STIME))
