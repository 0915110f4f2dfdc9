"""Operations that terminals pushed: each id with its hash, verdict and answer, stored in the commit of its effect.

The same id with the same body gets the first answer again; the same id with another body is a conflict, and nothing is
written. A rejected body is kept whole for a person.
"""

import hashlib
import uuid
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Id, TenantModel, UtcMs

HASHED = ("kind", "v", "happened_at", "hlc", "person_id", "shift_id", "body")


class Operation(TenantModel):
    """One judged operation. Retention empties `answer`, and never drops the row."""

    __tablename__ = "operation"
    __table_args__ = (
        sa.Index("ix_operation_terminal_seq", "terminal_id", "seq"),
        sa.Index(
            "ix_operation_answered",
            "received_at",
            sqlite_where=sa.text("answer IS NOT NULL"),
            postgresql_where=sa.text("answer IS NOT NULL"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    terminal_id: Mapped[int] = mapped_column(sa.BigInteger)
    seq: Mapped[int] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.String(24))
    body_hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    verdict: Mapped[str] = mapped_column(sa.String(12))
    answer: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)
    received_at: Mapped[int] = mapped_column(UtcMs)


class RejectedOperation(TenantModel):
    """An operation that cannot be what it claims, kept whole until a person has decided."""

    __tablename__ = "rejected_operation"
    operation_id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    terminal_id: Mapped[int] = mapped_column(sa.BigInteger)
    body: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    error: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    received_at: Mapped[int] = mapped_column(UtcMs)
    settled_at: Mapped[int | None] = mapped_column(UtcMs)
    settled_by: Mapped[int | None] = mapped_column(sa.BigInteger)


def body_hash(operation: dict[str, Any]) -> bytes:
    """SHA-256 over the canonical JSON of what an operation says (not when it was sent, nor in which batch)."""
    said = {name: operation.get(name) for name in HASHED}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()
