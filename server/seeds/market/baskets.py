"""Fills baskets: an errand says from which shelves, the shelf which good and how much.

Chance comes only from the Random that is passed in.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from server.seeds.market.plans import Discount, Line
from server.seeds.market.world import Category, Item, Market
from server.values.barcode import with_check_digit
from server.values.money import line_amount
from server.values.quantity import ONE

MAX_LINES = 12
BAG_FROM_LINES, BAG_CHANCE = 3, 0.45
CASE_CHANCE = 0.012
LABEL_CHANCE = 0.6
SCALE_STEP_G = 5
LEAST_STEPS = 2
ANY_GRAMS = (200, 1_500)
CHEAP_MINOR = 40  # eggs, herbs, bags: taken by several
PIECES = ((1, 2, 3, 4), (78, 15, 4, 3))
CHEAP_PIECES = ((1, 2, 3, 5, 10), (40, 30, 15, 10, 5))
LITRES = ((1_000, 1_500, 2_000), (60, 15, 25))
SMALL_PERCENT = Discount("percent", 500)  # what a cashier may give
BIG_PERCENT_BP = 1_000  # what the manager approves
LINE_AMOUNT_MINOR, AMOUNT_FROM_MINOR = 20, 300


@dataclass(frozen=True, slots=True)
class Errand:
    """A reason to come: how many lines, from which categories; `always` gives one line each first."""

    weight: int
    lines: tuple[int, int]
    always: tuple[int, ...]
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shop:
    """A market as the filler sees it: shelves with their goods (bags apart), errands that its shelves can serve."""

    shelves: Mapping[int, tuple[Item, ...]]
    categories: Mapping[int, Category]
    errands: tuple[Errand, ...]
    bags: tuple[Item, ...]
    labelled: frozenset[int]
    approver: str


def shop_of(market: Market) -> Shop:
    """The shop of a market. An errand keeps only the categories that the market has."""
    facts = tomllib.loads((Path(__file__).parent / "baskets.toml").read_text(encoding="utf-8"))
    bags = tuple(item for item in market.items if item.name in facts["bags"])
    shelves = {category.code: _shelf(market, category.code, bags) for category in market.categories}
    errands = tuple(_errand(row, shelves) for row in facts["errands"])
    return Shop(
        shelves=shelves,
        categories={category.code: category for category in market.categories},
        errands=tuple(errand for errand in errands if errand.sources),
        bags=bags,
        labelled=frozenset(facts["labelled"]),
        approver=market.people_in("manager")[0].key,
    )


def fill(shop: Shop, chance: Random) -> tuple[Line, ...]:
    """One basket's lines, each good once."""
    errand = chance.choices(shop.errands, [errand.weight for errand in shop.errands])[0]
    items = {item.sku: item for item in _picked(shop, errand, chance)}
    if shop.bags and len(items) >= BAG_FROM_LINES and chance.random() < BAG_CHANCE:
        bag = chance.choice(shop.bags)
        items[bag.sku] = bag
    return tuple(_line(shop, item, chance) for item in list(items.values())[:MAX_LINES])


def _shelf(market: Market, category: int, bags: Sequence[Item]) -> tuple[Item, ...]:
    return tuple(item for item in market.items if item.category == category and item not in bags)


def _errand(row: Mapping[str, Any], shelves: Mapping[int, Sequence[Item]]) -> Errand:
    always = tuple(code for code in row["always"] if shelves.get(code))
    sources = tuple(code for code in row["from"] if shelves.get(code))
    return Errand(row["weight"], tuple(row["lines"]), always, sources)


def _picked(shop: Shop, errand: Errand, chance: Random) -> Iterator[Item]:
    more = chance.randint(*errand.lines)
    if not errand.always:
        more = max(more, 1)
    pulls = [shop.categories[code].demand for code in errand.sources]
    for code in (*errand.always, *chance.choices(errand.sources, pulls, k=more)):
        shelf = shop.shelves[code]
        yield chance.choices(shelf, [item.demand for item in shelf])[0]


def _line(shop: Shop, item: Item, chance: Random) -> Line:
    if item.is_weighed:
        return _weighed_line(shop, item, chance)
    if item.unit == "l":
        return Line(item.sku, chance.choices(*LITRES)[0], None, "none")
    case = next((barcode for barcode in item.barcodes if barcode.quantity_milli > ONE), None)
    if case and chance.random() < CASE_CHANCE:
        return Line(item.sku, case.quantity_milli, case.code, "none")
    singles = [barcode.code for barcode in item.barcodes if barcode.quantity_milli == ONE]
    pieces = chance.choices(*(PIECES if item.price_minor > CHEAP_MINOR else CHEAP_PIECES))[0]
    quantity_milli = pieces * ONE
    code = chance.choice(singles) if singles else None
    return Line(item.sku, quantity_milli, code, "none", _discount(shop, item, quantity_milli, chance))


def _weighed_line(shop: Shop, item: Item, chance: Random) -> Line:
    grams = _grams(shop, item, chance)
    if item.category in shop.labelled and chance.random() < LABEL_CHANCE:
        return Line(item.sku, grams, with_check_digit(f"20{item.plu:05}{grams:05}"), "label")
    return Line(item.sku, grams, None, "scale", _discount(shop, item, grams, chance))


def _grams(shop: Shop, item: Item, chance: Random) -> int:
    """People take less of what is dear for its shelf, in whole steps of the scale."""
    prices = [good.price_minor for good in shop.shelves[item.category] if good.is_weighed]
    lightest, heaviest = shop.categories[item.category].grams or ANY_GRAMS
    wanted = chance.randint(lightest, heaviest)
    affordable = wanted * sum(prices) // (item.price_minor * len(prices))
    return max(min(wanted, affordable) // SCALE_STEP_G, LEAST_STEPS) * SCALE_STEP_G


def _discount(shop: Shop, item: Item, quantity_milli: int, chance: Random) -> Discount | None:
    """Mostly none; now and then five percent, ten with the manager's word, or some qəpik off."""
    lot = chance.random()
    if lot < 0.02:
        return SMALL_PERCENT
    if lot < 0.028:
        return Discount("percent", BIG_PERCENT_BP, shop.approver)
    gross_minor = line_amount(quantity_milli=quantity_milli, unit_price_minor=item.price_minor)
    if lot < 0.034 and gross_minor >= AMOUNT_FROM_MINOR:
        return Discount("amount", LINE_AMOUNT_MINOR)
    return None
