"""How databases are opened by who changes their schema: past any pooler, in transactions that cover such changes.

All SQLite files of a process are opened by one engine, so that what it has compiled for the first serves a thousand.
"""

import contextlib
import functools
import sqlite3
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa

from server.core.tenant import Placement

_file: ContextVar[str] = ContextVar("file")
"""The SQLite file whose turn it is."""


@contextlib.contextmanager
def changing(url: sa.URL | str) -> Iterator[sa.Connection]:
    """A transaction on one database in which its schema may change: all of the block, or nothing."""
    url = sa.make_url(url)
    if url.get_backend_name() == "sqlite":
        turn = _file.set(url.database or ":memory:")
        try:
            with _engine_of_files().begin() as connection:
                yield connection
        finally:
            _file.reset(turn)
    else:
        engine = migration_engine(url)
        with engine.begin() as connection:
            yield connection
        engine.dispose()


def migration_engine(url: sa.URL | str, **options: Any) -> sa.Engine:
    """An engine whose transactions cover schema changes, which Python's sqlite3 does not do by itself."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, **options)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _leave_begin_to_us)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def admin_url(placement: Placement, database: str) -> sa.URL:
    """The address at which a PostgreSQL database is made and changed, past any pooler."""
    return sa.make_url(placement.admin_url.format(database=database)).set(drivername="postgresql+psycopg")


@functools.cache
def _engine_of_files() -> sa.Engine:
    return migration_engine("sqlite://", creator=lambda: sqlite3.connect(_file.get()))


def _leave_begin_to_us(raw: Any, _record: Any) -> None:
    raw.isolation_level = None
