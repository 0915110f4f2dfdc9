"""Flags and rejected operations: what waits for a person, and how that person has decided."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from server.core import actor, audit, clock, flags, paging
from server.core.errors import NotFound
from server.core.flags import Flag
from server.core.inbox import RejectedOperation
from server.core.transaction import session
from server.devices import queries as devices
from server.staff import queries as staff

FIELDS = ("id", "kind", "subject_kind", "subject_id", "detail", "raised_at", "settled_at", "settled_by", "note")
REJECTED = ("operation_id", "terminal_id", "body", "error", "received_at", "settled_at", "settled_by")


def list_flags(*, open: bool, kind: str | None, q: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of flags, the newest first; `q` is a part of the subject's id."""
    query = sa.select(Flag)
    if open:
        query = query.where(Flag.settled_at.is_(None))
    if kind is not None:
        query = query.where(Flag.kind == kind)
    if q:
        query = query.where(Flag.subject_id.contains(q, autoescape=True))
    rows, following = paging.page(query, [(Flag.raised_at, True), (Flag.id, True)], limit=limit, cursor=cursor)
    return {"rows": _named(rows), "next": following}


def settle_flag(flag_id: uuid.UUID, note: str) -> dict[str, Any]:
    """Someone has looked. Safe to repeat: the first settlement stands. Raises NotFound."""
    flags.settle(flag_id, by=actor.current().person_id, note=note)
    session().flush()
    audit.write("settle_flag", "flag", flag_id, after={"note": note})
    return _named([session().get_one(Flag, flag_id)])[0]


def list_rejected(*, open: bool, q: str, limit: int, cursor: str | None) -> dict[str, Any]:
    """A page of rejected operations, the newest first."""
    row = RejectedOperation
    query = sa.select(row)
    if open:
        query = query.where(row.settled_at.is_(None))
    order = [(row.received_at, True), (row.operation_id, True)]
    rows, following = paging.page(query, order, limit=limit, cursor=cursor)
    return {"rows": _with_terminals(rows), "next": following}


def settle_rejected(operation_id: uuid.UUID, note: str) -> dict[str, Any]:
    """Someone has decided what becomes of it. Safe to repeat: the first settlement stands. Raises NotFound."""
    row = session().get(RejectedOperation, operation_id)
    if row is None:
        raise NotFound("no such operation")
    if row.settled_at is None:
        row.settled_at, row.settled_by = clock.now_ms(), actor.current().person_id
        session().flush()
        audit.write("settle_rejected", "operation", operation_id, after={"note": note})
    return _with_terminals([row])[0]


def _named(rows: Sequence[Flag]) -> list[dict[str, Any]]:
    names = staff.names_of(row.settled_by for row in rows if row.settled_by is not None)
    return [
        {name: getattr(row, name) for name in FIELDS}
        | {"settled_by_name": None if row.settled_by is None else names.get(row.settled_by)}
        for row in rows
    ]


def _with_terminals(rows: Sequence[RejectedOperation]) -> list[dict[str, Any]]:
    terminals = devices.terminals_by_id(row.terminal_id for row in rows)
    return [
        {name: getattr(row, name) for name in REJECTED}
        | {"terminal": terminals[row.terminal_id].name if row.terminal_id in terminals else None}
        for row in rows
    ]
