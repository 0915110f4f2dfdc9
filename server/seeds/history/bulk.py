"""Gathers rows and inserts them many at once, by the shortest way of each database: executemany or COPY."""

import contextlib
import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from psycopg.types.json import Json

from server.core.db import Id, TenantModel
from server.core.pool import engines
from server.core.tenant import current
from server.core.transaction import connection

Row = Mapping[str, Any]
Convert = Callable[[Sequence[Any]], list[Any]]


@contextlib.contextmanager
def unhurried_disk() -> Iterator[None]:
    """Within this block nothing waits for the disk on SQLite: what is being made can be made again.

    The setting is the connection's own; the pool hands out the one that it took back last.
    """
    is_sqlite = current().kind == "sqlite"
    if is_sqlite:
        _tune("synchronous=OFF", "cache_size=-64000")
    try:
        yield
    finally:
        if is_sqlite:
            _tune("synchronous=FULL", "cache_size=-8000", "wal_checkpoint(TRUNCATE)")


def _tune(*pragmas: str) -> None:
    taken = engines().of(current()).raw_connection()
    try:
        raw: Any = taken.dbapi_connection
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}").fetchall()
    finally:
        taken.close()


class Bulk:
    """Rows that wait. `flush` writes them in the order of the foreign keys, in the transaction in force."""

    def __init__(self) -> None:
        self._rows: dict[sa.Table, list[Row]] = {}

    def add(self, table: sa.Table, *rows: Row) -> None:
        """Let rows wait; each names every column of its table."""
        self.extend(table, rows)

    def extend(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Let rows wait."""
        waiting = self._rows.get(table)
        if waiting is None:
            waiting = self._rows[table] = []
        waiting.extend(rows)

    def flush(self) -> None:
        """Write what waits."""
        core = connection()
        write = _copy if core.dialect.name == "postgresql" else _execute_many
        for table in sorted(self._rows, key=_order().__getitem__):
            if self._rows[table]:
                write(core, table, self._rows[table])
        self._rows.clear()


@functools.cache
def _order() -> Mapping[sa.Table, int]:
    """Parents first."""
    return {table: nth for nth, table in enumerate(TenantModel.metadata.sorted_tables)}


def _execute_many(core: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" * len(table.columns))
    raw: Any = core.connection.dbapi_connection
    raw.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', _turned(table, rows, _SQLITE))


def _copy(core: sa.Connection, table: sa.Table, rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    raw: Any = core.connection.dbapi_connection
    with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in _turned(table, rows, _POSTGRESQL):
            copy.write_row(row)


def _turned(table: sa.Table, rows: Sequence[Row], converts: Mapping[type, Convert]) -> Iterable[tuple[Any, ...]]:
    """The rows as tuples in the order of the columns, with values as the driver takes them."""
    names = [column.name for column in table.columns]
    columns: list[Any] = list(zip(*map(itemgetter(*names), rows), strict=True))
    for at, column in enumerate(table.columns):
        convert = next((own for kind, own in converts.items() if isinstance(column.type, kind)), None)
        if convert is not None:
            columns[at] = convert(columns[at])
    return zip(*columns, strict=True)


def _bytes(values: Sequence[Any]) -> list[Any]:
    return [None if value is None else value.bytes for value in values]


def _texts(values: Sequence[Any]) -> list[Any]:
    return [None if value is None else json.dumps(value) for value in values]


def _jsons(values: Sequence[Any]) -> list[Any]:
    return [None if value is None else Json(value) for value in values]


_SQLITE: Mapping[type, Convert] = {Id: _bytes, sa.JSON: _texts}
_POSTGRESQL: Mapping[type, Convert] = {sa.JSON: _jsons}
