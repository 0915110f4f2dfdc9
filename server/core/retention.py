"""How rows that are not the business's own go once their term is over: in small batches, between which others write.

A module says in its `retention.py` which of its rows are over at an instant; THE table of all terms is
`server/retention.py`. What is over stays over, so a pass may be killed at any line and be run again at any time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.core.db import TenantModel
from server.core.transaction import reading, session, writing

DAY_MS = 86_400_000

KEPT_DAYS = 35
"""How long what only serves repeats and questions is kept: a terminal keeps its own log of sent operations as long."""

ROWS_AT_ONCE = 250
"""Rows of one transaction: a sale that comes meanwhile waits for some milliseconds."""

PAUSE_S = 0.005
"""Between two batches, so that another process gets the shop's write lock."""


@dataclass(frozen=True, slots=True)
class Over:
    """Rows whose term is over: they go, or with `values` they stay and lose what those columns held."""

    model: type[TenantModel]
    condition: sa.ColumnElement[bool]
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a table's rows, after how many days, why, and the work: (now in ms) to the number of rows."""

    table: str
    days: int
    reason: str
    end: Callable[[int], int]


def rule(over: Callable[[int], Over], days: int, reason: str) -> Rule:
    """A rule whose rows are named by a condition on the instant `days` ago."""
    return Rule(over(0).model.__tablename__, days, reason, lambda now: end(over(now - days * DAY_MS)))


def end(over: Over) -> int:
    """End all rows that are over, batch by batch; returns how many. Opens its own transactions; repeats: safe."""
    table = over.model.__table__
    keys = list(table.primary_key.columns)
    some = sa.select(*keys).where(over.condition).limit(ROWS_AT_ONCE)
    chosen = (keys[0] if len(keys) == 1 else sa.tuple_(*keys)).in_(some)
    change = sa.delete(table) if over.values is None else sa.update(table).values(**over.values)
    ended = 0
    while _any(some):
        with writing(pause_s=PAUSE_S):
            found: Any = session().execute(change.where(chosen))
            ended += found.rowcount
    return ended


def _any(some: sa.Select[Any]) -> bool:
    """Whether there is anything to do, without asking for the write lock: an idle shop is not written."""
    with reading():
        return session().execute(some.limit(1)).first() is not None
