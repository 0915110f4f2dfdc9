"""A thousand lives of a shop, each of forty steps with at least three classes of faults, checked after every step."""

from collections.abc import Iterator

import pytest

from tests.faults.sim import ground
from tests.faults.sim.ground import Ground
from tests.faults.sim.play import play
from tests.faults.sim.runner import described, judge

SEEDS, TOGETHER = 1_000, 50


@pytest.fixture(scope="module")
def laid() -> Iterator[Ground]:
    """The founded shop that each seed gets a copy of."""
    with ground.laid() as made:
        yield made


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_a_shop_lives_through_its_faults(laid: Ground, first: int) -> None:
    for seed in range(first, first + TOGETHER):
        outcome = judge(laid, seed)

        assert not outcome.violations, described(outcome)


def test_a_seed_is_always_the_same_life(laid: Ground) -> None:
    first, again = (play(laid, 7, figures=True) for _ in range(2))

    assert first == again
