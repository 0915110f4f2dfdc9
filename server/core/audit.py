"""The audit trail: who changed what, before and after. Append-only; written in the transaction of the change."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core import actor, clock
from server.core.db import Id, TenantModel, UtcMs
from server.core.ids import new_id
from server.core.transaction import session

SECRET = frozenset({"password", "password_hash", "pin", "pin_hash", "token", "token_hash"})


class Audit(TenantModel):
    """One act. `before` and `after` are snapshots for reading, never for queries."""

    __tablename__ = "audit"
    __table_args__ = (sa.Index("ix_audit_subject", "subject_kind", "subject_id", "happened_at"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    happened_at: Mapped[int] = mapped_column(UtcMs, index=True)
    actor_kind: Mapped[str] = mapped_column(sa.String(8))
    actor_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    on_behalf_of: Mapped[int | None] = mapped_column(sa.BigInteger)
    terminal_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    verb: Mapped[str] = mapped_column(sa.String(60))
    subject_kind: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[str] = mapped_column(sa.String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)


def write(
    verb: str,
    subject_kind: str,
    subject_id: int | str | uuid.UUID,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note an act of the current actor. Secrets are left out whatever the caller passes."""
    who = actor.current()
    now = clock.now_ms()
    session().add(
        Audit(
            id=new_id(now),
            happened_at=now,
            actor_kind=who.kind,
            actor_id=who.person_id or who.agent_id,
            terminal_id=who.terminal_id,
            verb=verb,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            before=_without_secrets(before),
            after=_without_secrets(after),
        )
    )


def _without_secrets(snapshot: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    return {name: value for name, value in snapshot.items() if name not in SECRET}
