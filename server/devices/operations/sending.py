"""Jobs on their way: what is due, sent, sent again, expired. The bridge calls these and owns only the connection."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm

from edge_agent import wire
from server.core import clock, outbox
from server.core.questions import Question
from server.core.tenant import current
from server.core.transaction import connection, session
from server.devices import queries
from server.devices.models import Agent, BrokerCredential, Device, DeviceJob
from server.devices.operations.jobs import tell_stage
from server.stores.models import Branch

RESEND_MS = (2_000, 5_000, 15_000, 60_000)
"""Pauses between sendings until the agent has said `received`."""

SILENCE_MS = 60_000
"""How long after a job's life an agent that has it may stay silent before a person is asked."""

UNSENT = "queued"
TAKEN = ("received", "started", "held")
_WAS_SENT = DeviceJob.seq.is_not(None)

# Statements of the bridge's look are built once: for a tenant with little to do, building would be a third of its time.
_NOW = sa.bindparam("now", type_=sa.BigInteger)
_IS_SENDABLE = (
    DeviceJob.is_open & (DeviceJob.due_at <= _NOW) & (DeviceJob.stage == UNSENT) & (DeviceJob.expires_at > _NOW)
) & (Agent.is_online & Agent.disabled_at.is_(None))
_IS_OVER = DeviceJob.is_open & (
    ((DeviceJob.stage == UNSENT) & (DeviceJob.expires_at <= _NOW))
    | (DeviceJob.stage.in_(TAKEN) & (DeviceJob.expires_at <= _NOW - SILENCE_MS))
)
_OUTLOOK = Question(
    sa.select(
        sa.select(DeviceJob.id).join(Agent).where(_IS_SENDABLE).exists().label("is_sendable"),
        sa.select(DeviceJob.id).where(_IS_OVER).exists().label("is_over"),
        sa.select(BrokerCredential.agent_id).where(BrokerCredential.due_at <= _NOW).exists().label("is_wish_due"),
    )
)


_WHEN = sa.case(
    ((DeviceJob.stage == UNSENT) & Agent.is_online & (DeviceJob.due_at < DeviceJob.expires_at), DeviceJob.due_at),
    (DeviceJob.stage == UNSENT, DeviceJob.expires_at),
    else_=DeviceJob.expires_at + SILENCE_MS,
)
_NEXT = Question(
    sa.select(sa.func.min(_WHEN).label("at"))
    .select_from(DeviceJob)
    .join(Agent)
    .where(DeviceJob.is_open, DeviceJob.stage.in_([UNSENT, *TAKEN]))
)
_TAKE_NUMBERS = sa.update(Agent).where(Agent.id == sa.bindparam("agent")).returning(Agent.last_seq)
_TAKE_NUMBERS = _TAKE_NUMBERS.values(last_seq=Agent.last_seq + sa.bindparam("count"))
_HOME = sa.orm.aliased(Agent)
_JOBS = sa.select(
    DeviceJob.id,
    DeviceJob.agent_id,
    DeviceJob.terminal_id,
    DeviceJob.op,
    DeviceJob.job_class.label("job_class"),
    DeviceJob.prio,
    DeviceJob.args,
    DeviceJob.digest,
    DeviceJob.created_at,
    DeviceJob.expires_at,
    DeviceJob.seq,
    DeviceJob.sends,
    Device.name.label("device"),
    _HOME.key.label("agent"),
    Branch.code.label("branch"),
)
_JOBS = _JOBS.join(Device, Device.id == DeviceJob.device_id).join(_HOME, _HOME.id == Device.agent_id)
_JOBS = _JOBS.join(Branch, Branch.id == _HOME.branch_id)
_DUE = _JOBS.join(Agent, Agent.id == DeviceJob.agent_id).where(_IS_SENDABLE)
# What was posted in one push goes out in the order in which it happened: the older fact's job ends earlier.
_DUE = _DUE.order_by(DeviceJob.prio.desc(), DeviceJob.created_at, DeviceJob.expires_at, DeviceJob.id)
_DUE = _DUE.limit(sa.bindparam("limit"))
_TO_RESEND = _JOBS.where(
    DeviceJob.agent_id == sa.bindparam("agent_id"),
    DeviceJob.is_open,
    DeviceJob.expires_at > _NOW,
    DeviceJob.stage.in_([UNSENT, "received"]),
    _WAS_SENT | (DeviceJob.due_at <= _NOW),
)
_SENT = sa.update(DeviceJob).where(DeviceJob.id == sa.bindparam("of"))
_SENT = _SENT.values({name: sa.bindparam(name) for name in ("seq", "due_at", "sends", "sent_at")})

Job = sa.Row[Any]
"""What is sent of a job: bare values, for a bridge sends hundreds a second and changes four of them."""


@dataclass(frozen=True)
class Outgoing:
    """A command and the agent that it goes to."""

    address: wire.Address
    command: wire.Command


