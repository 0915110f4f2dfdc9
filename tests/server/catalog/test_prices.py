"""Prices are rows that are only added to; which one counts is pure arithmetic."""

from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from server.catalog import operations, queries
from server.catalog.models import Price
from server.catalog.operations import NewPrice
from server.catalog.prices import price_valid_at
from server.core import changes, clock
from server.core.errors import Invalid
from server.core.transaction import session, writing
from tests.server.catalog.conftest import World
from tests.server.conftest import NOW_MS

HOUR = 3_600_000


@dataclass(frozen=True)
class Row:
    id: int
    kind: str = "regular"
    branch_id: int | None = None
    from_at: int = 100
    until_at: int | None = None


def test_the_price_that_began_last_counts() -> None:
    rows = [Row(1), Row(2, from_at=200), Row(3, from_at=900)]

    assert price_valid_at(rows, 500, branch_id=None) == rows[1]


def test_of_prices_that_began_together_the_one_written_last_counts() -> None:
    assert price_valid_at([Row(2), Row(1)], 500, branch_id=None) == Row(2)


def test_a_markdown_beats_a_promotion_which_beats_the_regular_price() -> None:
    rows = [Row(1, from_at=400), Row(2, kind="promotion", from_at=300), Row(3, kind="markdown", from_at=200)]

    assert price_valid_at(rows, 500, branch_id=None) == rows[2]
    assert price_valid_at(rows[:2], 500, branch_id=None) == rows[1]


def test_a_price_of_the_branch_beats_all_general_ones() -> None:
    rows = [Row(1, branch_id=7), Row(2, kind="markdown")]

    assert price_valid_at(rows, 500, branch_id=7) == rows[0]
    assert price_valid_at(rows, 500, branch_id=8) == rows[1]


def test_a_price_ends_at_its_end() -> None:
    rows = [Row(1), Row(2, kind="promotion", until_at=500)]

    assert price_valid_at(rows, 499, branch_id=None) == rows[1]
    assert price_valid_at(rows, 500, branch_id=None) == rows[0]


def test_rows_above_the_cursor_were_not_known() -> None:
    rows = [Row(10), Row(20)]

    assert price_valid_at(rows, 500, branch_id=None, known_until=15) == rows[0]
    assert price_valid_at(rows, 500, branch_id=None, known_until=5) is None


def test_a_new_price_leaves_the_old_row_as_it_was(world: World) -> None:
    with writing():
        item = operations.create_item(world.item())
        operations.set_price(NewPrice(item.id, 150))

        rows = session().scalars(sa.select(Price).where(Price.item_id == item.id).order_by(Price.id)).all()
        now = queries.current_prices([item.id], clock.now_ms())

    assert [row.amount_minor for row in rows] == [120, 150]
    assert now[item.id].amount_minor == 150


def test_a_planned_price_waits_for_its_hour(world: World) -> None:
    with writing():
        item = operations.create_item(world.item())
        operations.set_price(NewPrice(item.id, 90, kind="promotion", from_at=NOW_MS + HOUR, until_at=NOW_MS + 2 * HOUR))

        amounts = [queries.current_prices([item.id], NOW_MS + hours * HOUR)[item.id].amount_minor for hours in range(3)]

    assert amounts == [120, 90, 120]


def test_a_branch_price_is_told_to_that_branch_only(world: World) -> None:
    with writing():
        item = operations.create_item(world.item())
        price = operations.set_price(NewPrice(item.id, 99, branch_id=world.branch_id))

        ours, _ = changes.since(price.id - 1, ["catalogue"], branch_id=world.branch_id, limit=9)
        others, _ = changes.since(price.id - 1, ["catalogue"], branch_id=world.branch_id + 1, limit=9)

    assert ([row.id for row in ours], others) == ([str(price.id)], [])


@pytest.mark.parametrize(
    ("times", "fault"),
    [
        ({"from_at": NOW_MS - HOUR}, ("from_at", "in_past")),
        ({"until_at": NOW_MS - HOUR}, ("until_at", "before_beginning")),
        ({"from_at": NOW_MS + HOUR, "until_at": NOW_MS + HOUR}, ("until_at", "before_beginning")),
    ],
)
def test_a_plan_that_cannot_be_is_refused(world: World, times: dict[str, int], fault: tuple[str, str]) -> None:
    with writing():
        item = operations.create_item(world.item())

    with pytest.raises(Invalid) as refused, writing():
        operations.set_price(replace(NewPrice(item.id, 90), **times))

    assert [(error.field, error.code) for error in refused.value.errors] == [fault]
