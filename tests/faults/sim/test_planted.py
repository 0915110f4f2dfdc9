"""A fault of each class is planted in the product, and the simulator finds it within a few seeds."""

from collections.abc import Iterator, Mapping
from typing import Any
from unittest import mock

import pytest
import sqlalchemy as sa

from server.cash.events import Told
from server.core.rows import Sheet
from server.core.transaction import session
from server.sales.models import TillEvent
from server.stock.models import StockMove
from server.stock.moving import Plan
from server.sync import verdicts
from server.sync.verdicts import Result
from tests.faults.sim import ground
from tests.faults.sim.ground import Ground
from tests.faults.sim.play import Outcome, play
from tests.faults.sim.terminal import Disk

WITHIN = 40
"""Seeds in which a planted fault must be found."""


@pytest.fixture(scope="module")
def laid() -> Iterator[Ground]:
    """The founded shop that each seed gets a copy of."""
    with ground.laid() as made:
        yield made


def found(laid: Ground, *invariants: str) -> Outcome:
    """The first seed that meets the fault: what it violates first is one of these."""
    for seed in range(WITHIN):
        outcome = play(laid, seed)
        if outcome.violations:
            assert outcome.violations[0].invariant in invariants, outcome.violations[:3]
            return outcome
    raise AssertionError(f"not found in {WITHIN} seeds")


def test_an_acknowledgement_that_is_lost_is_found(laid: Ground) -> None:
    """The server answers, and its transaction is rolled back afterwards."""
    real, calls = verdicts.store, iter(range(10**9))

    def forgets(sheet: Sheet, fact: Any, raw: Mapping[str, Any], result: Result) -> None:
        if fact.kind != "till_event" or next(calls) % 3:
            real(sheet, fact, raw, result)
        else:
            session().execute(sa.delete(TillEvent).where(TillEvent.id == fact.id))

    with mock.patch.object(verdicts, "store", forgets):
        found(laid, "I26")


def test_an_operation_that_is_booked_twice_is_found(laid: Ground) -> None:
    """The server does not look whether it has judged an operation before."""
    with mock.patch.object(verdicts, "known", return_value={}):
        found(laid, "refused", "logged", "I9")


def test_a_number_that_is_given_twice_is_found(laid: Ground) -> None:
    """A terminal does not keep its counter with the sale."""
    real = Disk.write

    def forgets(self: Disk, till: Any, entry: Any = None) -> None:
        kept = self.kept.get("next_sale", 1)
        real(self, till, entry)
        self.kept["next_sale"] = kept

    with mock.patch.object(Disk, "write", forgets):
        found(laid, "I8", "refused")


def test_a_drawer_that_opens_late_is_found(laid: Ground) -> None:
    """The server does not ask how old a wish is."""
    with mock.patch.object(Told, "left_of", lambda self, life_ms, now_ms: life_ms):
        found(laid, "I15")


@pytest.mark.parametrize("column", ["quantity_milli", "value_minor"])
def test_stock_that_drifts_is_found(laid: Ground, column: str) -> None:
    """A stock move is a little off, in quantity or in cost."""
    real = Plan.put_on

    def drifts(self: Plan, sheet: Sheet) -> None:
        for move in self.rows[StockMove][:1]:
            move[column] += 1
        real(self, sheet)

    with mock.patch.object(Plan, "put_on", drifts):
        found(laid, "I16", "I18")
