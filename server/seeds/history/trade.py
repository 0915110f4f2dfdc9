"""What happens in one shift of a history: baskets, returns, cash in and out, and what else is told of a till.

Everything is chance out of the Random that is passed in; the operations are those of `seeds/till.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from server.sales.pricing import Discount
from server.seeds.history.chain import Chain, Desk, Site
from server.seeds.market import plans
from server.seeds.market.baskets import Shop, fill
from server.seeds.market.drawer import COSTS, count_difference
from server.seeds.market.paying import gross_of, payments_for, sale_discount
from server.seeds.market.returns import NOTES
from server.seeds.market.week import RUSH
from server.seeds.rung import Receipt
from server.seeds.till import Head, Operation, Pay, Sold

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
FLOAT_MINOR = 5_000
PRINTED, RETURNED, COPIED, OPENED, TOLD = 0.6, 0.009, 0.004, 0.1, 0.05
CHANGE_MINOR, DROP_LEAVES_MINOR, DROP_STEP_MINOR = 3_000, 8_000, 5_000
DAY_MS = 86_400_000
BACK_WITHIN_MS = 14 * DAY_MS
TRIES = 8
EVENTS = ("line_removed", "cart_cancelled", "pin_missed")


@dataclass(frozen=True)
class Watch:
    """A cashier at a desk from an instant to another; `hours` are local; `lines` how much is sold."""

    site: Site
    desk: Desk
    business_day: str
    cashier: int
    midnight: int
    hours: tuple[int, int]
    lines: int


class Trade:
    """A shift while it is played: `acts` gives (instant, operation) in the order of time."""

    def __init__(self, chain: Chain, shop: Shop, watch: Watch, chance: Random, trouble: int) -> None:
        self.chain, self.shop, self.watch, self.chance, self.trouble = chain, shop, watch, chance, trouble
        self.till, self.types = watch.desk.till, watch.site.founded.tender_types

    def acts(self, ages: "Ages") -> Iterator[tuple[int, Operation]]:
        """Everything from the opening to the close."""
        self.ages = ages
        opens, closes = (self.watch.midnight + hour * HOUR_MS for hour in self.watch.hours)
        self.till.person_id = self.watch.cashier
        yield opens, self.till.open_shift(opens, self.watch.business_day, FLOAT_MINOR, age_ms=ages.next())
        at = opens
        for at, act in self._planned(opens, closes):
            made = act(at)
            if made is not None:
                yield at, made
        last = max(at, closes) + self.chance.randint(3, 15) * MINUTE_MS
        yield from self._end(last)

    def _end(self, at: int) -> Iterator[tuple[int, Operation]]:
        drop = (self.till.drawer_minor - DROP_LEAVES_MINOR) // DROP_STEP_MINOR * DROP_STEP_MINOR
        if drop > 0:
            yield at, self._move("out", "safe", drop, "Seyfə təhvil", at)
        difference, reason = count_difference(self.chance)
        at += 5 * MINUTE_MS
        yield at, self.till.close_shift(at, self.till.drawer_minor + difference, reason, age_ms=self.ages.next())

    def _planned(self, opens: int, closes: int) -> list[tuple[int, Any]]:
        baskets = self._baskets()
        acts: list[tuple[int, Any]] = list(zip(self._times(len(baskets)), map(self._sale, baskets), strict=True))
        chance = self.chance
        for share, act in ((RETURNED, self._return), (COPIED, self._copy), (TOLD, self._event)):
            count = sum(chance.random() < share * self.trouble for _ in baskets)
            acts += [(chance.randrange(opens + HOUR_MS, closes), act) for _ in range(count)]
        if chance.random() < OPENED:
            acts.append((chance.randrange(opens, closes), self._open_drawer))
        if chance.random() < 0.2:
            acts.append((chance.randrange(opens, closes), self._change))
        if chance.random() < 0.15:
            acts.append((closes - HOUR_MS, self._cost))
        acts.sort(key=lambda act: act[0])
        return acts

    def _baskets(self) -> list[tuple[plans.Line, ...]]:
        found, left = [], self.watch.lines
        while left > 0:
            basket = fill(self.shop, self.chance)[:left]
            found.append(basket)
            left -= len(basket)
        return found

    def _times(self, count: int) -> list[int]:
        hours = range(*self.watch.hours)
        picked = self.chance.choices(hours, [RUSH.get(hour, 1) for hour in hours], k=count)
        return sorted(self.watch.midnight + hour * HOUR_MS + self.chance.randrange(HOUR_MS) for hour in picked)

    def _sale(self, basket: Sequence[plans.Line]) -> Any:
        gross = gross_of(basket, self.chain.prices)
        pays, discount = payments_for(gross, self.chance), sale_discount(gross, self.chance)
        prints = self.chance.random() < PRINTED
        head = Head(discounts=() if discount is None else (_discount(discount),), prints=prints)

        def ring(at: int) -> Operation:
            return self.till.sale(at, list(map(self._line, basket)), self._pays(pays), head, age_ms=self.ages.next())

        return ring

    def _line(self, line: plans.Line) -> Sold:
        discount = line.discount
        return Sold(
            ware=self.chain.wares[line.sku],
            quantity_milli=line.quantity_milli,
            discounts=() if discount is None else (_discount(discount),),
            barcode=line.barcode,
            weight_from=line.weight_from,
            approved_by=self.chain.manager if discount is not None and discount.approved_by else None,
        )

    def _pays(self, pays: Sequence[plans.Payment]) -> list[Pay]:
        return [Pay(self.types[one.tender], one.amount_minor, None, one.note_minor, one.reference) for one in pays]

    def _return(self, at: int) -> Operation | None:
        """A line of a receipt of yesterday or before comes back, as far as it has not yet."""
        ids = list(self.till.receipts)
        for _ in range(TRIES if ids else 0):
            sale_id = self.chance.choice(ids)
            rung = sale_id.int >> 80
            if not at - BACK_WITHIN_MS < rung < self.watch.midnight:
                continue
            lines = _returnable(self.till.receipts[sale_id])
            if lines:
                position, left = self.chance.choice(lines)
                head = Head(approved_by=self.chain.manager, note=self.chance.choice(NOTES))
                quantity = self.chance.randint(1, left) * 1_000
                tender = "cash" if self.chance.random() < 0.7 else "card"
                made = self.till.give_back(at, sale_id, [(position, quantity)], [Pay(self.types[tender])], head)
                return made | {"age_ms": self.ages.next()}
        return None

    def _copy(self, at: int) -> Operation | None:
        ids = [id for id in reversed(self.till.receipts) if id.int >> 80 < self.watch.midnight]
        if not ids:
            return None
        body = {"sale_id": str(ids[0]), "approved_by": self.chain.manager}
        return self.till.operation("receipt_copy", body, at, age_ms=self.ages.next())

    def _event(self, at: int) -> Operation:
        kind = self.chance.choice(EVENTS)
        item = self.chance.choice(self.chain.market.items)
        detail = {"name": item.name, "amount_minor": self.chain.prices[item.sku]} if kind == "line_removed" else {}
        body = {"kind": kind, "detail": detail, "approved_by": None}
        return self.till.operation("till_event", body, at, age_ms=self.ages.next())

    def _open_drawer(self, at: int) -> Operation:
        body = {"reason": "Pul xırdalandı", "approved_by": self.chain.manager}
        return self.till.operation("drawer_open", body, at, age_ms=self.ages.next())

    def _change(self, at: int) -> Operation:
        return self._move("in", "safe", CHANGE_MINOR, "Xırda pul", at)

    def _cost(self, at: int) -> Operation:
        reason, amount = self.chance.choice(COSTS)
        return self._move("out", "outside", amount, reason, at)

    def _move(self, direction: str, place: str, amount: int, reason: str, at: int) -> Operation:
        other, drawer = self.watch.site.founded.holders[place], self.till.drawer_id
        ends = (other, drawer) if direction == "in" else (drawer, other)
        return self.till.cash_move(at, *ends, amount, reason) | {"age_ms": self.ages.next()}


class Ages:
    """How old operations are when they come: some hundred milliseconds, or not known (and then nothing is printed)."""

    def __init__(self, chance: Random, *, known: bool) -> None:
        self._chance, self._known = chance, known

    def next(self) -> int | None:
        """The age of the next operation."""
        return self._chance.randint(200, 900) if self._known else None


def _returnable(receipt: Receipt) -> list[tuple[int, int]]:
    """Positions of goods sold by the piece, and how many pieces of each have not come back."""
    found = []
    for position, (line, _) in receipt.lines.items():
        left = line.quantity_milli - receipt.back.get(position, (0, None))[0]
        if line.back is None and line.weight_from == "none" and left >= 1_000 and line.quantity_milli % 1_000 == 0:
            found.append((position, left // 1_000))
    return found


def _discount(planned: plans.Discount) -> Discount:
    return Discount("percent" if planned.kind == "percent" else "amount", planned.value)
