"""A rejected operation that a person books after all: what a revoked terminal rang, what lacked something then."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.core import actor, audit, clock
from server.core.announce import pushed_facts
from server.core.errors import Conflict, NotFound
from server.core.facts import Fact, Raised
from server.core.inbox import Operation, RejectedOperation
from server.core.transaction import session
from server.devices import queries as devices
from server.sync import verdicts
from server.sync.push import KINDS
from server.values import times


def book_rejected(operation_id: uuid.UUID) -> dict[str, Any]:
    """Judge a kept operation again, whatever became of its terminal, and book it; returns its flags.

    Raises NotFound, Conflict when someone has settled it, NotAFact when it still cannot be what it claims.
    """
    row = session().get(RejectedOperation, operation_id)
    if row is None:
        raise NotFound("no such operation")
    if row.settled_at is not None:
        raise Conflict("someone has settled this operation already", code="settled_already")
    fact = _fact(row)
    with pushed_facts():
        book = KINDS[fact.kind]([fact])
        raised = [*book.record(fact), *_booked_by_hand(row)]
        book.close()
    verdicts.raise_flags(fact, raised)
    found = sorted({one.kind for one in raised})
    accepted = {"verdict": "accepted", "answer": {"flags": found, "error": None}}
    session().execute(sa.update(Operation).where(Operation.id == operation_id).values(accepted))
    row.settled_at, row.settled_by = clock.now_ms(), actor.current().person_id
    session().flush()
    audit.write("book_rejected", "operation", operation_id, after={"kind": fact.kind, "flags": found})
    return {"id": operation_id, "flags": found}


def _booked_by_hand(row: RejectedOperation) -> list[Raised]:
    return [Raised("device_revoked")] if row.error["code"] == "device_revoked" else []


def _fact(row: RejectedOperation) -> Fact:
    said = row.body
    return Fact(
        id=row.operation_id,
        seq=said["seq"],
        kind=said["kind"],
        happened_at=times.from_iso(said["happened_at"]),
        hlc=said["hlc"],
        age_ms=None,
        person_id=said["person_id"],
        shift_id=uuid.UUID(said["shift_id"]) if said["shift_id"] else None,
        body=said["body"],
        terminal_id=row.terminal_id,
        branch_id=devices.terminal(row.terminal_id).branch_id,
        received_at=row.received_at,
    )
