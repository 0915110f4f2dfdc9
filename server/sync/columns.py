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
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from server.core.transaction import session


def columns(query: sa.Select[Any], *, rising: frozenset[str]) -> dict[str, Any]:
    """A query's answer as columns by name. `rising` names those of whole numbers that mostly rise from row to row."""
    rows = query.subquery()
    texts: Any = session().execute(sa.select(*[joined(column) for column in rows.c])).one()
    return {
        str(column.name): _form(text or "", column.type, is_rising=column.name in rising)
        for column, text in zip(rows.c, texts, strict=True)
    }


def joined(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column as one text: lines of texts, or what stands between the brackets of a JSON list."""
    if isinstance(column.type, sa.String):
        return sa.func.aggregate_strings(sa.func.replace(column, "\n", " "), "\n")
    number = sa.cast(column, sa.Integer) if isinstance(column.type, sa.Boolean) else column
    text = sa.cast(number, sa.String)
    return sa.func.aggregate_strings(sa.func.coalesce(text, "null") if _may_be_none(column) else text, ",")


def steps(values: Sequence[int]) -> Any:
    """Whole numbers as the first and the differences."""
    if not values:
        return []
    return {"steps": [values[0], *map(operator.sub, itertools.islice(values, 1, None), values)]}


def summed(form: Any) -> list[int]:
    """What `steps` was made from."""
    return list(itertools.accumulate(form["steps"])) if form else []


def _may_be_none(column: sa.ColumnElement[Any]) -> bool:
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
    return text == between.join(itertools.repeat(first, text.count(between) + 1))
