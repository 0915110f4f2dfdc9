"""The desk: every job's way through the spool. Judges what arrives, begins, settles and reports it.

What each stage means for a job that is found again after a restart:

    queued, claimed    nothing has left: it goes on, if it still lives
    sending, sent,     something may be on paper: `once` waits for a person as uncertain, `at_least_once` repeats
    held               with a mark, `never_late` has failed
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from edge_agent.clock import Clock
from edge_agent.devices.base import Done, Failed, Interrupted, Later, Outcome, Uncertain
from edge_agent.job import Job, Refused, told_stage, understood
from edge_agent.server_time import ServerTime
from edge_agent.spool import Report, Spool, SpoolFull, Stored
from edge_agent.wire import MAX_ATTEMPTS, Ack, Command, JobRule, Stage, utc_ms

log = logging.getLogger(__name__)
UNSPOOLED_N = 2**31 - 1
"""The number of a report that could not be kept: no other ever has it."""
WALL_SLACK_MS = 2_000
"""Two synchronised clocks differ by less."""


class Mailbox(Protocol):
    """The post, as the desk sees it."""

    server_time: ServerTime
    """What the server's clock shows."""

    def wake(self) -> None:
        """Something new is in the spool."""
        ...

    def tell_now(self, ack: Ack) -> None:
        """A report for which the spool has no room."""
        ...


