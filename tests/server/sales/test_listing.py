"""Lists of the back office find their rows by an index, however long a shop has traded; and keep their order."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from server.cash import shifts
from server.core import actor, tenant
from server.core.actor import Actor
from server.core.doors import App
from server.core.pool import engines
from server.core.tenant import Tenant
from server.core.transaction import connection, reading
from server.sales import queries
from server.seeds.history import Terms, write_history
from server.seeds.market.catalogue import small_world

TERMS = Terms(lines=150, years=10 / 365, branches=2)
Page = tuple[list[Any], str | None]


@pytest.fixture
def lived(app: App, shop: Tenant) -> Iterator[tuple[int, ...]]:
    """A shop that traded for ten days in two branches."""
    with tenant.tenant_scope(app, shop):
        written = write_history(TERMS, market=small_world())
        with actor.acting(Actor(kind="person", person_id=1)):
            yield written.branch_ids


def all_pages(limit: int = 7, **wanted: Any) -> list[Any]:
    found, cursor = [], None
    while True:
        with reading():
            rows, cursor = queries.sales(limit=limit, cursor=cursor, **wanted)
        found += rows
        if cursor is None:
            return found


def test_pages_of_sales_follow_each_other_newest_first(lived: tuple[int, ...]) -> None:
    rows = all_pages()

    order = [(row["business_day"], row["rung_at"], row["id"]) for row in rows]
    assert order == sorted(order, reverse=True)
    assert len({row["id"] for row in rows}) == len(rows) == len(all_pages(limit=100)) > 20


def test_sales_of_a_day_and_of_a_shift_are_those(lived: tuple[int, ...]) -> None:
    rows = all_pages(limit=100)
    day = rows[len(rows) // 2]["business_day"]

    of_day = all_pages(from_day=day, until_day=day)
    with reading():
        shift = next(row for row in shifts.shifts(from_day=day, until_day=day)[0])
    of_shift = all_pages(shift_id=shift["id"])

    assert [row["id"] for row in of_day] == [row["id"] for row in rows if row["business_day"] == day]
    assert 0 < len(of_shift) <= len(of_day)
    assert {row["register_id"] for row in of_shift} == {shift["register_id"]}


@pytest.mark.parametrize("count", [1, 2])
def test_who_works_in_some_branches_sees_those(lived: tuple[int, ...], count: int) -> None:
    everywhere = len(all_pages(limit=100))

    with actor.acting(Actor(kind="person", person_id=1, branch_ids=frozenset(lived[:count]))):
        seen = len(all_pages())

    assert (seen == everywhere) == (count == 2)
    assert seen > 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_no_list_reads_or_sorts_a_whole_table(lived: tuple[int, ...], shop: Tenant) -> None:
    with reading():
        day = queries.sales(limit=1)[0][0]["business_day"]
        _, second = queries.sales(limit=5)
        shift_rows, later = shifts.shifts(limit=3)
    one_branch = Actor(kind="person", person_id=1, branch_ids=frozenset(lived[:1]))
    wanted = {
        "sale": [
            plan(shop, lambda: queries.sales()),
            plan(shop, lambda: queries.sales(from_day=day, until_day=day)),
            plan(shop, lambda: queries.sales(cursor=second)),
            plan(shop, lambda: queries.sales(), who=one_branch),
        ],
        "shift": [plan(shop, lambda: shifts.shifts()), plan(shop, lambda: shifts.shifts(cursor=later))],
    }

    steps = [step for plans in wanted.values() for one in plans for step in one[0]]
    assert [step for step in steps if "TEMP B-TREE FOR ORDER BY" in step or "INDEX" not in step] == []
    assert "SEARCH" in wanted["sale"][1][0][0] and "SEARCH" in wanted["sale"][2][0][0]
    of_shift = plan(shop, lambda: queries.sales(shift_id=shift_rows[0]["id"]))[0]
    assert any("ix_cash_document_shift" in step for step in of_shift)


def plan(shop: Tenant, ask: Any, who: Actor | None = None) -> list[list[str]]:
    """How SQLite goes about each query of a list, the list's own first."""
    said: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        said.append((statement, parameters))

    engine = engines().of(shop)
    sa.event.listen(engine, "before_cursor_execute", note)
    with actor.acting(who or actor.current()), reading():
        ask()
        sa.event.remove(engine, "before_cursor_execute", note)
        raw: Any = connection().connection.dbapi_connection
        lists = [one for one in said if "LIMIT" in one[0]]
        return [[row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {one}", given)] for one, given in lists]
