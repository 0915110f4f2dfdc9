"""A shop's database as the checks see it: rows of plain SQL, ids as text, amounts as integers, one moment for all."""

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from server.core.config import Config
from server.core.pool import open_raw
from server.core.tenant import Tenant

Row = tuple[Any, ...]
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Violation:
    """What is wrong: the invariant's number, whose row, and in which way."""

    invariant: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.invariant}  {self.subject}  {self.detail}"


class Books:
    """One moment of a tenant's database."""

    def __init__(self, raw: Any, tenant: Tenant, now_ms: int) -> None:
        self._raw = raw
        self.tenant = tenant
        self.now_ms = now_ms
        self.is_sqlite = tenant.kind == "sqlite"

    def rows(self, query: str) -> list[Row]:
        """All rows of a query; ids become text."""
        with closing(self._raw.cursor()) as cursor:
            cursor.execute(query)
            return self.plain(cursor.fetchall())

    def each(self, query: str) -> Iterator[Row]:
        """The rows of a query one after the other: of a large table, not all at once."""
        with closing(self._raw.cursor()) as cursor:
            cursor.execute(query)
            while part := cursor.fetchmany(ROWS_AT_ONCE):
                yield from self.plain(part)

    def sums(self, query: str) -> defaultdict[Any, int]:
        """A query of (key, amount) or (key, key, amount) as a dict of sums that are 0 where there is no row."""
        found: defaultdict[Any, int] = defaultdict(int)
        for *key, amount in self.rows(query):
            found[key[0] if len(key) == 1 else tuple(key)] += int(amount or 0)
        return found

    @staticmethod
    def plain(rows: list[Row]) -> list[Row]:
        """Rows with their ids as text: column by column, for most columns hold none."""
        columns = zip(*rows, strict=True)
        told = [tuple(map(_text, column)) if _IDS & set(map(type, column)) else column for column in columns]
        return list(zip(*told, strict=True))

    def flagged(self, *kinds: str) -> set[str]:
        """The subjects of flags of these kinds: what was booked knowingly against the rule."""
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        return {row[0] for row in self.rows(f"SELECT subject_id FROM flag WHERE kind IN ({listed})")}


@contextmanager
def opened(config: Config, tenant: Tenant, now_ms: int) -> Iterator[Books]:
    """A tenant's books in one moment, read only."""
    raw = open_raw(config, tenant)
    try:
        begin = "BEGIN" if tenant.kind == "sqlite" else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
        raw.execute(begin)
        yield Books(raw, tenant, now_ms)
    finally:
        raw.close()


def half_up(value: Fraction) -> int:
    """Rounded half away from zero: written again here, so that the checks share nothing with `server/values`."""
    whole = (abs(value) * 2 + 1) // 2
    return int(whole if value >= 0 else -whole)


_IDS = {bytes, uuid.UUID}


def _text(value: Any) -> Any:
    if isinstance(value, bytes) and len(value) == 16:
        digits = value.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    return str(value) if isinstance(value, uuid.UUID) else value


def as_json(value: Any) -> Any:
    """A JSON column: text on SQLite, already taken apart on PostgreSQL."""
    return json.loads(value) if isinstance(value, str) else value
