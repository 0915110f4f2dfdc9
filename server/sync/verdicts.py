"""Verdicts: how judged operations are found, stored and flagged."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.core import flags
from server.core.facts import Fact, Raised
from server.core.inbox import Operation
from server.core.questions import Answer, Question
from server.core.rows import Sheet
from server.devices.models import Terminal

SUBJECTS = {"sale": "sale", "receipt_copy": "receipt_copy"}
"""What a flag of an operation is about, where its kind does not say it: all others are about the operation."""

OPERATION, TERMINAL = Operation.__table__, Terminal.__table__
SEEN_AT_ONCE = 1_000
_KNOWN = Question(
    sa.select(OPERATION.c.id, OPERATION.c.body_hash, OPERATION.c.verdict, OPERATION.c.answer).where(
        OPERATION.c.id.in_(sa.bindparam("ids", expanding=True))
    )
)
_BEYOND = Question(
    sa.select(OPERATION.c.seq)
    .join(TERMINAL, TERMINAL.c.id == OPERATION.c.terminal_id)
    .where(TERMINAL.c.id == sa.bindparam("terminal"), OPERATION.c.seq > TERMINAL.c.last_seq)
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


def ask_known(ids: Sequence[uuid.UUID]) -> Answer:
    """Ask for operations of these ids that were judged before."""
    return _KNOWN.ask(ids=ids)


def known(asked: Answer) -> dict[uuid.UUID, Any]:
    """What was judged before, by id."""
    return {row.id: row for row in asked.rows}


def ask_beyond(terminal_id: int) -> Answer:
    """Ask for the operations of a terminal that wait beyond its mark, behind a gap."""
    return _BEYOND.ask(terminal=terminal_id)


def write(sheet: Sheet, terminal_id: int, last_seq: int, beyond: Answer) -> int:
    """Write the verdicts, and the terminal's mark over everything that is here without a gap; return where it stands.

    A gap is asked for again.
    """
    last = last_seq
    here = {row.seq for row in beyond.rows} | {row["seq"] for row in sheet.rows_of(OPERATION)}
    for seq in sorted(here):
        if seq > last + 1:
            break
        last = max(last, seq)
    if last != last_seq:
        sheet.change(TERMINAL, [{"id": terminal_id, "last_seq": last}])
    sheet.write()
    return last
