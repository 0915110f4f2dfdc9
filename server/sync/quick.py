"""The usual envelope of a push, checked by hand: a quarter of what a sale in a batch may cost went into the fields.

Only what the fields of `push_schemas` would take without a word is taken here, with the same values; anything else is
theirs, so that a faulty push has one way to be refused.
"""

import re
import uuid
from typing import Any

from server.values import times

OPERATIONS_AT_MOST = 100
SEQ_AT_MOST = 2**53
VERSION_AT_MOST = 1_000
AGE_AT_MOST_MS = 10**11
REF_AT_MOST = 2**62
NAMES = frozenset({"id", "seq", "kind", "v", "happened_at", "hlc", "age_ms", "person_id", "shift_id", "body"})
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KIND = re.compile(r"[a-z_]{1,24}")
_HLC = re.compile(r"[0-9a-f]{16}")
_BATCH = re.compile(r"[A-Za-z0-9-]{1,60}")


def usual(data: Any) -> dict[str, Any] | None:
    """The values of a usual push; None for any other."""
    if type(data) is not dict or data.keys() != {"batch", "ops"} or type(data["ops"]) is not list:
        return None
    batch, said = data["batch"], data["ops"]
    if not (type(batch) is str and _BATCH.fullmatch(batch)) or not 1 <= len(said) <= OPERATIONS_AT_MOST:
        return None
    operations = []
    for one in said:
        operation = _operation(one)
        if operation is None:
            return None
        operations.append(operation)
    return {"batch": batch, "ops": operations}


def _operation(said: Any) -> dict[str, Any] | None:
    if type(said) is not dict or said.keys() != NAMES:
        return None
    shift_id = said["shift_id"]
    is_usual = (
        _is(said["id"], _ID)
        and _is_whole(said["seq"], 1, SEQ_AT_MOST)
        and _is(said["kind"], _KIND)
        and _is_whole(said["v"], 1, VERSION_AT_MOST)
        and _is(said["hlc"], _HLC)
        and (said["age_ms"] is None or _is_whole(said["age_ms"], 0, AGE_AT_MOST_MS))
        and (said["person_id"] is None or _is_whole(said["person_id"], 0, REF_AT_MOST))
        and (shift_id is None or _is(shift_id, _ID))
        and type(said["body"]) is dict
    )
    if not is_usual:
        return None
    try:
        happened_at = times.from_iso(said["happened_at"])
    except (TypeError, ValueError, OverflowError):
        return None
    return {
        **said,
        "id": uuid.UUID(said["id"]),
        "happened_at": happened_at,
        "shift_id": None if shift_id is None else uuid.UUID(shift_id),
    }


def _is(value: Any, pattern: re.Pattern[str]) -> bool:
    return type(value) is str and pattern.fullmatch(value) is not None


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
