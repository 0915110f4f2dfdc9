"""The change log: one sequence per tenant that numbers every change of reference data and tells terminals what is new.

A reference row's id is the number of the change that made it, its `rev` the number of the latest one. Topics say who
may read what: a kitchen screen never fetches the catalogue. The sequence is one row, and its lock is held until the
commit, so a lower number can never appear after a higher one was read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core import live
from server.core.db import TenantModel, UtcMs
from server.core.errors import Conflict, Trouble
from server.core.questions import Question
from server.core.tenant import current
from server.core.transaction import after_commit, notes, session

GENERATION_SPAN = 1_000_000_000
"""A restore starts the sequence at generation × this, so no number ever means two things."""


class ChangeSequence(TenantModel):
    """The one row that holds the highest number given."""

    __tablename__ = "change_sequence"
    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    kept_from: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class Change(TenantModel):
    """One change: what, in which topic, for which branch (none: all), put or dropped."""

    __tablename__ = "change"
    __table_args__ = (sa.Index("ix_change_topic_seq", "topic", "seq"),)
    seq: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(sa.String(16))
    branch_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.String(32))
    id: Mapped[str] = mapped_column(sa.String(40))
    rev: Mapped[int] = mapped_column(sa.BigInteger)
    op: Mapped[str] = mapped_column(sa.String(4))


class ChangeMark(TenantModel):
    """Where the sequence stood at an instant, noted once a night: so the log needs no time in each of its rows."""

    __tablename__ = "change_mark"
    noted_at: Mapped[int] = mapped_column(UtcMs, primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger)


_HEAD = Question(sa.select(ChangeSequence.__table__.c.seq))


class CursorTooOld(Trouble):
    """This cursor is older than what is kept: start from a snapshot."""

    status = 410
    code = "reset"


def take(count: int = 1) -> int:
    """Take `count` numbers and return the first of them."""
    query = (
        sa.update(ChangeSequence)
        .where(ChangeSequence.one == 1)
        .values(seq=ChangeSequence.seq + count)
        .returning(ChangeSequence.seq)
    )
    notes()["head"] = None
    return session().execute(query).scalar_one() - count + 1


def ask_head() -> None:
    """Ask for the head together with what else is asked now."""
    known = notes()
    if "asked_head" not in known:
        known["asked_head"] = _HEAD.ask()


def head() -> int:
    """The highest number given so far. A transaction that gives none itself keeps to the one that it saw first."""
    known = notes()
    if "head" not in known:
        ask_head()
        known["head"] = known["asked_head"].rows[0].seq
    # Once numbers were taken it is asked for each time: a savepoint that is rolled back gives them back.
    return _head() if known["head"] is None else int(known["head"])


def _head() -> int:
    return int(_HEAD.rows()[0].seq)


def kept_from() -> int:
    """The cursor from which on the log still tells everything."""
    return session().execute(sa.select(ChangeSequence.kept_from)).scalar_one()


def record(
    topic: str, kind: str, id: int | str, *, seq: int | None = None, op: str = "put", branch_id: int | None = None
) -> int:
    """Write that a row changed and return the change's number, which becomes the row's `rev`.

    A new row passes the number that it took as its id, so that the id is the number of the change that made it.
    """
    number = take() if seq is None else seq
    record_many([(number, topic, kind, str(id), op, branch_id)])
    return number


def record_many(rows: Sequence[tuple[int, str, str, str, str, int | None]]) -> None:
    """Write many changes (seq, topic, kind, id, op, branch_id) at once: imports, seeds."""
    session().execute(
        sa.insert(Change),
        [
            {"seq": seq, "topic": topic, "kind": kind, "id": id, "rev": seq, "op": op, "branch_id": branch_id}
            for seq, topic, kind, id, op, branch_id in rows
        ],
    )
    _hint_after_commit(max(row[0] for row in rows))


def since(cursor: int, topics: Sequence[str], *, branch_id: int | None, limit: int) -> tuple[list[Change], bool]:
    """Changes above a cursor in some topics, in order, and whether more follow. Raises CursorTooOld."""
    if cursor < kept_from():
        raise CursorTooOld(params={"reset": True})
    query = sa.select(Change).where(Change.seq > cursor, Change.topic.in_(topics))
    if branch_id is not None:
        query = query.where(sa.or_(Change.branch_id.is_(None), Change.branch_id == branch_id))
    rows = list(session().scalars(query.order_by(Change.seq).limit(limit + 1)))
    return rows[:limit], len(rows) > limit


def expect_rev(row_rev: int, sent_rev: int | None) -> None:
    """Optimistic lock: refuse a change that was made on an older state. Raises Conflict."""
    if sent_rev is not None and sent_rev != row_rev:
        raise Conflict(params={"rev": row_rev})


def _hint_after_commit(seq: int) -> None:
    tenant = current()
    after_commit(lambda: live.publish(tenant, "hint", {"cursor": seq}))
