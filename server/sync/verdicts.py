"""Verdicts: how judged operations are found, stored and flagged."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.core import flags, rows
from server.core.facts import Fact, Raised
from server.core.inbox import Operation
from server.core.rows import Sheet
from server.core.transaction import connection
from server.devices.models import Terminal

SUBJECTS = {"sale": "sale", "receipt_copy": "receipt_copy"}
"""What a flag of an operation is about, where its kind does not say it: all others are about the operation."""

OPERATION = Operation.__table__
SEEN_AT_ONCE = 1_000
_KNOWN = sa.select(OPERATION.c.id, OPERATION.c.body_hash, OPERATION.c.verdict, OPERATION.c.answer).where(
    OPERATION.c.id.in_(sa.bindparam("ids", expanding=True))
)
_SEQS = (
    sa.select(OPERATION.c.seq)
    .where(OPERATION.c.terminal_id == sa.bindparam("terminal"), OPERATION.c.seq > sa.bindparam("seq"))
    .order_by(OPERATION.c.seq)
    .limit(SEEN_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class Result:
    """The verdict about one operation."""

    id: uuid.UUID
    verdict: str
    flags: tuple[str, ...] = ()
    error: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The wire form."""
        return {"id": str(self.id), "verdict": self.verdict, "flags": list(self.flags), "error": self.error}


def raise_flags(fact: Fact, raised: Sequence[Raised]) -> None:
    """Raise what the booking of a fact found."""
    if raised:
        subject = SUBJECTS.get(fact.kind, "operation")
        flags.raise_flags([(one.kind, subject, str(fact.id), dict(one.detail)) for one in raised])


def store(sheet: Sheet, fact: Fact, raw: Mapping[str, Any], result: Result) -> None:
    """Put the verdict on the sheet that is written in the transaction of its effect."""
    row = {
        "id": fact.id,
        "terminal_id": fact.terminal_id,
        "seq": fact.seq,
        "kind": fact.kind,
        "body_hash": raw["hash"],
        "verdict": result.verdict,
        "answer": {"flags": list(result.flags), "error": result.error},
        "received_at": fact.received_at,
    }
    sheet.add(OPERATION, [row])


def known(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Any]:
    """Operations of these ids that were judged before."""
    return {row.id: row for row in connection().execute(_KNOWN, {"ids": list(ids)})}


def move_mark(terminal_id: int, last_seq: int) -> int:
    """Move a terminal's mark over everything that is here without a gap, and return where it stands."""
    last = last_seq
    for (seq,) in connection().execute(_SEQS, {"terminal": terminal_id, "seq": last}):
        if seq > last + 1:
            break
        last = seq
    if last != last_seq:
        rows.update(Terminal.__table__, [{"id": terminal_id, "last_seq": last}])
    return last
