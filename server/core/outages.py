"""Troubles of a database itself, told apart from mistakes of ours: its disk is full, or it is gone.

Nothing was taken then, and the same again will do once it is over. Codes: sqlite.org/rescode.html and appendix A of the
PostgreSQL manual (08 connection, 53 resources, 55P03 a lock that did not come, 57 operator's intervention).
"""

import sqlite3
from collections.abc import Iterator

import psycopg

from server.core.errors import Busy, Locked, NoRoom

FULL = frozenset({"SQLITE_FULL", "53100"})
"""No room on the disk. SQLite undoes its whole transaction by itself then."""

LOCKS = ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03")
OVER_SOON = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "08", "53", "57P0")
"""How the codes begin of what passes by itself or by an operator's hand."""


def outage_of(error: BaseException) -> Busy | None:
    """What to tell a caller whose transaction broke; None when the error is no outage."""
    codes = list(_codes(error))
    if any(code in FULL for code in codes):
        return NoRoom()
    if any(code.startswith(LOCKS) for code in codes):
        return Locked("the shop's database is locked")
    if any(code.startswith(OVER_SOON) for code in codes):
        return Busy("the shop's database does not answer for the moment")
    return None


def _codes(error: BaseException | None) -> Iterator[str]:
    """The database's own codes along the chain of an error: the first one may be hidden behind its consequences."""
    while error is not None:
        for one in (error, getattr(error, "orig", None)):
            if isinstance(one, sqlite3.Error):
                yield getattr(one, "sqlite_errorname", "")
            elif isinstance(one, psycopg.Error):
                yield one.sqlstate or ("08" if isinstance(one, psycopg.OperationalError) else "")
        error = error.__cause__ or error.__context__
