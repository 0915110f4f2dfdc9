"""Goods that come back: now and then a line of an earlier basket, paid back the way it was paid."""

from random import Random

from server.seeds.market.planning import Plan, Watch
from server.seeds.market.plans import Basket, Return
from server.values.money import line_amount
from server.values.quantity import ONE

MOST_PER_SHIFT = 2
FIRST_AFTER_MS = 3 * 3_600_000  # by then a drawer holds more than its float
BACK_AFTER_MS = 15 * 60_000
DEAREST_MINOR = 3_000  # what a drawer can always pay back
NOTES = ("Məhsul zədəlidir", "Səhv məhsul götürülüb", "Qablaşdırma açılıb", "Müştəri fikrini dəyişdi")


def returns_of(plan: Plan, watch: Watch) -> tuple[Return, ...]:
    """The returns of one shift, of baskets rung before. A basket is brought back at most once."""
    count = plan.chance.randint(0, MOST_PER_SHIFT)
    times = sorted(plan.chance.randrange(watch.opened_at + FIRST_AFTER_MS, watch.last_at) for _ in range(count))
    planned = (_return(plan, watch, nth, rung_at) for nth, rung_at in enumerate(times, start=1))
    return tuple(back for back in planned if back)


def _return(plan: Plan, watch: Watch, nth: int, rung_at: int) -> Return | None:
    fitting = [basket for basket in plan.sold if _may_come_back(plan, basket, rung_at)]
    if not fitting:
        return None
    basket = plan.chance.choice(fitting)
    plan.returned.add(basket.key)
    return Return(
        key=f"{watch.day.isoformat()}/{watch.register}/R{nth}",
        rung_at=rung_at,
        basket=basket.key,
        lines=(_part(plan, basket, plan.chance),),
        tender=basket.payments[0].tender,
        approved_by=plan.shop.approver,
        note=plan.chance.choice(NOTES),
    )


def _may_come_back(plan: Plan, basket: Basket, rung_at: int) -> bool:
    """One kind of payment, a good in a package that the drawer can pay back, and time enough to come back."""
    return (
        basket.rung_at + BACK_AFTER_MS < rung_at
        and basket.key not in plan.returned
        and len(basket.payments) == 1
        and bool(_returnable(plan, basket))
    )


def _returnable(plan: Plan, basket: Basket) -> list[int]:
    """Positions of the lines, from 1, that were scanned by a package's code and are not too dear."""
    return [
        position
        for position, line in enumerate(basket.lines, start=1)
        if line.barcode
        and line.weight_from == "none"
        and line_amount(quantity_milli=line.quantity_milli, unit_price_minor=plan.prices[line.sku]) <= DEAREST_MINOR
    ]


def _part(plan: Plan, basket: Basket, chance: Random) -> tuple[int, int]:
    position = chance.choice(_returnable(plan, basket))
    pieces = basket.lines[position - 1].quantity_milli // ONE
    return position, chance.randint(1, pieces) * ONE
