"""Statements of hot paths, given to the database's own driver as they are.

SQLAlchemy takes ten times as long to pass a small statement on as SQLite takes to answer it, and on PostgreSQL each
way there and back costs more than the work. Here SQLite's driver is asked directly, and PostgreSQL gets all statements
of a call in one message. Errors are SQLAlchemy's, so that nobody above needs to tell the ways apart.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa

from server.core.shares import give_way

Found = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A text of this database with its values; of `many` rows of values only where it is SQLite's."""

    text: str
    values: Sequence[Any]
    is_many: bool = False


def say(core: sa.Connection, statements: Sequence[Statement]) -> list[Found]:
    """Execute some statements in their order and return what each found (nothing for one that finds no rows).

    On PostgreSQL each sees what had been committed when its turn came. Raises the errors of SQLAlchemy.
    """
    give_way()
    raw: Any = core.connection.dbapi_connection
    try:
        if isinstance(raw, sqlite3.Connection):
            return [_one(raw, statement) for statement in statements]
        return _at_once(raw, statements)
    except (sqlite3.Error, psycopg.Error) as error:
        raise _translated(core, error, statements[0].text) from error


def _at_once(raw: Any, statements: Sequence[Statement]) -> list[Found]:
    with psycopg.ClientCursor(raw) as cursor:
        values = [value for statement in statements for value in statement.values]
        cursor.execute(";\n".join([statement.text for statement in statements]).encode(), values)
        found = [_rows(cursor)]
        while cursor.nextset():
            found.append(_rows(cursor))
        return found


def _translated(core: sa.Connection, error: Exception, text: str) -> sa.exc.DBAPIError:
    # A connection that broke is not used again.
    dialect: Any = core.dialect
    is_gone = dialect.is_disconnect(error, core.connection.dbapi_connection, None)
    if is_gone:
        core.invalidate(error)
    made = sa.exc.DBAPIError.instance(
        text,
        None,
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=dialect,
    )
    assert isinstance(made, sa.exc.DBAPIError)
    return made


def _one(raw: sqlite3.Connection, statement: Statement) -> Found:
    if statement.is_many:
        raw.executemany(statement.text, statement.values)
        return []
    return raw.execute(statement.text, statement.values).fetchall()


def _rows(cursor: psycopg.ClientCursor[Any]) -> Found:
    return [] if cursor.description is None else cursor.fetchall()
