"""Which rows of core's own tables are over, and how the change log is kept short."""

import sqlalchemy as sa

from server.core import changes
from server.core.changes import Change, ChangeMark, ChangeSequence
from server.core.idempotency import RequestKey
from server.core.inbox import Operation, RejectedOperation
from server.core.retention import DAY_MS, PAUSE_S, ROWS_AT_ONCE, Over, end
from server.core.transaction import reading, session, writing

MARKED_EVERY_MS = DAY_MS // 2


def answers(before: int) -> Over:
    """What was answered to operations, but for those that still wait for a person. The rows themselves stay."""
    waits = sa.exists().where(RejectedOperation.operation_id == Operation.id, RejectedOperation.settled_at.is_(None))
    is_told = sa.and_(Operation.received_at < before, Operation.answer.is_not(sa.null()))
    return Over(Operation, sa.and_(is_told, ~waits), values={"answer": sa.null()})


def settled_rejections(before: int) -> Over:
    """Rejected operations that a person has settled; a sale stays, for it explains the gap in its series."""
    is_other = sa.exists().where(Operation.id == RejectedOperation.operation_id, Operation.kind != "sale")
    return Over(RejectedOperation, sa.and_(RejectedOperation.settled_at < before, is_other))


def request_keys(before: int) -> Over:
    """Answers to requests that carried an Idempotency-Key."""
    return Over(RequestKey, RequestKey.answered_at < before)


def shorten_change_log(now: int, days: int) -> int:
    """Drop changes that a later change of the same row makes needless, and those older than so many days.

    A cursor from before what is kept gets 410 and begins with a snapshot. Returns how many rows went; repeats: safe.
    """
    dropped = _drop_superseded()
    _move_kept_from(now - days * DAY_MS)
    with reading():
        kept_from = changes.kept_from()
    dropped += end(Over(Change, Change.seq <= kept_from))
    return dropped + _mark(now, days)


def _drop_superseded() -> int:
    nth = sa.func.row_number().over(
        partition_by=(Change.topic, Change.branch_id, Change.kind, Change.id), order_by=Change.seq.desc()
    )
    counted = sa.select(Change.seq, nth.label("nth")).subquery()
    with reading():
        seqs = list(session().scalars(sa.select(counted.c.seq).where(counted.c.nth > 1)))
    for start in range(0, len(seqs), ROWS_AT_ONCE):
        with writing(pause_s=PAUSE_S):
            part = seqs[start : start + ROWS_AT_ONCE]
            session().execute(sa.delete(Change.__table__).where(Change.seq.in_(part)))
    return len(seqs)


def _move_kept_from(before: int) -> None:
    """The log is kept from what was its head at `before`: said first, so that a killed pass leaves no silent gap."""
    passed = sa.select(sa.func.max(ChangeMark.seq)).where(ChangeMark.noted_at <= before)
    with reading():
        seq, kept_from = session().scalar(passed), changes.kept_from()
    if seq is not None and seq > kept_from:
        with writing():
            session().execute(sa.update(ChangeSequence).values(kept_from=seq))


def _mark(now: int, days: int) -> int:
    """Note where the head stands tonight, and forget marks that were passed; returns how many of those went."""
    with reading():
        head = changes.head()
        last = session().execute(sa.select(ChangeMark).order_by(ChangeMark.noted_at.desc()).limit(1)).scalar()
    if last is None or (last.seq < head and last.noted_at < now - MARKED_EVERY_MS):
        with writing():
            session().add(ChangeMark(noted_at=now, seq=head))
    return end(Over(ChangeMark, ChangeMark.noted_at < now - (days + 1) * DAY_MS))
