"""Many rows into tables at little cost: hot paths gather what they write, and write it with one statement for a table.

SQLAlchemy's own way costs a tenth of a millisecond for each statement and table, and a statement for each sale is what
a push cannot afford. Here a table's statement is made once, and the driver gets it with the values as they are: on
SQLite by `executemany`, on PostgreSQL as one JSON document that the server turns into rows of that very table. A sheet
goes to PostgreSQL in one message.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from server.core.db import TenantModel
from server.core.driver import Statement, say
from server.core.transaction import connection

Row = Mapping[str, Any]
Convert = Callable[[Any], Any]


class Sheet:
    """Rows that wait to be written together."""

    def __init__(self) -> None:
        self._rows: dict[sa.Table, list[Row]] = {}
        self._changed: list[tuple[sa.Table, Sequence[Row]]] = []

    def add(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Put rows of a table on it: every column by its name, those that may be null may be missing."""
        self._rows.setdefault(table, []).extend(rows)

    def change(self, table: sa.Table, rows: Sequence[Row]) -> None:
        """Put columns of rows that are there on it, as `update` takes them."""
        self._changed.append((table, rows))

    def rows_of(self, table: sa.Table) -> Sequence[Row]:
        """The rows of a table that are on it."""
        return self._rows.get(table, ())

    def take_over(self, other: "Sheet") -> None:
        """Put everything of another sheet on this one."""
        for table, rows in other._rows.items():
            self.add(table, rows)
        self._changed += other._changed

    def write(self) -> None:
        """Insert all of it, tables before those that point at them, then change what is to be changed; begin anew."""
        order = _order()
        rows, self._rows = self._rows, {}
        changed, self._changed = self._changed, []
        tables = sorted([table for table in rows if rows[table]], key=order.__getitem__)
        changed = [(table, part) for table, part in changed if part]
        if tables or changed:
            core = connection()
            inserts = [_insert(core.dialect, table, rows[table]) for table in tables]
            say(core, [*inserts, *(_update(core.dialect, table, part) for table, part in changed)])


def insert(table: sa.Table, rows: Sequence[Row]) -> None:
    """Insert rows in the transaction in force. Column defaults of Python are not applied."""
    if rows:
        core = connection()
        say(core, [_insert(core.dialect, table, rows)])


def update(table: sa.Table, rows: Sequence[Row]) -> None:
    """Write columns of rows that are there, found by their primary key; all rows name the same columns."""
    if rows:
        core = connection()
        say(core, [_update(core.dialect, table, rows)])


def _insert(dialect: sa.Dialect, table: sa.Table, rows: Sequence[Row]) -> Statement:
    if dialect.name == "postgresql":
        return Statement(_pg_insert(table), (_document(rows),))
    names, converts, text = _lite_insert(table, dialect)
    return Statement(text, _values(rows, names, converts), is_many=True)


def _update(dialect: sa.Dialect, table: sa.Table, rows: Sequence[Row]) -> Statement:
    names = tuple(rows[0])
    if dialect.name == "postgresql":
        return Statement(_pg_update(table, names), (_document(rows),))
    ordered, converts, text = _lite_update(table, names, dialect)
    return Statement(text, _values(rows, ordered, converts), is_many=True)


_statements: dict[tuple[Any, ...], Any] = {}


def _once(make: Callable[..., Any]) -> Callable[..., Any]:
    """Make a statement once for each table, and for each set of columns."""

    def made(*about: Any) -> Any:
        # Dialects are told by their name: each engine has an object of its own, and they live as long as the process.
        key = (make, *(one.name if isinstance(one, sa.Dialect) else one for one in about))
        if key not in _statements:
            _statements[key] = make(*about)
        return _statements[key]

    return made


@_once
def _order() -> dict[sa.Table, int]:
    return {table: place for place, table in enumerate(TenantModel.metadata.sorted_tables)}


@_once
def _pg_insert(table: sa.Table) -> str:
    return f'INSERT INTO "{table.name}" SELECT * FROM json_populate_recordset(NULL::"{table.name}", %s::json)'


@_once
def _pg_update(table: sa.Table, names: tuple[str, ...]) -> str:
    keys, changed = _keys_and_changed(table, names)
    values = ", ".join(f'"{name}" = told."{name}"' for name in changed)
    same = " AND ".join(f'own."{name}" = told."{name}"' for name in keys)
    told = f'json_populate_recordset(NULL::"{table.name}", %s::json)'
    return f'UPDATE "{table.name}" AS own SET {values} FROM {told} AS told WHERE {same}'


@_once
def _lite_insert(table: sa.Table, dialect: sa.Dialect) -> tuple[tuple[str, ...], list[Convert | None], str]:
    names = tuple(column.name for column in table.columns)
    listed, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    return names, _converts(table, names, dialect), f'INSERT INTO "{table.name}" ({listed}) VALUES ({marks})'


@_once
def _lite_update(
    table: sa.Table, names: tuple[str, ...], dialect: sa.Dialect
) -> tuple[tuple[str, ...], list[Convert | None], str]:
    keys, changed = _keys_and_changed(table, names)
    values = ", ".join(f'"{name}" = ?' for name in changed)
    same = " AND ".join(f'"{name}" = ?' for name in keys)
    ordered = (*changed, *keys)
    return ordered, _converts(table, ordered, dialect), f'UPDATE "{table.name}" SET {values} WHERE {same}'


def _keys_and_changed(table: sa.Table, names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    keys = [column.name for column in table.primary_key.columns]
    return keys, [name for name in names if name not in keys]


def _converts(table: sa.Table, names: Iterable[str], dialect: sa.Dialect) -> list[Convert | None]:
    """What the types of some columns make of a value before the driver gets it."""
    types = (table.columns[name].type.dialect_impl(dialect) for name in names)
    return [kind.bind_processor(dialect) for kind in types]


def _values(rows: Sequence[Row], names: Sequence[str], converts: Sequence[Convert | None]) -> list[tuple[Any, ...]]:
    return [
        tuple([v if c is None or v is None else c(v) for v, c in zip(map(row.get, names), converts, strict=True)])
        for row in rows
    ]


def _document(rows: Sequence[Row]) -> str:
    return orjson.dumps(rows, default=_as_text).decode()


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no JSON for {type(value).__name__}")
