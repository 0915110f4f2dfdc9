"""Lists page by an opaque cursor, the sort values of the last row: a page costs the same however deep it lies."""

import base64
import uuid
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa

from server.core.db import Id, UtcMs
from server.core.errors import invalid
from server.core.transaction import session


def page(
    query: sa.Select[*tuple[Any, ...]],
    order: Sequence[tuple[Any, bool]],
    *,
    limit: int,
    cursor: str | None,
    scalars: bool = True,
) -> tuple[list[Any], str | None]:
    """One page of a query: the rows and the cursor of the next page.

    `order` lists (column, is descending); its last column must be unique. The cursor holds the values of those columns
    in the last row. Raises Invalid for a cursor that was not made here.
    """
    columns = [column for column, _ in order]
    query = query.add_columns(*columns).order_by(
        *[column.desc() if falling else column.asc() for column, falling in order]
    )
    if cursor is not None:
        query = query.where(_after(order, _decode(cursor, order)))
    found = session().execute(query.limit(limit + 1)).all()
    rows = found[:limit]
    following = _encode(rows[-1][-len(columns) :]) if len(found) > limit else None
    plain = [row[0] if scalars else row[: -len(columns)] for row in rows]
    return plain, following


def _after(order: Sequence[tuple[Any, bool]], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    alternatives = []
    for index, (column, falling) in enumerate(order):
        same = [earlier == value for (earlier, _), value in zip(order[:index], values, strict=False)]
        bound = sa.bindparam(None, values[index], type_=column.type)
        alternatives.append(sa.and_(*same, column < bound if falling else column > bound))
    # Said again of the first column alone, because SQLite seeks an index by that and not by the alternatives.
    (first, falling), reached = order[0], sa.bindparam(None, values[0], type_=order[0][0].type)
    return sa.and_(first <= reached if falling else first >= reached, sa.or_(*alternatives))


def _encode(values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(values))).decode().rstrip("=")


def _decode(cursor: str, order: Sequence[tuple[Any, bool]]) -> list[Any]:
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(values, list):
            raise ValueError(cursor)
        return [_typed(value, column.type) for value, (column, _) in zip(values, order, strict=True)]
    except ValueError as error:
        raise invalid("cursor", "not_valid") from error


def _typed(value: Any, kind: Any) -> Any:
    """A value of the cursor as its column holds it. Raises ValueError where it cannot be one."""
    if isinstance(kind, Id):
        return uuid.UUID(value if isinstance(value, str) else "")
    wanted = int if isinstance(kind, sa.Integer | UtcMs) else str
    is_storable = abs(value) < 2**63 if type(value) is int else "\x00" not in str(value)
    if type(value) is not wanted or not is_storable:
        raise ValueError(value)
    return value
