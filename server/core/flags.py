"""Flags: whatever was booked and still needs a person's look. The back office lists them until someone settles them."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core import clock
from server.core.db import Id, TenantModel, UtcMs
from server.core.errors import NotFound
from server.core.ids import new_id
from server.core.transaction import session
from server.values.ids import derived

KINDS = (
    "price_differs",
    "negative_stock",
    "over_cap",
    "late_for_shift",
    "ended_lease",
    "business_day_differs",
    "returned_too_much",
    "paid_twice",
    "void_too_much",
    "unknown_item",
    "sale_unknown",
    "reaction_failed",
    "arithmetic_differs",
    "device_revoked",
    "missing_right",
    "agent_has_twin",
)


class Flag(TenantModel):
    """One thing to look at: its kind, what it is about, and who settled it with which words."""

    __tablename__ = "flag"
    __table_args__ = (
        sa.Index("ix_flag_subject", "subject_kind", "subject_id"),
        sa.Index("ix_flag_open", "settled_at", "raised_at"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject_kind: Mapped[str] = mapped_column(sa.String(16))
    subject_id: Mapped[str] = mapped_column(sa.String(40))
    detail: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    raised_at: Mapped[int] = mapped_column(UtcMs)
    settled_at: Mapped[int | None] = mapped_column(UtcMs)
    settled_by: Mapped[int | None] = mapped_column(sa.BigInteger)
    note: Mapped[str | None] = mapped_column(sa.String(500))


def raise_flag(kind: str, subject_kind: str, subject_id: str, detail: Mapping[str, Any] | None = None) -> uuid.UUID:
    """Raise one flag. Repeats: raises another one; `raise_once` does not."""
    return raise_flags([(kind, subject_kind, subject_id, dict(detail or {}))])[0]


def raise_flags(rows: list[tuple[str, str, str, dict[str, Any]]]) -> list[uuid.UUID]:
    """Raise many at once: (kind, subject kind, subject id, detail)."""
    if not rows:
        return []
    now = clock.now_ms()
    ids = [new_id(now) for _ in rows]
    session().execute(
        sa.insert(Flag),
        [
            {"id": id, "kind": kind, "subject_kind": about, "subject_id": subject, "detail": detail, "raised_at": now}
            for id, (kind, about, subject, detail) in zip(ids, rows, strict=True)
        ],
    )
    return ids


def raise_once(kind: str, subject_kind: str, subject_id: str, detail: Mapping[str, Any] | None = None) -> uuid.UUID:
    """Raise a flag that exists at most once for its kind and subject."""
    flag_id = derived(uuid.NAMESPACE_OID, f"{kind}:{subject_kind}:{subject_id}")
    if session().get(Flag, flag_id) is None:
        session().add(
            Flag(
                id=flag_id,
                kind=kind,
                subject_kind=subject_kind,
                subject_id=subject_id,
                detail=dict(detail or {}),
                raised_at=clock.now_ms(),
            )
        )
        session().flush()
    return flag_id


def settle(flag_id: uuid.UUID, *, by: int | None, note: str) -> None:
    """Someone has looked and decided. Safe to repeat: the first settlement stands. Raises NotFound."""
    flag = session().get(Flag, flag_id)
    if flag is None:
        raise NotFound("no such flag")
    if flag.settled_at is None:
        flag.settled_at, flag.settled_by, flag.note = clock.now_ms(), by, note


def settle_about(kind: str, subject_kind: str, subject_id: str, *, note: str) -> None:
    """What was missing has come: the open flags of a kind about a subject settle themselves."""
    about = (Flag.kind == kind, Flag.subject_kind == subject_kind, Flag.subject_id == subject_id)
    session().execute(
        sa.update(Flag).where(*about, Flag.settled_at.is_(None)).values(settled_at=clock.now_ms(), note=note)
    )


def flags_about(subject_kind: str, subject_ids: Collection[str]) -> dict[str, list[Flag]]:
    """Flags by subject, in one query, in the order of their raising."""
    query = sa.select(Flag).where(Flag.subject_kind == subject_kind, Flag.subject_id.in_(subject_ids))
    found: dict[str, list[Flag]] = {}
    for flag in session().scalars(query.order_by(Flag.raised_at, Flag.id)):
        found.setdefault(flag.subject_id, []).append(flag)
    return found
