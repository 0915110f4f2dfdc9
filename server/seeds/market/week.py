"""Plans a week at the tills of a demo business: `week_of_sales`. The same market, day and seed give the same week."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from server.seeds.market.baskets import fill, shop_of
from server.seeds.market.drawer import cash_moves, count_difference
from server.seeds.market.paying import gross_of, payments_for, sale_discount
from server.seeds.market.planning import Plan, Watch
from server.seeds.market.plans import Basket, Day, Event, Return, Shift
from server.seeds.market.returns import returns_of
from server.seeds.market.world import Market
from server.values.money import allocate

DAYS = 7
FLOAT_MINOR = 5_000
MINUTE_MS = 60_000
# Baskets of a whole day from and to, Monday first.
BUSY = ((60, 68), (60, 68), (61, 70), (62, 72), (68, 80), (78, 90), (74, 88))
# Opening hours of each register in turn, and its part of the day's baskets.
HOURS = ((8, 22, 56), (10, 23, 44))
# How busy each hour is.
RUSH = {8: 4, 9: 5, 10: 5, 11: 5, 12: 6, 13: 6, 14: 4, 15: 4, 16: 5, 17: 8, 18: 11, 19: 11, 20: 8, 21: 5, 22: 2}
LEAST_GAP_MS = 45_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def week_of_sales(market: Market, first_day: date, seed: int) -> tuple[Day, ...]:
    """Seven days of shifts from `first_day` on, at every register of the market."""
    plan = Plan(market, shop_of(market), Random(seed), {item.sku: item.price_minor for item in market.items})
    return tuple(_day(plan, first_day + timedelta(days=offset), offset) for offset in range(DAYS))


def _day(plan: Plan, day: date, offset: int) -> Day:
    watches = tuple(_watches(plan, day, offset))
    customers = plan.chance.randint(*BUSY[day.weekday()])
    counts = allocate(customers, [part for _, _, part in HOURS[: len(watches)]])
    rung = [_baskets(plan, watch, count) for watch, count in zip(watches, counts, strict=True)]
    plan.sold.extend(basket for baskets in rung for basket in baskets)
    shifts = [_shift(plan, watch, baskets) for watch, baskets in zip(watches, rung, strict=True)]
    return Day(day, tuple(shifts))


def _watches(plan: Plan, day: date, offset: int) -> Iterator[Watch]:
    """The cashiers take turns, so that each stands at each register."""
    cashiers = plan.market.people_in("cashier")
    for nth, (register, (opens, closes, _)) in enumerate(zip(plan.market.registers, HOURS, strict=False)):
        opened_at = _instant(plan.market, day, opens) - plan.chance.randint(5, 20) * MINUTE_MS
        cashier = cashiers[(offset + nth) % len(cashiers)].key
        yield Watch(day, register.code, cashier, opened_at, _instant(plan.market, day, closes), (opens, closes))


def _baskets(plan: Plan, watch: Watch, count: int) -> tuple[Basket, ...]:
    times = _times(plan, watch, count)
    return tuple(_basket(plan, watch, nth, rung_at) for nth, rung_at in enumerate(times, start=1))


def _basket(plan: Plan, watch: Watch, nth: int, rung_at: int) -> Basket:
    lines = fill(plan.shop, plan.chance)
    gross = gross_of(lines, plan.prices)
    payments = payments_for(gross, plan.chance)
    return Basket(
        key=f"{watch.day.isoformat()}/{watch.register}/{nth:03}",
        rung_at=rung_at,
        lines=lines,
        payments=payments,
        discount=sale_discount(gross, plan.chance),
    )


def _times(plan: Plan, watch: Watch, count: int) -> list[int]:
    """Instants of the day's baskets, in order and never closer than a cashier can work."""
    hours = range(*watch.hours)
    picked = plan.chance.choices(hours, [RUSH[hour] for hour in hours], k=count)
    wanted = sorted(_instant(plan.market, watch.day, hour) + plan.chance.randrange(60 * MINUTE_MS) for hour in picked)
    times: list[int] = []
    for instant in wanted:
        times.append(max(instant, times[-1] + LEAST_GAP_MS) if times else instant)
    return times


def _shift(plan: Plan, watch: Watch, baskets: tuple[Basket, ...]) -> Shift:
    returns = returns_of(plan, watch)
    moves = cash_moves(watch, baskets, plan.prices, plan.chance)
    events: list[Event] = [*baskets, *returns, *moves]
    events.sort(key=_happened_at)
    difference, reason = count_difference(plan.chance)
    return Shift(
        register=watch.register,
        cashier=watch.cashier,
        opened_at=watch.opened_at,
        closed_at=max(watch.last_at, _happened_at(events[-1])) + plan.chance.randint(3, 15) * MINUTE_MS,
        float_minor=FLOAT_MINOR,
        events=tuple(events),
        difference_minor=difference,
        reason=reason,
    )


def _happened_at(event: Event) -> int:
    return event.rung_at if isinstance(event, Basket | Return) else event.moved_at


def _instant(market: Market, day: date, hour: int) -> int:
    local = datetime.combine(day, time(hour), ZoneInfo(market.branch.timezone))
    return (local - _EPOCH) // timedelta(milliseconds=1)
