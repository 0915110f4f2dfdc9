"""The processes of a running product, and the memory that each of them costs."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def below(root: int) -> dict[int, str]:
    """A process and all that it started, by what each was started with."""
    parents = dict(_parents())
    return {pid: _command(pid) for pid in parents if root in _ancestors(pid, parents)}


def memory_mb(pid: int) -> float:
    """What a process costs: its own pages, and its part of those that it shares (PSS). Units: 10^6 bytes."""
    said = (PROC / str(pid) / "smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", said, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1_024 / 1e6


def _parents() -> Iterator[tuple[int, int]]:
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent = (folder / "stat").read_text().rsplit(") ", 1)[1].split()[:2]
            if state != "Z":
                yield int(folder.name), int(parent)


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        yield pid
        pid = parents[pid]


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
    return ""
