"""A supervisor of our own children: starts them, restarts what dies, ends all of them, and leaves none behind.

It runs in one thread that waits for signals, so nothing polls while all is well. Each child has a process group of its
own (Ctrl-C reaches only us, and we end them in order) and asks the kernel to be ended when we die, however we die.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENDING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
WATCHED = ENDING | {signal.SIGCHLD}

BACK_OFF_S = (0.2, 1.0, 3.0, 10.0)
"""How long a child that dies again and again waits for its next start; the last one repeats."""

STEADY_S = 30.0
"""After so long alive a child counts as well, and its next death is its first."""

END_AT_MOST_S = 5.0
"""How long the children have to end by themselves before they are killed."""

TICK_S = 0.05
"""How often a condition is looked at while something starts."""

HOPELESS_DEATHS = 3
"""A child that dies so often while we start will not live."""

LOG_AT_MOST_BYTES = 10_000_000

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Ended(Exception):
    """We were asked to end (Ctrl-C, SIGTERM) while something was starting."""


class NotReady(Exception):
    """Something did not come up in its time, or a program that was to finish failed with an exit code."""

    def __init__(self, words: str, code: int | None = None) -> None:
        super().__init__(words)
        self.code = code


@dataclass
class Child:
    """One program under supervision, and how it fares."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    deaths: int = 0
    due_s: float | None = None
    """When to start it again; None while it runs."""

    @property
    def is_alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it; its output goes to its log."""
        _limit(self.log)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),
            )
        self.started_at_s, self.due_s = time.monotonic(), None

    def send(self, number: signal.Signals) -> None:
        """Signal the child and what it started itself."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def ends_by(self, until_s: float) -> None:
        """Wait for its end until then, and kill it and what it left in its group."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, until_s - time.monotonic()))
            self.send(signal.SIGKILL)
            self.process.wait()

    def last_words(self, lines: int = 12) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""


@dataclass
class Supervisor:
    """Children in layers: a layer needs those started before it, so the last layer ends first, all of it at once."""

    environment: Mapping[str, str]
    logs: Path
    say: Callable[[str], None]
    layers: list[list[Child]] = field(default_factory=lambda: [[]])

    @property
    def children(self) -> list[Child]:
        """All of them, in the order of their start."""
        return [child for layer in self.layers for child in layer]

    def __enter__(self) -> "Supervisor":
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def new_layer(self) -> None:
        """What is started from now on needs what was started before, so it ends earlier."""
        self.layers.append([])

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a child that is to live as long as we do."""
        child = Child(name, command, self.environment, self.logs / f"{name}.log")
        self.layers[-1].append(child)
        child.start()
        return child

    def finish(self, name: str, command: Sequence[str]) -> None:
        """Run a program to its end. Raises NotReady with its last words, and Ended when we are asked to end."""
        child = Child(name, command, self.environment, self.logs / f"{name}.log")
        self.layers[-1].append(child)
        child.start()
        while child.is_alive:
            self._wait(None)
        self.layers[-1].remove(child)
        if child.process is not None and child.process.returncode:
            raise NotReady(f"{name} failed:\n{child.last_words()}", child.process.returncode)

    def wait_for(self, what: str, is_so: Callable[[], bool], timeout_s: float) -> None:
        """Wait for a condition, keeping the children alive. Raises NotReady, and Ended when we are asked to end."""
        until_s = time.monotonic() + timeout_s
        while not is_so():
            hopeless = any(child.deaths >= HOPELESS_DEATHS for child in self.children)
            if hopeless or time.monotonic() > until_s:
                dead = [child for child in self.children if not child.is_alive]
                words = "".join(f"\n--- {child.name} ---\n{child.last_words()}" for child in dead)
                raise NotReady(f"{what} did not come up{words}")
            self._wait(TICK_S)
            self._mend()

    def watch(self) -> None:
        """Keep the children alive until we are asked to end."""
        with contextlib.suppress(Ended):
            while True:
                self._mend()
                due = [child.due_s for child in self.children if child.due_s is not None]
                self._wait(max(0.0, min(due) - time.monotonic()) if due else None)

    def end(self) -> None:
        """End all children, the last layer first; after 5 s kill those that are left of it."""
        for layer in reversed(self.layers):
            until_s = time.monotonic() + END_AT_MOST_S
            for child in layer:
                child.send(signal.SIGTERM)
            for child in layer:
                child.ends_by(until_s)
        self.layers = [[]]

    def _wait(self, timeout_s: float | None) -> None:
        """Sleep until a signal or the timeout. Raises Ended for the signals that end us."""
        if timeout_s is None:
            number = signal.sigwait(WATCHED)
        else:
            met = signal.sigtimedwait(WATCHED, timeout_s)
            number = signal.Signals(met.si_signo) if met else signal.SIGCHLD
        if number in ENDING:
            raise Ended

    def _mend(self) -> None:
        """Plan the restart of what died, and start what is due."""
        now_s = time.monotonic()
        for child in self.children:
            if child.due_s is None and not child.is_alive:
                child.send(signal.SIGKILL)  # what it may have left in its group
                child.deaths = 0 if now_s - child.started_at_s > STEADY_S else child.deaths
                pause_s = BACK_OFF_S[min(child.deaths, len(BACK_OFF_S) - 1)]
                child.deaths, child.due_s = child.deaths + 1, now_s + pause_s
                self.say(f"{child.name} ended unexpectedly; starting it again in {pause_s:g} s (see {child.log})")
            elif child.due_s is not None and child.due_s <= now_s:
                child.start()


def _limit(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_AT_MOST_BYTES:
        log.rename(log.with_suffix(".log.1"))


def end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the process that started us ends, however it ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def die_with(parent: int) -> Callable[[], None]:
    """What a child does before its program: take signals again, and be ended by the kernel when its parent dies."""

    def before_exec() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        end_with_parent()
        if os.getppid() != parent:
            os._exit(1)

    return before_exec
