"""The bare counterpart of pushed sales: the same rows into the same tables by nothing but the database's own driver.

The rows of the newest sales are taken out of the shop and put back, one commit for each sale, over a connection with
the settings of the product's own. What the loop leaves out is everything else: reading, judging, costing, HTTP.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Json

from server.core import tenant
from server.core.pool import open_raw
from tests.bench.measuring import percentile
from tests.server.worlds import World

LEADING = {
    "operation": "id",
    "sale": "id",
    "sale_line": "sale_id",
    "sale_tax": "sale_id",
    "cash_document": "id",
    "cash_document_tax": "document_id",
    "tender": "document_id",
    "stock_move": "source_id",
    "layer_take": "move_id",
}
"""The tables of a sale in the order of their foreign keys, with the column that leads to it."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Looped:
    """What the loop took: sales a second, the rows of one sale, and the p95 of its commits in milliseconds."""

    rate: float
    rows_of_one: float
    p95_ms: float


def loop(world: World, count: int) -> Looped:
    """Put the newest sales back, one commit each."""
    with _connection(world) as (raw, mark):
        sales = _taken_out(raw, mark, count)
        texts = {table: _insert(table, len(rows[0]), mark) for rows_of in sales for table, rows in rows_of.items()}
        took = []
        for rows_of in sales:
            start = time.perf_counter()
            cursor = raw.cursor()
            cursor.execute("BEGIN IMMEDIATE" if mark == "?" else "BEGIN")
            for table, rows in rows_of.items():
                cursor.executemany(texts[table], rows)
            cursor.execute("COMMIT")
            took.append(time.perf_counter() - start)
    rows = sum(len(rows) for rows_of in sales for rows in rows_of.values())
    return Looped(len(sales) / sum(took), rows / len(sales), 1000 * percentile(took, 0.95))


@contextmanager
def _connection(world: World) -> Iterator[tuple[Any, str]]:
    """A bare connection with the product's own settings, and its mark for a parameter."""
    with world.app.app_context():
        raw = open_raw(tenant.config(), world.shop)
    with closing(raw):
        if world.shop.kind == "postgresql":
            raw.autocommit = True
        yield raw, "?" if world.shop.kind == "sqlite" else "%s"


def _taken_out(raw: Any, mark: str, count: int) -> list[Rows]:
    """The rows of the newest sales, which are no longer there."""
    cursor = raw.cursor()
    newest = cursor.execute(f"SELECT id FROM sale ORDER BY received_at DESC, id LIMIT {count:d}").fetchall()
    sales = []
    for (sale_id,) in newest:
        rows: Rows = {}
        for table, column in LEADING.items():
            for leading in [row[0] for row in rows["stock_move"]] if table == "layer_take" else [sale_id]:
                found = cursor.execute(f"SELECT * FROM {table} WHERE {column} = {mark}", (leading,)).fetchall()
                rows.setdefault(table, []).extend(tuple(map(_storable, row)) for row in found)
        sales.append({table: part for table, part in rows.items() if part})
    ids: dict[str, list[Any]] = defaultdict(list)
    for rows in sales:
        for table in LEADING:
            ids[table] += rows["sale"][0][:1] if table != "layer_take" else [row[0] for row in rows["stock_move"]]
    cursor.execute("BEGIN")
    for table, column in reversed(LEADING.items()):
        cursor.executemany(f"DELETE FROM {table} WHERE {column} = {mark}", [(id,) for id in ids[table]])
    cursor.execute("COMMIT")
    return sales


def _storable(value: Any) -> Any:
    return Json(value) if isinstance(value, dict | list) else value


def _insert(table: str, columns: int, mark: str) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join([mark] * columns)})"
