"""A lane: one thread for a device and what hangs on it, so a dead printer never holds up a scale.

Jobs wait by priority, then in the order in which they came; one is under way at a time.
"""

import logging
import threading
from collections.abc import Mapping

from edge_agent.clock import Clock
from edge_agent.desk import Desk
from edge_agent.devices.base import Device, Failed, Outcome
from edge_agent.job import Job
from edge_agent.spool import SpoolFull

log = logging.getLogger(__name__)
MAX_WAITING = 50
RETRY_PAUSE_MS = 1_000
LOOK_AGAIN_MS = 100
"""While a job waits for its device, or for a job of another lane."""
IDLE_MS = 1_000
AFTER_PATIENCE_MS = 30_000
URGENT = 9
MISTAKE_PAUSE_MS = 5_000


class Lane(threading.Thread):
    """The thread of some devices that share a link."""

    def __init__(self, devices: Mapping[str, Device], desk: Desk, clock: Clock) -> None:
        super().__init__(name=f"lane-{next(iter(devices))}", daemon=True)
        self._devices, self._desk, self._now_ms = devices, desk, clock.boot_ms
        self._jobs: list[Job] = []
        self._changed = clock.condition()
        self._is_ending = False
        self._next_tick_ms = dict.fromkeys(devices, 0)
        self.ticked_ms = self._now_ms()
        """When the lane last came round, for the watchdog."""

    @property
    def depth(self) -> int:
        """How many jobs wait."""
        return len(self._jobs)

    @property
    def is_busy(self) -> bool:
        return self.depth >= MAX_WAITING

    def submit(self, job: Job) -> None:
        """Let a job wait its turn; a `latest_wins` one replaces those of its kind that wait."""
        with self._changed:
            if job.command.job_class == "latest_wins":
                for old in [one for one in self._jobs if _is_same_wish(one, job)]:
                    self._jobs.remove(old)
                    self._desk.drop(old, "replaced")
            self._jobs.append(job)
            self._changed.notify()

    def end(self) -> None:
        """Ask the lane to end."""
        with self._changed:
            self._is_ending = True
            self._changed.notify()

    def run(self) -> None:
        while not self._is_ending:
            job = self._next()
            self.ticked_ms = self._now_ms()
            if job is not None:
                self._do(job)
            self._tick()
        for device in self._devices.values():
            device.close()

    def _next(self) -> Job | None:
        """The next job, waited for until some device wants to look after itself."""
        with self._changed:
            job = self._ready(0)
            if job is None and not self._is_ending:
                self._changed.wait(self._idle_ms() / 1000)
                job = self._ready(0)
            return job

    def _ready(self, prio: int) -> Job | None:
        """Take the first job that may begin, of at least a priority. Holds the lock."""
        now_ms = self._now_ms()
        waiting: set[str] = set()
        for job in sorted(self._jobs, key=lambda one: -one.command.prio):
            device = job.command.device
            if job.command.prio < prio or device in waiting or self._comes_after_another(job, now_ms):
                continue
            if job.not_before_ms > now_ms:
                # Its device cannot now, so those behind it may not overtake.
                waiting.add(device)
                continue
            self._jobs.remove(job)
            return job
        return None

    def _comes_after_another(self, job: Job, now_ms: int) -> bool:
        """Whether a job still waits for the one that it names by `after`: not longer than its patience."""
        if job.command.after is None or now_ms >= job.began_boot_ms + AFTER_PATIENCE_MS or now_ms >= job.ends_boot_ms:
            return False
        return not self._desk.may_begin(job)

    def _idle_ms(self) -> int:
        """Until the next tick, or until a job that waits is worth another look."""
        now_ms = self._now_ms()
        tick_ms = max(0, min(self._next_tick_ms.values()) - now_ms)
        return min(tick_ms, LOOK_AGAIN_MS if self._jobs else IDLE_MS)

    def _do(self, job: Job) -> None:
        try:
            again = self._desk.finish(job, self._outcome(job)) if self._desk.begin(job) else None
        except SpoolFull:
            log.error("the spool is full: job %s stays as the spool has it", job.command.id)
            return
        if again is not None:
            again.not_before_ms = self._now_ms() + RETRY_PAUSE_MS
            with self._changed:
                self._jobs.insert(0, again)
        self._next_tick_ms = dict.fromkeys(self._devices, 0)

    def _outcome(self, job: Job) -> Outcome:
        device = self._devices[job.command.device]
        try:
            return device.run(job.task, _Step(self._desk, job), self._let_urgent_pass)
        except SpoolFull:
            # Nothing leaves that the spool could not write down before.
            return Failed("spool_full", is_retryable=True)
        except Exception:
            # The agent's door for jobs: a mistake of ours must not stop the other jobs of the device.
            log.exception("%s: job %s failed", device.name, job.command.id)
            return Failed("mistake", is_retryable=True)

    def _let_urgent_pass(self) -> None:
        """A drawer opens even while its printer waits for paper."""
        self.ticked_ms = self._now_ms()
        with self._changed:
            urgent = self._ready(URGENT)
        if urgent is not None:
            self._do(urgent)

    def _tick(self) -> None:
        for name, device in self._devices.items():
            if self._next_tick_ms[name] <= self._now_ms() and not self._is_ending:
                self._next_tick_ms[name] = self._now_ms() + _tick_of(device)


class _Step:
    """A job's progress, written by the desk."""

    def __init__(self, desk: Desk, job: Job) -> None:
        self._desk, self._job = desk, job

    def sending(self) -> None:
        self._desk.sending(self._job)

    def sent(self) -> None:
        self._desk.sent(self._job)

    def held(self, reason: str) -> None:
        self._desk.held(self._job, reason)


def _tick_of(device: Device) -> int:
    """Milliseconds until the device's next tick."""
    try:
        return device.tick()
    except Exception:
        # The same door: one device's mistake must not end the lane of the others.
        log.exception("%s: looking after it failed", device.name)
        return MISTAKE_PAUSE_MS


def _is_same_wish(one: Job, other: Job) -> bool:
    return one.command.device == other.command.device and one.command.op == other.command.op
