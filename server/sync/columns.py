"""How a table goes over the wire on its side: each column in whichever form is short for it.

    [120, 95, 210]                   a value a row
    {"text": "Alma\\nArmud\\nNar"}     texts, a line a row
    {"same": null}                   one value for all rows
    {"steps": [1007, 1, 1, 4]}       whole numbers that mostly rise: the first, then differences

The database joins each column to one text, so that no row of a hundred thousand is ever an object here, and most
columns are sent as they came. `server/web/app/src/data/columns.ts` reads the forms.
"""

import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from server.core.transaction import connection

Column = sa.ColumnElement[Any]


def columns(query: sa.Select[Any], *, rising: frozenset[str]) -> dict[str, Any]:
    """A query's answer as columns by name. `rising` names those of whole numbers that mostly rise from row to row."""
    rows = query.subquery().c
    count, texts = _read(rows, joined)
    if any(_is_text(column) and text.count("\n") >= max(count, 1) for column, text in zip(rows, texts, strict=True)):
        count, texts = _read(rows, _joined_without_breaks)
    return {
        str(column.name): _form(text, column.type, is_rising=column.name in rising)
        for column, text in zip(rows, texts, strict=True)
    }


def joined(column: Column) -> Column:
    """A column as one text: lines of texts, or what stands between the brackets of a JSON list."""
    if _is_text(column):
        return sa.func.aggregate_strings(column, "\n")
    text = _Figures(column)
    return sa.func.aggregate_strings(sa.func.coalesce(text, "null") if _may_be_none(column) else text, ",")


def steps(values: Sequence[int]) -> Any:
    """Whole numbers as the first and the differences."""
    if not values:
        return []
    return {"steps": [values[0], *map(operator.sub, itertools.islice(values, 1, None), values)]}


def summed(form: Any) -> list[int]:
    """What `steps` was made from."""
    return list(itertools.accumulate(form["steps"])) if form else []


def _read(rows: Iterable[Column], form: Callable[[Column], Column]) -> tuple[int, list[str]]:
    """How many rows there are, and each column as one text."""
    count, *texts = connection().execute(sa.select(sa.func.count(), *map(form, rows))).one()
    return count, [text or "" for text in texts]


def _joined_without_breaks(column: Column) -> Column:
    """Where a text holds line breaks. That is rare, and replacing them in every text costs as much as the joining."""
    if _is_text(column):
        return sa.func.aggregate_strings(sa.func.replace(column, "\n", " "), "\n")
    return joined(column)


class _Figures(FunctionElement[str]):
    """A whole number as text. SQLite joins numbers as they are, and casting each costs as much as the joining."""

    type = sa.String()
    inherit_cache = True


@compiles(_Figures, "sqlite")
def _as_it_is(element: _Figures, compiler: Any, **options: Any) -> Any:
    return compiler.process(element.clauses, **options)


@compiles(_Figures, "postgresql")
def _cast(element: _Figures, compiler: Any, **options: Any) -> Any:
    (column,) = element.clauses
    number = sa.cast(column, sa.Integer) if isinstance(column.type, sa.Boolean) else column
    return compiler.process(sa.cast(number, sa.String), **options)


def _is_text(column: Column) -> bool:
    return isinstance(column.type, sa.String)


def _may_be_none(column: Column) -> bool:
    return any(getattr(base, "nullable", True) for base in column.base_columns)


def _form(text: str, kind: Any, *, is_rising: bool) -> Any:
    if not text:
        return []
    if isinstance(kind, sa.String):
        return {"same": text.partition("\n")[0]} if _is_same(text, "\n") else {"text": text}
    if is_rising:
        return steps(orjson.loads(f"[{text}]"))
    if _is_same(text, ","):
        return {"same": orjson.loads(text.partition(",")[0])}
    return orjson.Fragment(f"[{text}]")


def _is_same(text: str, between: str) -> bool:
    first = text.partition(between)[0]
    return text.endswith(first) and text == first + (between + first) * text.count(between)
