"""Cash that comes and goes without a sale: change from the safe, small costs, the evening's drop, the count's error."""

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from server.seeds.market.paying import cash_of
from server.seeds.market.planning import Watch
from server.seeds.market.plans import Basket, CashMove

HOUR_MS = 3_600_000
CHANGE_MINOR, CHANGE_CHANCE = 3_000, 0.4
COSTS = (("Təmizlik vasitəsi alındı", 900), ("İşçilər üçün su alındı", 450), ("Yükdaşıyana ödəniş", 1_500))
COST_CHANCE = 0.3
DROP_BEFORE_END_MS = 2 * HOUR_MS
DROP_LEAVES_MINOR, DROP_STEP_MINOR = 8_000, 5_000
DIFFERENCES = ((0, -20, 10, 50, -100), (64, 12, 12, 6, 6))
SHORT, OVER = "Qaytarılan pulda səhv", "Müştəri qalığı götürməyib"


def cash_moves(
    watch: Watch, baskets: Sequence[Basket], prices: Mapping[str, int], chance: Random
) -> tuple[CashMove, ...]:
    """The moves of one shift. None takes more than the drawer holds by then."""
    return tuple(_moves(watch, baskets, prices, chance))


def count_difference(chance: Random) -> tuple[int, str]:
    """How far the count at the close is off, and why. Units: minor units."""
    difference = chance.choices(*DIFFERENCES)[0]
    if difference == 0:
        return 0, ""
    return difference, OVER if difference > 0 else SHORT


def _moves(watch: Watch, baskets: Sequence[Basket], prices: Mapping[str, int], chance: Random) -> Iterator[CashMove]:
    if chance.random() < CHANGE_CHANCE:
        yield CashMove(_around(watch.opened_at + 2 * HOUR_MS, chance), "in", "safe", CHANGE_MINOR, "Xırda pul")
    if chance.random() < COST_CHANCE:
        reason, amount = chance.choice(COSTS)
        yield CashMove(_around(watch.opened_at + 5 * HOUR_MS, chance), "out", "outside", amount, reason)
    dropped_at = _around(watch.last_at - DROP_BEFORE_END_MS, chance)
    taken = sum(cash_of(basket, prices) for basket in baskets if basket.rung_at < dropped_at)
    drop = (taken - DROP_LEAVES_MINOR) // DROP_STEP_MINOR * DROP_STEP_MINOR
    if drop > 0:
        yield CashMove(dropped_at, "out", "safe", drop, "Seyfə təhvil")


def _around(instant: int, chance: Random) -> int:
    return instant + chance.randrange(HOUR_MS)
