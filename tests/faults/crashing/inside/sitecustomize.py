"""Runs at the start of every Python process that has this folder in PYTHONPATH: wraps the crash points.

AISALES_CRASH_FILE names a file that a test writes: `<nonce> <label>.<before|after>:<nth>`. It is read at every pass,
so a running process can be armed; the nonce begins the count anew. The process then dies by SIGKILL, as in a power
cut: no clean-up, no flush. What was passed is appended to `<file>.reached`. Without the variable nothing happens.
"""

import functools
import importlib.machinery
import os
import signal
import sys
import threading
from typing import Any

FILE = os.environ.get("AISALES_CRASH_FILE")


class Passes:
    """Counts the passes of this process and ends it at the one that is wished for."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._wish, self._count = "", 0
        self._reached: set[str] = set()

    def note(self, label: str) -> None:
        """The process passes here."""
        with self._lock:
            self._remember(label)
            wish = self._read()
            if wish != self._wish:
                self._wish, self._count = wish, 0
            wanted, _, nth = wish.partition(" ")[2].partition(":")
            if label != wanted:
                return
            self._count += 1
            if self._count == int(nth):
                die()

    def _read(self) -> str:
        try:
            with open(self._file) as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def _remember(self, label: str) -> None:
        if label not in self._reached:
            self._reached.add(label)
            with open(f"{self._file}.reached", "a") as file:
                file.write(label + "\n")


def die() -> None:
    """No goodbye. Gunicorn's master goes with its worker: the machine has lost its power, not one process."""
    if "gunicorn.arbiter" in sys.modules:
        os.kill(os.getppid(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def wrapped(point: Any, function: Any, passes: Passes) -> Any:
    """The function with a pass before and one after it."""

    @functools.wraps(function)
    def passing(*args: Any, **kwargs: Any) -> Any:
        label = point.label(point.name, args, kwargs)
        if label is not None:
            passes.note(f"{label}.before")
        answer = function(*args, **kwargs)
        if label is not None and point.counts(answer):
            passes.note(f"{label}.after")
        return answer

    return passing


class Wrapping:
    """Finds modules as usual and wraps their points once they are loaded."""

    def __init__(self, points: Any, passes: Passes) -> None:
        self._points: dict[str, list[Any]] = {}
        for point in points:
            self._points.setdefault(point.module, []).append(point)
        self._passes = passes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in self._points:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module
            spec.loader.exec_module = functools.partial(self._load, load)  # type: ignore[method-assign]
        return spec

    def _load(self, load: Any, module: Any) -> None:
        load(module)
        for point in self._points[module.__name__]:
            *parents, name = point.path
            owner = functools.reduce(getattr, parents, module)
            setattr(owner, name, wrapped(point, getattr(owner, name), self._passes))


if FILE:
    from crash_points import POINTS

    sys.meta_path.insert(0, Wrapping(POINTS, Passes(FILE)))  # type: ignore[arg-type]
