"""What is asked for, how far it is, and how trade rises and falls over the days of a history. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

UNTIL = date(2026, 6, 30)
"""The last day of a history, unless it is said otherwise: the same command makes the same rows on any day."""

DAYS_A_YEAR = 365
WEEK = (90, 88, 90, 95, 108, 124, 105)
"""How busy each day of the week is, Monday first."""

SEASON = (88, 92, 118, 98, 100, 97, 90, 86, 98, 100, 103, 130)
"""How busy each month is, January first: Novruz in March, the new year in December."""

GROWTH_A_YEAR = 12
NOISE = (88, 112)


@dataclass(frozen=True)
class Terms:
    """How much is written. `papers`: device jobs, answers and the like of all days, or only what retention leaves.

    `trouble`: how many times more often than usual goods come back or spoil and sales come late; for small examples.
    """

    lines: int
    years: float
    branches: int = 1
    seed: int = 20_261_124
    until: date = UNTIL
    papers: Literal["all", "kept"] = "kept"
    trouble: int = 1

    @property
    def days(self) -> int:
        """How many days the shops are open."""
        return max(1, round(self.years * DAYS_A_YEAR))

    @property
    def first_day(self) -> date:
        """The day on which they open."""
        return self.until - timedelta(days=self.days - 1)


@dataclass(frozen=True)
class Progress:
    """How far a history is."""

    day: date
    lines: int
    of: int
    sales: int


def shares(terms: Terms) -> Iterator[tuple[date, int]]:
    """Each day with its weight among all days."""
    chance = Random(f"days {terms.seed}")
    for offset in range(terms.days):
        day = terms.first_day + timedelta(days=offset)
        growth = 100 + GROWTH_A_YEAR * offset // DAYS_A_YEAR
        yield day, WEEK[day.weekday()] * SEASON[day.month - 1] * growth * chance.randint(*NOISE)


def branch_weights(branches: int) -> list[int]:
    """How large each branch is: the first is the largest."""
    return [max(100 - 12 * nth, 30) for nth in range(branches)]