class Desk:
    """Between transport, spool and lanes."""

    def __init__(
        self, spool: Spool, clock: Clock, ops_of: Mapping[str, tuple[str, ...]], session: Callable[[], int],
        post: Mailbox,
    ) -> None:  # fmt: skip
        self._spool, self._clock, self._ops_of = spool, clock, ops_of
        self._session, self._post = session, post

    # What arrives

    def receive(self, command: Command, expiry_s: int | None, is_busy: bool) -> Job | None:
        """Judge a command and keep it. None when there is nothing to do (a second copy, or refused)."""
        if command.seq == 0:
            return self._momentary(command)
        there = self._spool.find(command.id)
        if there is not None:
            self._again(there, command)
            return None
        now_ms = self._clock.boot_ms()
        life_ms = self._life_of(command, expiry_s, now_ms)
        if life_ms is None:
            log.info("job %s waits for the server's time", command.id)
            return None
        stored = Stored(
            command, command.digest, self._clock.boot_id, now_ms, self._clock.wall_ms(), life_ms, "queued", 1, None
        )
        try:
            job = self._judged(stored, is_busy)
            if self._spool.take(stored, self._report(command.id, "received", 0)) is not None:
                return None
        except Refused as refusal:
            self._refuse(command.id, refusal.reason)
            return None
        except SpoolFull:
            self._refuse(command.id, "spool_full")
            return None
        self._post.wake()
        return job

    def resume(self) -> list[Job]:
        """The jobs that go on after a restart; what cannot go on is settled and reported."""
        return [job for stored in self._spool.open_commands() if (job := self._resumed(stored)) is not None]

    def forget(self, ids: tuple[str, ...]) -> None:
        """The server has settled these: they are not asked about any more."""
        for command_id in ids:
            there = self._spool.find(command_id)
            if there is not None and there.stage in ("queued", "claimed", "uncertain", "held"):
                self._spool.advance(
                    command_id, "expired", self._clock.wall_ms(), attempt=there.attempt, reason="forgotten"
                )

    # A job under way

    def begin(self, job: Job) -> bool:
        """Claim a job; False when its time is over or the server has settled it."""
        if not job.is_recorded:
            return self._clock.boot_ms() < job.ends_boot_ms
        there = self._spool.find(job.command.id)
        if there is None or there.stage not in ("queued", "claimed"):
            return False
        if self._clock.boot_ms() >= job.ends_boot_ms:
            self._advance(job, "expired", self._report(job.command.id, "expired", job.attempt))
            return False
        self._advance(job, "claimed", None)
        return True

    def sending(self, job: Job) -> None:
        """On disk before the first byte leaves."""
        self._advance(job, "sending", self._report(job.command.id, "started", job.attempt))

    def sent(self, job: Job) -> None:
        """All bytes are with the device."""
        self._advance(job, "sent", None)

    def held(self, job: Job, reason: str) -> None:
        """A person has to help; told once for each reason."""
        if job.waits_for != reason:
            job.waits_for = reason
            self._advance(job, "held", self._report(job.command.id, "held", job.attempt, reason=reason))

    def finish(self, job: Job, outcome: Outcome) -> Job | None:
        """Settle a job by its outcome. The job again when the lane shall try once more."""
        match outcome:
            case Done(is_confirmed):
                report = self._report(job.command.id, "done", job.attempt, confirmed=is_confirmed)
                self._advance(job, "done", report)
            case Later(reason):
                return self._put_back(job, reason)
            case Failed(reason, is_retryable):
                self._fail(job, reason, is_retryable)
            case Uncertain(bytes_sent, reason):
                return self._doubt(job, bytes_sent, reason)
            case Interrupted():
                log.info("%s: the agent ends while %s is under way", job.command.device, job.command.id)
        return None

    def drop(self, job: Job, reason: str) -> None:
        """A newer one has replaced it."""
        self._advance(job, "expired", self._report(job.command.id, "expired", job.attempt, reason=reason))

    def may_begin(self, job: Job) -> bool:
        """Whether the job that this one comes after is settled."""
        before = self._spool.find(job.command.after) if job.command.after else None
        return before is None or before.stage in ("done", "failed", "expired", "rejected", "uncertain")

    # Judging

    def _momentary(self, command: Command) -> Job | None:
        if command.op not in self._ops_of.get(command.device, ()):
            return None
        try:
            args, rule = understood(command)
        except Refused:
            return None
        return Job(command, args, rule, self._clock.boot_ms(), self._clock.boot_ms() + command.ttl_ms)

    def _judged(self, stored: Stored, is_busy: bool) -> Job:
        """Raises: Refused."""
        command = stored.command
        if not command.has_right_digest:
            raise Refused("bad_digest")
        if command.device not in self._ops_of:
            raise Refused("unknown_device")
        if command.op not in self._ops_of[command.device]:
            raise Refused("unsupported")
        args, rule = understood(command)
        if is_busy and command.prio < 9:
            raise Refused("busy")
        if stored.life_ms <= 0 or self._is_past(command, rule):
            raise Refused("too_late")
        received_ms = stored.received_boot_ms
        return Job(command, args, rule, received_ms, received_ms + stored.life_ms)

    def _life_of(self, command: Command, expiry_s: int | None, now_ms: int) -> int | None:
        """What is left of a command's life, wherever it waited. Units: milliseconds.

        None for a drawer that comes before the server has told its time: it answers the greeting in a moment, and
        sends what was not begun once more.
        """
        life_ms = command.ttl_ms if expiry_s is None else min(command.ttl_ms, expiry_s * 1000)
        if command.expires_at is None:
            return life_ms
        server_ms = self._post.server_time.at_most(now_ms)
        if server_ms is None:
            return None if command.job_class == "never_late" else life_ms
        return min(life_ms, utc_ms(command.expires_at) - server_ms)

    def _is_past(self, command: Command, rule: JobRule) -> bool:
        """By the wall clock, where it is right: a message that a broker kept too long."""
        age_ms = self._clock.wall_ms() - utc_ms(command.created_at)
        return self._clock.is_synced() and age_ms > max(rule.ttl_ms, command.ttl_ms) + WALL_SLACK_MS

    def _again(self, there: Stored, command: Command) -> None:
        if there.digest != command.digest:
            log.warning("job %s came again with other arguments", command.id)
            self._tell(self._report(command.id, "rejected", 0, reason="id_reuse"))
            return
        of_stage = told_stage(there.stage)
        self._tell(self._report(command.id, "duplicate", there.attempt, reason=there.reason, of_stage=of_stage))

    def _refuse(self, command_id: str, reason: str) -> None:
        """Refused jobs leave no row: the server may send the same one again when the reason is gone."""
        log.warning("job %s refused: %s", command_id, reason)
        stage: Stage = "expired" if reason == "too_late" else "rejected"
        self._tell(self._report(command_id, stage, 0, reason=reason, retryable=reason in ("busy", "spool_full")))

    # After a restart

    def _resumed(self, stored: Stored) -> Job | None:
        try:
            args, rule = understood(stored.command)
        except Refused:
            return None
        received_ms = stored.received_boot_ms
        job = Job(stored.command, args, rule, received_ms, received_ms + stored.life_ms, stored.attempt)
        if stored.stage in ("sending", "sent", "held"):
            return self._doubt(job, 0, "interrupted")
        if stored.stage == "uncertain":
            return None
        return self._still_lives(job, stored)

    def _still_lives(self, job: Job, stored: Stored) -> Job | None:
        if stored.boot_id == self._clock.boot_id:
            return job
        if stored.command.job_class == "never_late":
            self._advance(job, "expired", self._report(job.command.id, "expired", job.attempt, reason="restarted"))
            return None
        if stored.command.job_class == "once" and not self._clock.is_synced():
            self._fail(job, "age_unknown", is_retryable=True)
            return None
        left_ms = stored.received_at_ms + stored.life_ms - self._clock.wall_ms()
        return replace(job, ends_boot_ms=self._clock.boot_ms() + min(max(0, left_ms), stored.life_ms))

    # Settling

    def _put_back(self, job: Job, reason: str) -> Job:
        if job.waits_for != reason:
            job.waits_for = reason
            self._advance(job, "queued", self._report(job.command.id, "held", job.attempt, reason=reason))
        else:
            self._advance(job, "queued", None)
        return job

    def _fail(self, job: Job, reason: str, is_retryable: bool) -> None:
        report = self._report(job.command.id, "failed", job.attempt, reason=reason, retryable=is_retryable)
        self._advance(job, "failed", report)

    def _doubt(self, job: Job, bytes_sent: int, reason: str) -> Job | None:
        """What nobody can know: a person is asked, or it repeats with a mark, or it is over."""
        if job.rule.when_uncertain == "repeat" and job.attempt < MAX_ATTEMPTS:
            job.attempt, job.mark, job.waits_for = job.attempt + 1, True, None
            self._advance(job, "queued", self._report(job.command.id, "started", job.attempt, reason="repeated"))
            return job
        if job.rule.when_uncertain == "drop":
            self._fail(job, reason, is_retryable=False)
            return None
        report = self._report(job.command.id, "uncertain", job.attempt, reason=reason, bytes_sent=bytes_sent)
        self._advance(job, "uncertain", report)
        return None

    def _advance(self, job: Job, stage: str, report: Report[Ack] | None) -> None:
        if job.is_recorded:
            self._spool.advance(
                job.command.id, stage, self._clock.wall_ms(), attempt=job.attempt, reason=job.waits_for, report=report
            )
            self._post.wake()

    def _tell(self, report: Report[Ack]) -> None:
        try:
            self._spool.keep(report)
        except SpoolFull:
            log.error("the spool is full")
            self._post.tell_now(report.make(UNSPOOLED_N))
        self._post.wake()

    def _report(
        self, command_id: str, stage: Stage, attempt: int, *,
        reason: str | None = None, confirmed: bool | None = None, retryable: bool | None = None,
        of_stage: str | None = None, bytes_sent: int | None = None,
    ) -> Report[Ack]:  # fmt: skip
        def make(n: int) -> Ack:
            return Ack(
                cmd_id=command_id, stage=stage, n=n, attempt=attempt, boot_id=self._clock.boot_id,
                session=self._session(), confirmed=confirmed, reason=reason, retryable=retryable,
                of_stage=of_stage, bytes_sent=bytes_sent,
            )  # fmt: skip

        return Report("ack", make, self._clock.boot_id, self._clock.boot_ms(), self._clock.wall_ms())
