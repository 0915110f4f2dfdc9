"""Reads of hot paths: a SELECT is compiled once for each kind of database, and goes to the driver as it is.

What is asked before the first answer is looked at goes out together: `ask` only notes it, the first `rows` of any
answer sends all. So a reader who asks for everything first makes one way to PostgreSQL and back, not six.
"""

import collections
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import visitors

from server.core.driver import Statement, say
from server.core.transaction import connection, notes

WAITING = "questions"

_DIALECTS = {
    "sqlite": sqlite.dialect(paramstyle="qmark"),
    "postgresql": postgresql.psycopg.dialect(paramstyle="format"),  # type: ignore[no-untyped-call]
}

Convert = Callable[[Any], Any]


class Answer:
    """What a question finds, once somebody looks."""

    __slots__ = ("_found", "compiled", "told")

    def __init__(self, compiled: "_Compiled | None", told: dict[str, Any]) -> None:
        self.compiled, self.told = compiled, told
        self._found: list[Any] | None = None if compiled else []

    @property
    def rows(self) -> list[Any]:
        """The rows, with their columns by name. Raises RuntimeError after the transaction in which it was asked."""
        if self._found is None:
            _send()
        if self._found is None:
            raise RuntimeError("this was asked in another transaction")
        return self._found

    def take(self, found: Sequence[tuple[Any, ...]]) -> None:
        """Keep what the database found."""
        assert self.compiled is not None
        self._found = self.compiled.rows(found)


class Question:
    """A SELECT with bound parameters. A parameter of `IN` is a list; an empty one finds nothing and asks nobody."""

    def __init__(self, select: sa.Select[*tuple[Any, ...]]) -> None:
        self.select = select
        bound = [one for one in visitors.iterate(select) if isinstance(one, sa.BindParameter)]
        self._lists = tuple(sorted({one.key for one in bound if one.expanding and one.required}))
        self._compiled: dict[tuple[str, tuple[int, ...]], _Compiled] = {}

    def ask(self, **told: Any) -> Answer:
        """Note the question; it is asked when this answer or another one is looked at."""
        sizes = tuple([_rounded(len(told[name])) for name in self._lists])
        if 0 in sizes:
            return Answer(None, told)
        kind = connection().dialect.name
        compiled = self._compiled.get((kind, sizes))
        if compiled is None:
            compiled = self._compiled[kind, sizes] = _Compiled(self, kind, dict(zip(self._lists, sizes, strict=True)))
        answer = Answer(compiled, told)
        notes().setdefault(WAITING, []).append(answer)
        return answer

    def rows(self, **told: Any) -> list[Any]:
        """Ask now."""
        return self.ask(**told).rows


class _Compiled:
    """A question in the words of one kind of database, for lists of certain lengths."""

    def __init__(self, question: Question, kind: str, sizes: dict[str, int]) -> None:
        dialect = _DIALECTS[kind]
        bound = {one.key: one for one in visitors.iterate(question.select) if isinstance(one, sa.BindParameter)}
        free = {name: one for name, one in bound.items() if one.required}
        # Each place gets a mark as its value, which tells below what stands where.
        marks: dict[str, Any] = {
            name: [f"{name} {at}" for at in range(sizes[name])] if name in sizes else f"{name} 0" for name in free
        }
        sources = {f"{name} {at}": (name, at) for name in free for at in range(sizes.get(name, 1))}
        compiled: Any = question.select.compile(dialect=dialect)
        state = compiled.construct_expanded_state(marks)
        self.text = state.statement
        self.sizes = sizes
        self.places = [
            (*sources[mark], free[sources[mark][0]].type.dialect_impl(dialect).bind_processor(dialect))
            if mark in sources
            else (None, mark, None)
            for mark in state.positional_parameters
        ]
        columns = list(question.select.selected_columns)
        self.row = _row_of([str(column.key) for column in columns])
        found = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
        self.converts = [(at, convert) for at, convert in enumerate(found) if convert is not None]

    def statement(self, told: dict[str, Any]) -> Statement:
        """With values. Lists are filled up with their last entry, so that few lengths are compiled."""
        return Statement(self.text, list(self._values(told)))

    def rows(self, found: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Rows of the driver as everybody knows them."""
        if not self.converts:
            return list(map(self.row._make, found))
        return [self.row._make(self._converted(row)) for row in found]

    def _values(self, told: dict[str, Any]) -> Iterator[Any]:
        for name, at, convert in self.places:
            if name is None:
                yield at
                continue
            value = told[name]
            if name in self.sizes:
                value = value[min(at, len(value) - 1)]
            yield value if convert is None or value is None else convert(value)

    def _converted(self, row: tuple[Any, ...]) -> list[Any]:
        values = list(row)
        for at, convert in self.converts:
            values[at] = convert(values[at])
        return values


def _row_of(names: Sequence[str]) -> Any:
    return collections.namedtuple("_Row", names)


def _rounded(size: int) -> int:
    """The next power of two."""
    return 1 << (size - 1).bit_length() if size else 0


def _send() -> None:
    waiting: list[Answer] = notes().pop(WAITING, [])
    if waiting:
        said = [answer.compiled.statement(answer.told) for answer in waiting if answer.compiled]
        for answer, found in zip(waiting, say(connection(), said), strict=True):
            answer.take(found)
