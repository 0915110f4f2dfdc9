"""Which of an item's price rows counts at a moment: pure arithmetic, the same as the browser's `data/prices.ts`.

A price of the branch beats a general one, a markdown beats a promotion, a promotion beats the regular price; among
equals the one that began last, then the one that was written last.
"""

from collections.abc import Iterable
from typing import Protocol, TypeVar

RANK = {"regular": 0, "promotion": 1, "markdown": 2}


class PriceRow(Protocol):
    """What is asked of a price row. Units: minor units, milliseconds UTC."""

    @property
    def id(self) -> int: ...
    @property
    def branch_id(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def from_at(self) -> int: ...
    @property
    def until_at(self) -> int | None: ...


Row = TypeVar("Row", bound=PriceRow)


def price_valid_at(
    prices: Iterable[Row], at_ms: int, *, branch_id: int | None, known_until: int | None = None
) -> Row | None:
    """The row of one item that counts at an instant in a branch; none when it has no price then.

    `known_until` is a catalogue cursor: rows that a terminal at that cursor could not know are left out.
    """
    valid = [row for row in prices if _counts(row, at_ms, branch_id, known_until)]
    return max(valid, key=_strength, default=None)


def _counts(row: PriceRow, at_ms: int, branch_id: int | None, known_until: int | None) -> bool:
    has_begun = row.from_at <= at_ms
    has_ended = row.until_at is not None and row.until_at <= at_ms
    is_ours = row.branch_id is None or row.branch_id == branch_id
    is_known = known_until is None or row.id <= known_until
    return has_begun and not has_ended and is_ours and is_known


def _strength(row: PriceRow) -> tuple[bool, int, int, int]:
    return row.branch_id is not None, RANK[row.kind], row.from_at, row.id
