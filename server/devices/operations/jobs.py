"""A wish to a device: posted beside its cause, and settled by a person where nobody can know how it ended."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from edge_agent import wire
from server.core import actor, audit, clock, ids, live, outbox
from server.core.errors import Trouble
from server.core.tenant import current
from server.core.transaction import after_commit, session
from server.devices import queries
from server.devices.models import Device, DeviceJob
from server.devices.paper import test_paper


class JobNotUnclear(Trouble):
    """Only a paper of which nobody knows whether it came out can be settled."""

    status = 409
    code = "job_not_unclear"


class NotAPrinter(Trouble):
    """A test print needs a printer."""

    code = "not_a_printer"


def post_job(
    *,
    job_id: uuid.UUID,
    device_id: int,
    op: wire.Op,
    args: Mapping[str, Any],
    cause_kind: str,
    cause_id: str | uuid.UUID,
    lives_ms: int | None = None,
    copy: int = 0,
    due_at: int | None = None,
) -> bool:
    """Wish something of a device, in the transaction of its cause; False when nothing may leave or its life is over.

    Units: `lives_ms` is what is left of its life; the table of jobs in `edge_agent.wire` says how long at most.
    Repeats: safe by `job_id` (derived from the cause): the first wish stands. Raises NotFound, WireError.
    """
    plain = wire.ARGS[op].from_dict(dict(args)).to_dict()
    rule = wire.rule_for(op, plain.get("kind"))
    life = rule.ttl_ms if lives_ms is None else min(lives_ms, rule.ttl_ms)
    if life <= 0 or not outbox.may_leave(current()):
        return False
    now = clock.now_ms()
    device = queries.device(device_id)
    _insert(
        id=job_id,
        cause_kind=cause_kind,
        cause_id=str(cause_id),
        created_at=now,
        due_at=now if due_at is None else due_at,
        expires_at=now + life,
        agent_id=device.agent_id,
        device_id=device.id,
        terminal_id=actor.current().terminal_id,
        op=op,
        job_class=rule.job_class,
        prio=rule.prio,
        args=plain,
        digest=wire.digest(plain),
        copy=copy,
    )
    outbox.posted(now if due_at is None else due_at)
    return True


def test_print(device: Device) -> uuid.UUID:
    """Print a test page: every letter of our languages, a QR code, a barcode, the cut. Raises NotAPrinter."""
    if device.device_class != "printer":
        raise NotAPrinter
    job_id = ids.new_id()
    args = wire.PrintArgs(kind="test", doc=test_paper(device.name, clock.now_ms()))
    post_job(job_id=job_id, device_id=device.id, op="print", args=args.to_dict(), cause_kind="test", cause_id=job_id)
    audit.write("test_print", "device", device.id)
    return job_id


def settle_job(job: DeviceJob, *, came_out: bool) -> DeviceJob:
    """A person says whether an unclear paper came out. The agent is told to forget it. Raises JobNotUnclear."""
    if job.stage != "uncertain" or job.settled_at is not None:
        raise JobNotUnclear(params={"stage": job.stage})
    job.stage = "done" if came_out else "failed"
    job.reason = "settled_by_person"
    job.came_out, job.is_open = came_out, False
    job.settled_at, job.settled_by = clock.now_ms(), actor.current().person_id
    audit.write("settle_job", "device_job", job.id, after={"came_out": came_out})
    session().flush()
    tell_stage(job)
    return job


def tell_stage(job: DeviceJob) -> None:
    """Let the terminal that wished it know where a job stands; everyone, where no terminal did."""
    tenant = current()
    event = {"id": str(job.id), "op": job.op, "stage": job.stage, "cause_id": job.cause_id}
    terminal_id = job.terminal_id
    after_commit(lambda: live.publish(tenant, "job", event, terminal_id=terminal_id))


def _insert(**values: Any) -> None:
    """Insert unless the id is there. `is_open` and the first stage come from the columns' defaults."""
    dialect = sqlite if current().kind == "sqlite" else postgresql
    statement = dialect.insert(DeviceJob).values(**values)
    session().execute(statement.on_conflict_do_nothing(index_elements=[DeviceJob.id]))
