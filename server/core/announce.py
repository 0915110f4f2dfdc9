"""Modules react upward to each other: an event is announced, and the functions of `server/reactions.py` answer.

In a request an error of a reaction propagates. For a pushed fact each reaction runs in a savepoint of its own: a
failing one leaves the flag `reaction_failed` and a row that is tried again, since a mistake in delivery code must not
refuse a completed sale.
"""

import dataclasses
import importlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from flask import current_app, g
from sqlalchemy.orm import Mapped, mapped_column

from server.core import clock, flags, outbox
from server.core.db import Id, TenantModel, UtcMs
from server.core.ids import new_id
from server.core.questions import Question
from server.core.tenant import current
from server.core.transaction import savepoint, session

PAUSES_MS = (10_000, 60_000, 600_000, 3_600_000)

log = structlog.get_logger()

Reaction = Callable[[Any], None]


class ReactionDue(TenantModel):
    """A reaction that failed and is tried again until its cause is mended."""

    __tablename__ = "reaction_due"
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    event: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    reaction: Mapped[str] = mapped_column(sa.String(160))
    flag_id: Mapped[uuid.UUID] = mapped_column(Id)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[int] = mapped_column(UtcMs, index=True)


_DUE = Question(sa.select(ReactionDue.id).where(ReactionDue.due_at <= sa.bindparam("now")).limit(1))


class pushed_facts:
    """Within this block a failing reaction is kept for later instead of refusing the fact."""

    def __enter__(self) -> None:
        g.reactions_kept = True

    def __exit__(self, *_: object) -> None:
        g.reactions_kept = False


def announce(event: Any) -> None:
    """Let every reaction to this event run, in the order of the table."""
    for reaction in _table().get(type(event), ()):
        if g.get("reactions_kept"):
            _react_apart(reaction, event)
        else:
            reaction(event)


def has_due(now: int) -> bool:
    """Whether a failed reaction is due again."""
    return bool(_DUE.rows(now=now))


def retry_due(now: int) -> int:
    """Try the failed reactions that are due again; returns how many succeeded. Repeats: safe."""
    rows = session().scalars(sa.select(ReactionDue).where(ReactionDue.due_at <= now).limit(100)).all()
    return sum(_retry(row, now) for row in rows)


def _react_apart(reaction: Reaction, event: Any) -> None:
    try:
        with savepoint():
            reaction(event)
    except Exception as error:  # the door of reactions: kept for later, never a reason to refuse a fact
        name = f"{reaction.__module__}:{reaction.__name__}"
        log.error("reaction_failed", tenant=current().slug, reaction=name, error=repr(error))
        _keep(event, name)


def _keep(event: Any, name: str) -> None:
    now = clock.now_ms()
    body = dataclasses.asdict(event)
    subject = body.get("sale_id") or body.get("id") or ""
    flag_id = flags.raise_flag("reaction_failed", "event", str(subject), {"reaction": name})
    due = ReactionDue(
        id=new_id(now),
        event=_name_of(type(event)),
        body=_plain(body),
        reaction=name,
        flag_id=flag_id,
        due_at=now + PAUSES_MS[0],
    )
    session().add(due)
    session().flush()
    outbox.posted(due.due_at)


def _retry(row: ReactionDue, now: int) -> bool:
    try:
        with savepoint():
            _load(row.reaction)(_load(row.event)(**row.body))
    except Exception as error:  # still broken: wait longer, keep it
        log.error("reaction_failed_again", tenant=current().slug, reaction=row.reaction, error=repr(error))
        row.tries += 1
        row.due_at = now + PAUSES_MS[min(row.tries, len(PAUSES_MS) - 1)]
        return False
    flags.settle(row.flag_id, by=None, note="done later")
    session().delete(row)
    return True


def _table() -> Mapping[type, Sequence[Reaction]]:
    return current_app.extensions["aisales_reactions"]  # type: ignore[no-any-return]


def _name_of(kind: type) -> str:
    return f"{kind.__module__}:{kind.__name__}"


def _load(name: str) -> Any:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
