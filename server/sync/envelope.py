"""Operations as they came over the wire, checked once: parsed values beside what was said, which the hash is about."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from server.core.errors import invalid
from server.core.inbox import HASHED, body_hash
from server.sync import push
from server.sync.push_schemas import PushBody


def checked(values: Sequence[Mapping[str, Any]], raw: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Parsed operations with what was said (kind, version, time, clock, person, shift, body). Raises Invalid."""
    said = [_said(index, operation) for index, operation in enumerate(raw)]
    return [dict(value, said=part, hash=body_hash(part)) for value, part in zip(values, said, strict=True)]


def push_plain(
    terminal_id: int, operations: Sequence[Mapping[str, Any]], *, sent_at: int | None = None
) -> dict[str, Any]:
    """Push operations of the wire without a request: demo businesses. Raises ValidationError, Invalid, Busy."""
    values = PushBody().load({"batch": "plain", "ops": operations})
    return push.push(terminal_id, checked(values["ops"], operations), sent_at=sent_at)


def _said(index: int, operation: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON cannot hold alike in both databases (huge integers, half characters, NaN) is refused or made null."""
    try:
        said: dict[str, Any] = orjson.loads(orjson.dumps({name: operation.get(name) for name in HASHED}))
    except (TypeError, ValueError) as error:
        raise invalid(f"ops.{index}.body", "not_valid") from error
    return said
