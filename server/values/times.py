"""Instants, local days and the business day. Instants are integer milliseconds UTC; days are ISO texts."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_CUT_OFF_MIN = 300  # the business day turns at 05:00
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z\Z", re.ASCII)


def to_iso(instant_ms: int) -> str:
    """ISO 8601 with Z and always three decimals: 0 → "1970-01-01T00:00:00.000Z"."""
    moment = _EPOCH + timedelta(milliseconds=instant_ms)
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"


def from_iso(text: str) -> int:
    """Milliseconds of an ISO 8601 time in UTC. Raises: ValueError when it does not end in Z or is no time."""
    match = _ISO.match(text)
    if match is None:
        raise ValueError(f"not a UTC time: {text!r}")
    moment = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1) + int((match[2] or "0").ljust(6, "0")[:3])


def local(instant_ms: int, timezone: str) -> datetime:
    """The instant on the wall clock of a zone such as "Asia/Baku"."""
    return (_EPOCH + timedelta(milliseconds=instant_ms)).astimezone(ZoneInfo(timezone))


def local_hour(instant_ms: int, timezone: str) -> int:
    """The hour of the wall clock, 0 to 23."""
    return local(instant_ms, timezone).hour


def local_minute(instant_ms: int, timezone: str) -> str:
    """What paper shows: "2026-11-24T18:05" on the wall clock of the zone."""
    return local(instant_ms, timezone).strftime("%Y-%m-%dT%H:%M")


def business_day(opened_ms: int, timezone: str, cut_off_min: int = DEFAULT_CUT_OFF_MIN) -> str:
    """The day a shift belongs to: the local date at its opening minus the branch's cut-off.

    The cut-off is taken from the wall clock, so a change of summer time moves no boundary.
    """
    wall = local(opened_ms, timezone).replace(tzinfo=None)
    return (wall - timedelta(minutes=cut_off_min)).date().isoformat()