@dataclass(frozen=True)
class Outlook:
    """What there is to do for a tenant now: jobs to send, jobs to end, credentials to make."""

    is_sendable: bool
    is_over: bool
    is_wish_due: bool


def outlook() -> Outlook:
    """One look at the whole outbox, which most tenants need alone."""
    (found,) = _OUTLOOK.rows(now=clock.now_ms())
    return Outlook(*map(bool, found))


def due_jobs(limit: int = 100) -> list[Job]:
    """Jobs to send now, drawers first: not yet received, alive, their agent is there; none where none may leave."""
    if not outbox.may_leave(current()):
        return []
    session().flush()
    return list(connection().execute(_DUE, {"now": clock.now_ms(), "limit": limit}))


def mark_sent(jobs: Sequence[Job]) -> list[Outgoing]:
    """Number the jobs (at their first sending), note the sending, and give the commands in that order.

    Publish after the commit: a crash in between only sends them again. The next sending is due by growing pauses, of
    which whoever sends gives the hint.
    """
    if not jobs:
        return []
    now, slug = clock.now_ms(), current().slug
    numbers = _numbers(jobs)
    changes = [
        {
            "of": job.id,
            "seq": numbers[job.id],
            "due_at": now + RESEND_MS[min(job.sends, len(RESEND_MS) - 1)],
            "sends": job.sends + 1,
            "sent_at": now,
        }
        for job in jobs
    ]
    connection().execute(_SENT, changes)
    return [
        Outgoing(wire.Address(slug, job.branch.lower(), job.agent), _command(job, numbers[job.id], now)) for job in jobs
    ]


def jobs_to_resend(agent: Agent) -> list[Job]:
    """After an agent has connected: every living job that it has not begun, in the order of `seq`; new ones last."""
    if not outbox.may_leave(current()) or agent.disabled_at is not None:
        return []
    session().flush()
    rows = connection().execute(_TO_RESEND, {"agent_id": agent.id, "now": clock.now_ms()})
    return sorted(rows, key=_sending_order)


def _sending_order(job: Job) -> tuple[Any, ...]:
    return (job.seq is None, job.seq or 0, -job.prio, job.created_at, job.expires_at, job.id.bytes)


def expire_jobs() -> int:
    """End what lived too long: never sent or never received is expired, and what an agent took and kept silent about
    is unclear, for a person to settle; a drawer or bell simply did not happen. Returns how many changed."""
    query = sa.select(DeviceJob).where(_IS_OVER).order_by(DeviceJob.expires_at).limit(500)
    jobs = list(session().scalars(query, {"now": clock.now_ms()}))
    for job in jobs:
        is_asked = job.stage in TAKEN and job.job_class == "once"
        job.stage = "uncertain" if is_asked else "expired"
        job.reason = "not_delivered" if job.reported_n == 0 else "agent_silent"
        job.is_open = is_asked
        tell_stage(job)
    session().flush()
    return len(jobs)


def next_due_at() -> int | None:
    """When this tenant has something to do next: a job to send to an agent that is there, or the end of one."""
    found: int | None = _NEXT.rows()[0].at
    return found


def forgettable(agent: Agent, ids: Iterable[str]) -> list[str]:
    """Which of the jobs that an agent holds open are settled here, or unknown: it may drop what it has of them."""
    wanted = [value for value in ids if _is_uuid(value)]
    rows = queries.jobs_by_id(uuid.UUID(value) for value in wanted)
    kept = {str(row.id) for row in rows.values() if row.agent_id == agent.id and row.settled_at is None}
    return [value for value in wanted if value not in kept]


def _numbers(jobs: Sequence[Job]) -> dict[uuid.UUID, int]:
    """The number of each job: the one that it has, or the next of its agent."""
    found = {job.id: job.seq for job in jobs}
    fresh: dict[int, list[uuid.UUID]] = defaultdict(list)
    for job in jobs:
        if job.seq is None:
            fresh[job.agent_id].append(job.id)
    for agent_id, waiting in fresh.items():
        last = connection().execute(_TAKE_NUMBERS, {"agent": agent_id, "count": len(waiting)}).scalar_one()
        found.update(zip(waiting, range(last - len(waiting) + 1, last + 1), strict=True))
    return found


def _command(job: Job, seq: int, now: int) -> wire.Command:
    return wire.Command(
        id=str(job.id),
        op=job.op,
        device=job.device,
        job_class=job.job_class,
        seq=seq,
        prio=job.prio,
        created_at=wire.utc_text(job.created_at),
        ttl_ms=max(1, job.expires_at - now),
        expires_at=wire.utc_text(job.expires_at),
        args=job.args,
        digest=job.digest,
        origin=wire.Origin(terminal=None if job.terminal_id is None else str(job.terminal_id)),
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
