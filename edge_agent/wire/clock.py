"""Times on the wire: ISO 8601 in UTC with `Z` and milliseconds."""

from datetime import UTC, datetime, timedelta

from edge_agent.wire.message import WireError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def utc_text(at_ms: int) -> str:
    """Milliseconds since 1970 as `2026-11-24T20:00:00.000Z`."""
    return (EPOCH + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def utc_ms(text: str) -> int:
    """Milliseconds since 1970 of a time that says its zone. Raises: WireError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as trouble:
        raise WireError(f"{text!r:.40} is no time") from trouble
    if moment.tzinfo is None:
        raise WireError(f"{text!r:.40} says no zone")
    return (moment - EPOCH) // timedelta(milliseconds=1)
