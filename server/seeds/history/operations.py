"""Writes a history day by day: each day is one transaction, and in it each branch and each shift of its tills."""

import contextlib
import gc
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from server.core import actor, clock, flags, ids
from server.core.flags import Flag
from server.core.retention import DAY_MS, KEPT_DAYS
from server.core.transaction import session, writing
from server.seeds.history import buying
from server.seeds.history.bulk import unhurried_disk
from server.seeds.history.buying import Buyer
from server.seeds.history.chain import found_chain, remember_numbers
from server.seeds.history.shifts import Shifts, Shop
from server.seeds.history.terms import DAYS_A_YEAR, Progress, Terms, branch_weights, shares
from server.seeds.market.baskets import shop_of
from server.seeds.market.catalogue import catalogue
from server.seeds.market.world import Market
from server.seeds.operations import SignIn, sign_ins_of

FOUNDED_AT_H, DAWN_H, NIGHT_H = 8, 6, 27
LINES_A_BASKET = 4.5
BASKETS_A_REGISTER = 110
REGISTERS_AT_MOST = 8
TOLD_EVERY_S = 2.0
SETTLED_AFTER_DAYS = 3
OBJECTS_BETWEEN = 200_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Written:
    """What was written, and how people get in."""

    sales: int
    lines: int
    branch_ids: tuple[int, ...]
    sign_ins: tuple[SignIn, ...]


def write_history(
    terms: Terms,
    *,
    tell: Callable[[Progress], None] | None = None,
    each_night: Callable[[date], None] | None = None,
    market: Market | None = None,
) -> Written:
    """Found a chain in the empty shop in force and let it trade. Opens its own transactions; repeats: no.

    `each_night` is called after each day, outside any transaction, with the clock at three in the morning.
    """
    business = market or catalogue()
    with ids.repeatable(terms.seed), actor.acting(actor.SYSTEM), unhurried_disk(), _garbage_seldom():
        years = _Years(terms, business)
        told_at = time.monotonic()
        for day in years.days():
            if each_night is not None:
                with clock.frozen(_instant(business, day, NIGHT_H)):
                    each_night(day)
            if tell is not None and time.monotonic() - told_at >= TOLD_EVERY_S:
                told_at = time.monotonic()
                tell(Progress(day, years.lines, terms.lines, years.sales))
    if tell is not None:
        tell(Progress(terms.until, years.lines, terms.lines, years.sales))
    branches = tuple(site.founded.branch_id for site in years.chain.sites)
    return Written(years.sales, years.lines, branches, sign_ins_of(business))


@contextlib.contextmanager
def _garbage_seldom() -> Iterator[None]:
    """Weeks of receipts are remembered; walking through them every few hundred objects costs a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Years:
    """The chain over all its days."""

    def __init__(self, terms: Terms, market: Market) -> None:
        self.terms, self.market = terms, market
        self.chance = Random(f"history {terms.seed}")
        before = _instant(market, terms.first_day - timedelta(days=1), FOUNDED_AT_H)
        with clock.frozen(before), writing():
            self.chain = found_chain(market, branches=terms.branches, registers=_registers(terms))
            self.shops = [Shop(self.chain, site, self.chance) for site in self.chain.sites]
        self.shifts = Shifts(self.chain, shop_of(market), self.chance, terms.trouble)
        self.buyers = [Buyer(self.chain, site, self.chance, terms.trouble) for site in self.chain.sites]

    @property
    def lines(self) -> int:
        """Lines sold so far."""
        return sum(shop.counter.lines for shop in self.shops)

    @property
    def sales(self) -> int:
        """Sales and returns so far."""
        return sum(shop.counter.sales for shop in self.shops)

    def days(self) -> Iterator[date]:
        """Let each day happen; gives it once it is written."""
        weights = list(shares(self.terms))
        left = sum(weight for _, weight in weights)
        for day, weight in weights:
            lines = round((self.terms.lines - self.lines) * weight / left)
            left -= weight
            self._dawn(day)
            self._trade(day, lines)
            yield day
        with clock.frozen(_instant(self.market, self.terms.until, 24 + DAWN_H)), writing():
            for shop in self.shops:
                self.shifts.bring_late(shop, clock.now_ms())

    def _dawn(self, day: date) -> None:
        """Before the shops open: prices change on Mondays, and twice a week late sales and bought goods come in."""
        at = _instant(self.market, day, DAWN_H)
        years = (day - self.terms.first_day).days / DAYS_A_YEAR
        with clock.frozen(at):
            if day.weekday() == 0:
                with writing():
                    buying.change_prices(self.chain, years, self.chance)
                    _settle_flags(self.chain.manager, at - SETTLED_AFTER_DAYS * DAY_MS)
            if buying.is_buying_day(day):
                self._buy(at, years)

    def _buy(self, at: int, years: float) -> None:
        with writing():
            for shop, buyer in zip(self.shops, self.buyers, strict=True):
                self.shifts.bring_late(shop, at)
                buyer.buy(years, shop.counter.take_sold())
                buyer.waste()
                shop.counter.forget_shelves()

    def _trade(self, day: date, lines: int) -> None:
        is_young = (self.terms.until - day).days <= KEPT_DAYS
        known = self.terms.papers == "all" or is_young
        weights = branch_weights(self.terms.branches)
        midnight = _instant(self.market, day, 0)
        with writing():
            for shop, weight in zip(self.shops, weights, strict=True):
                part = round(lines * weight / sum(weights))
                self.shifts.open(shop, midnight, day.isoformat(), part, known=known)
            remember_numbers(self.chain)


def _registers(terms: Terms) -> int:
    baskets = terms.lines / terms.days / LINES_A_BASKET / terms.branches
    return min(1 + int(baskets / BASKETS_A_REGISTER), REGISTERS_AT_MOST)


def _settle_flags(manager: int, before: int) -> None:
    """The manager looks through what was flagged."""
    found: list[uuid.UUID] = list(
        session().scalars(sa.select(Flag.id).where(Flag.settled_at.is_(None), Flag.raised_at < before))
    )
    for flag_id in found:
        flags.settle(flag_id, by=manager, note="Yoxlanıldı")


def _instant(market: Market, day: date, hour: int) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(market.branch.timezone))
    return (midnight - _EPOCH) // timedelta(milliseconds=1) + hour * 3_600_000
