"""`Idempotency-Key` for changing requests outside the sync push: the first answer again, never a second effect."""

import hmac
from typing import Any

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Mapped, mapped_column

from server.core import actor, clock
from server.core.db import TenantModel, UtcMs
from server.core.errors import Trouble
from server.core.tenant import config
from server.core.transaction import session

KEY_AT_MOST = 100


class RequestKey(TenantModel):
    """A key as an actor sent it, the hash of the request, and the answer, in one commit with the effect."""

    __tablename__ = "request_key"
    key: Mapped[str] = mapped_column(sa.String(160), primary_key=True)
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary(32))
    answer: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    answered_at: Mapped[int] = mapped_column(UtcMs, index=True)


class KeyReused(Trouble):
    """The same Idempotency-Key came with another request; nothing was written."""

    code = "idempotency_key_reused"


class KeyNotValid(Trouble):
    """An Idempotency-Key has 1 to 100 printable characters."""

    status = 400
    code = "idempotency_key_not_valid"


def earlier_answer() -> Response | None:
    """The stored answer to this very request, if it came before. Raises KeyReused, KeyNotValid."""
    key = _key()
    if key is None:
        return None
    row = session().get(RequestKey, key)
    if row is None:
        return None
    if row.hash != _hash():
        raise KeyReused
    return Response(row.answer["body"], status=row.answer["status"], mimetype=row.answer["mimetype"])


def keep_answer(response: Response) -> None:
    """Store the answer beside its effect, in the transaction in force."""
    key = _key()
    if key is None or response.status_code >= 300 or response.direct_passthrough:
        return
    answer = {"body": response.get_data(as_text=True), "status": response.status_code, "mimetype": response.mimetype}
    session().add(RequestKey(key=key, hash=_hash(), answer=answer, answered_at=clock.now_ms()))
    session().flush()


def _key() -> str | None:
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    if not 1 <= len(sent) <= KEY_AT_MOST or not sent.isprintable():
        raise KeyNotValid
    who = actor.current()
    return f"{who.kind}:{who.person_id or who.terminal_id or 0}:{sent}"


def _hash() -> bytes:
    """What tells one request from another. Keyed: a body may hold a password, and a plain hash could be guessed at."""
    said = f"{request.method} {request.full_path} ".encode() + request.get_data()
    return hmac.digest(config().secret, said, "sha256")
