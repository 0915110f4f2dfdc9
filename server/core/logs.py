"""The log: one JSON line for each event, on standard output, without what stands in a business's rows.

A database's error may quote the row that it is about, with hashes, names and e-mail addresses. The engines hide the
parameters of statements; what PostgreSQL adds as DETAIL is cut off here.
"""

import re
from typing import Any

import structlog

_DETAIL = re.compile(r"DETAIL: .*")
CUT_OFF = "DETAIL: (not logged)"


def configure() -> None:
    """Set the form of log lines. Safe to repeat."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            without_rows,
            structlog.processors.JSONRenderer(),
        ]
    )


def without_rows(_logger: Any, _method: str, event: Any) -> Any:
    """Cut off what a database quotes of its rows."""
    for name, value in event.items():
        if isinstance(value, str) and "DETAIL: " in value:
            event[name] = _DETAIL.sub(CUT_OFF, value)
    return event
