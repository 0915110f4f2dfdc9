"""Time that passes only when the simulator lets it, with greenlets in the place of threads.

What waits (an event, a condition, a sleep) gives way to the scheduler and goes on when its time has come. Everything
happens in one thread, in an order that follows from the seed alone.
"""

import contextlib
import functools
import heapq
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import greenlet

FINE_MS = 15_000
"""How much of a long jump is played event by event; the rest passes at once, as for machines that were asleep."""

STRETCH, LOOKS_FROM_S = 10, 0.1
"""Waits that look after something every now and then may come late: ten times, as on a busy machine."""

PLAYED_AT_MOST = 5_000
"""Events of one step: more of them is a machine that never comes to rest."""


class Crashed(BaseException):
    """A process is gone in the middle of what it did. No handler of errors may take it for one."""


class Deadline:
    """Counts the points where a process may die, and lets it die at the one that was chosen."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._counts = True

    @contextlib.contextmanager
    def only_within(self, *, counts: bool) -> Iterator[None]:
        """Whether points count within this block."""
        before, self._counts = self._counts, counts
        try:
            yield
        finally:
            self._counts = before

    def set(self, points: int | None) -> None:
        """Die at the nth point from now, or not at all."""
        self._left = points

    def passes(self, point: str) -> None:
        """A point. Raises Crashed at the chosen one."""
        if self._left is not None and self._counts:
            self._left -= 1
            if self._left <= 0:
                self._left = None
                raise Crashed(point)

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function with a point before and one after it."""

        @functools.wraps(function)
        def may_die(*args: Any, **kwargs: Any) -> Any:
            self.passes(f"before {function.__name__}")
            answer = function(*args, **kwargs)
            self.passes(f"after {function.__name__}")
            return answer

        return may_die


class VirtualTime:
    """The true time of the simulated world, in milliseconds UTC, and what shall happen in it."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self.played_ms = 0
        """How much time has passed event by event."""
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._hub = greenlet.getcurrent()

    def after(self, ms: int, call: Callable[[], None]) -> None:
        """Let something happen in a while."""
        heapq.heappush(self._events, (self.now_ms + max(0, ms), next(self._order), call))

    def pass_by(self, ms: int) -> None:
        """Let time go on, and everything happen that falls into it."""
        end = self.now_ms + ms
        self.played_ms += min(ms, FINE_MS)
        self._play(min(end, self.now_ms + FINE_MS))
        if self.now_ms < end:
            self.now_ms = end
            self._play(end)

    def settle(self, ms: int) -> None:
        """Let a long while go by event by event, however long it is."""
        end = self.now_ms + ms
        self.played_ms += ms
        while self.now_ms < end:
            self._play(min(end, self.now_ms + FINE_MS))

    def start(self, work: Callable[[], None]) -> "Worker":
        """Begin something that may wait, beside everything else."""
        worker = Worker(work, self)
        self.after(0, worker.go_on)
        return worker

    def let_pass(self, ms: float) -> None:
        """Wait inside a worker; elsewhere time simply goes on without events."""
        worker = Worker.current()
        if worker is None:
            self.now_ms += int(ms)
            return
        self.after(int(ms), worker.go_on)
        worker.give_way()

    def _play(self, until_ms: int) -> None:
        for _ in range(PLAYED_AT_MOST):
            if not self._events or self._events[0][0] > until_ms:
                self.now_ms = max(self.now_ms, until_ms)
                return
            at_ms, _, call = heapq.heappop(self._events)
            self.now_ms = max(self.now_ms, at_ms)
            call()
        raise AssertionError(f"{PLAYED_AT_MOST} events in one step: something never comes to rest")


class Worker:
    """A greenlet in the place of a thread."""

    def __init__(self, work: Callable[[], None], time: VirtualTime) -> None:
        self._greenlet = greenlet.greenlet(work)
        self._greenlet.worker = self  # type: ignore[attr-defined]
        self._time = time

    @staticmethod
    def current() -> "Worker | None":
        """The worker that runs now, if it is none of the scheduler's own steps."""
        return getattr(greenlet.getcurrent(), "worker", None)

    @property
    def is_over(self) -> bool:
        return bool(self._greenlet.dead)

    def go_on(self) -> None:
        """Run until it waits again."""
        if not self.is_over:
            self._greenlet.parent = greenlet.getcurrent()
            self._greenlet.switch()

    def give_way(self) -> None:
        """Hand over to whoever let this worker run."""
        self._greenlet.parent.switch()

    def kill(self) -> None:
        """End it where it stands, as a power cut does."""
        if not self.is_over:
            self._greenlet.parent = greenlet.getcurrent()
            self._greenlet.throw(greenlet.GreenletExit)


class VirtualEvent:
    """`threading.Event` in virtual time."""

    def __init__(self, time: VirtualTime, stretched_from_s: float = 1.0) -> None:
        self._time = time
        self._stretched_from_s = stretched_from_s
        self._is_set = False
        self._waiters: list[Callable[[], None]] = []

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        self.wake()

    def clear(self) -> None:
        self._is_set = False

    def wake(self) -> None:
        """Let everyone go on who waits."""
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            self._time.after(0, waiter)

    def wait(self, timeout_s: float | None = None) -> bool:
        worker = Worker.current()
        if self._is_set or worker is None:
            return self._is_set
        woken = _Once(worker.go_on)
        self._waiters.append(woken)
        if timeout_s is not None:
            stretch = STRETCH if timeout_s >= self._stretched_from_s else 1
            self._time.after(int(timeout_s * 1000) * stretch, woken)
        worker.give_way()
        return self._is_set


class VirtualCondition:
    """`threading.Condition` in virtual time: nothing else runs meanwhile, so its lock is none."""

    def __init__(self, time: VirtualTime) -> None:
        self._event = VirtualEvent(time, LOOKS_FROM_S)

    def __enter__(self) -> "VirtualCondition":
        return self

    def __exit__(self, *_: Any) -> None:
        return None

    def notify(self, n: int = 1) -> None:
        self._event.wake()

    def wait(self, timeout_s: float | None = None) -> bool:
        return self._event.wait(timeout_s)


class _Once:
    """Called by a wake-up and by a time-out, whichever is first."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def __call__(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()
