"""What fills the shelves of a history: goods bought at costs that drift, waste, and prices that follow the costs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random

import sqlalchemy as sa

from server.catalog import operations as catalog
from server.catalog.operations import NewPrice
from server.core import changes
from server.core.transaction import session
from server.seeds.history.chain import Chain, Site
from server.seeds.market.world import Item
from server.stock import operations as stock
from server.stock.models import Balance
from server.stock.operations import EntryLine
from server.values.money import line_amount

BUYING_DAYS = (0, 3)
"""Mondays and Thursdays."""

COVER_DAYS, REORDER_DAYS = 16, 6
RISE_A_YEAR_BP = 800
COST_NOISE = (970, 1_030)
WASTE_SHARE, WASTE_MILLI = 0.004, 2_000
PRICES_A_WEEK = 6
STEP_MINOR = 5
SMOOTH = 4
"""Of the demand that is expected, a quarter is what was sold lately."""


class Buyer:
    """Buys for one branch; it knows what was sold since it last bought."""

    def __init__(self, chain: Chain, site: Site, chance: Random, trouble: int) -> None:
        self.chain, self.site, self.chance, self.trouble = chain, site, chance, trouble
        self.goods = [(item, _item_id(chain, item)) for item in chain.market.items]
        self.demand = {id: item.opening_milli // (2 * COVER_DAYS) for item, id in self.goods}

    def buy(self, years: float, sold: Mapping[int, int]) -> None:
        """Fill up what would not last, in the transaction in force. `sold` is what left since the last time."""
        held = _on_hand(self.site.founded.warehouse_id)
        lines = list(self._lines(years, sold, held))
        if lines:
            stock.book_entry("adjustment", self.site.founded.warehouse_id, lines, reason="Mal qəbulu")

    def waste(self) -> None:
        """What spoiled is written off."""
        held = _on_hand(self.site.founded.warehouse_id)
        gone = [
            EntryLine(id, -min(WASTE_MILLI * self.trouble**2, held[id]))
            for _, id in self.goods
            if held.get(id, 0) >= WASTE_MILLI and self.chance.random() < WASTE_SHARE * self.trouble
        ]
        if gone:
            stock.book_entry("adjustment", self.site.founded.warehouse_id, gone, reason="Xarab olub")

    def _lines(self, years: float, sold: Mapping[int, int], held: Mapping[int, int]) -> Iterator[EntryLine]:
        for item, id in self.goods:
            lately = sold.get(id, 0) * len(BUYING_DAYS) // 7
            daily = self.demand[id] = (self.demand[id] * (SMOOTH - 1) + lately) // SMOOTH
            on_hand = held.get(id, 0)
            if on_hand > daily * REORDER_DAYS and on_hand > 0:
                continue
            wanted = max(-(-(daily * COVER_DAYS - on_hand) // 1_000), 1) * 1_000
            cost = cost_of(item, years) * self.chance.randint(*COST_NOISE) // 1_000
            yield EntryLine(id, wanted, line_amount(quantity_milli=wanted, unit_price_minor=max(cost, 1)))


def cost_of(item: Item, years: float) -> int:
    """What one unit costs after so many years, before the noise of a single purchase. Units: minor."""
    return item.cost_minor * (10_000 + int(RISE_A_YEAR_BP * years)) // 10_000


def change_prices(chain: Chain, years: float, chance: Random) -> None:
    """Some prices follow their costs, in the transaction in force; the tills know them from now on."""
    for item in chance.sample(chain.market.items, PRICES_A_WEEK):
        amount = max(_dearer(item.price_minor, years, chance) // STEP_MINOR * STEP_MINOR, STEP_MINOR)
        if amount != chain.prices[item.sku]:
            price = catalog.set_price(NewPrice(_item_id(chain, item), amount))
            chain.prices[item.sku] = amount
            chain.wares[item.sku] = replace(chain.wares[item.sku], unit_price_minor=amount, price_id=price.id)
    cursor = changes.head()
    for desk in (desk for site in chain.sites for desk in site.desks):
        desk.till.catalogue_cursor = cursor


def is_buying_day(day: date) -> bool:
    """Whether goods come on this day."""
    return day.weekday() in BUYING_DAYS


def _dearer(price_minor: int, years: float, chance: Random) -> int:
    return price_minor * (10_000 + int(RISE_A_YEAR_BP * years)) * chance.randint(*COST_NOISE) // 10_000_000


def _item_id(chain: Chain, item: Item) -> int:
    found = chain.wares[item.sku].item_id
    assert found is not None
    return found


def _on_hand(warehouse_id: int) -> dict[int, int]:
    query = sa.select(Balance.item_id, Balance.quantity_milli).where(Balance.warehouse_id == warehouse_id)
    return {item_id: milli for item_id, milli in session().execute(query)}
