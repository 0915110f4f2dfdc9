"""The goods of one shelf: numbers, codes, costs and opening stock, all derived from the shelf's own data.

A good's number is its category's code and its place: 01 to 49 packed, 50 to 69 loose or poured, from 70 weighed.
The SKU is that number; the PLU stands 10,000 above it, so that it fills a label's five digits; a bar code is the
number scattered over nine digits behind 476, the prefix of Azerbaijan.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from server.seeds.market.world import Barcode, Item
from server.values.barcode import with_check_digit
from server.values.money import BASIS
from server.values.quantity import ONE

COUNTRY = "476"
CODES_PER_ITEM = 10  # places for the codes of one good; the last is its case code
SCATTER = 387_420_489  # shares no factor with a billion, so different numbers stay different codes
PLU_BASE = 10_000
FIRST_PACKED, FIRST_LOOSE, FIRST_WEIGHED, END = 1, 50, 70, 100
MIDDLE_DEMAND, MOST_DEMAND = 4, 12  # of a good at its shelf's average price, and of one that costs far less
QUICK_DEMAND = 3  # a good on a quick tile is taken so many times as often
BASE_STOCK = 24  # units of even the rarest good


@dataclass(frozen=True, slots=True)
class Good:
    """A good as its file tells it. Units: minor units; `case` counts pieces."""

    name: str
    price_minor: int
    unit: str
    codes: int = 0
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the goods of a category share. Units: basis points of VAT, percent of margin, minor units."""

    code: int
    tax_class: str
    rate_bp: int
    margin: int
    demand: int
    average_minor: int


def goods_of(facts: Mapping[str, Any], rates: Mapping[str, int], quick: Mapping[str, int]) -> Iterator[Item]:
    """The items of a category's facts. `rates` are basis points by VAT class, `quick` the positions of quick tiles."""
    goods = list(_goods(facts))
    tax_class = facts.get("vat", "standard")
    shelf = Shelf(
        code=facts["code"],
        tax_class=tax_class,
        rate_bp=rates[tax_class],
        margin=facts["margin"],
        demand=facts["demand"],
        average_minor=sum(good.price_minor for _, good in goods) // len(goods),
    )
    return (_item(shelf, good, shelf.code * 100 + place, quick.get(good.name)) for place, good in goods)


def ean13(number: int, nth: int) -> str:
    """The nth EAN-13 of a good, with its check digit."""
    scattered = (number * CODES_PER_ITEM + nth) * SCATTER % 10**9
    return with_check_digit(f"{COUNTRY}{scattered:09}")


def _goods(facts: Mapping[str, Any]) -> Iterator[tuple[int, Good]]:
    """Every good with its place."""
    loose = [*_priced(facts, "loose", "pcs"), *_priced(facts, "poured", "l")]
    yield from _placed(list(_packed(facts)), FIRST_PACKED, FIRST_LOOSE)
    yield from _placed(loose, FIRST_LOOSE, FIRST_WEIGHED)
    yield from _placed(_priced(facts, "weighed", "kg"), FIRST_WEIGHED, END)


def _placed(goods: list[Good], first: int, end: int) -> Iterator[tuple[int, Good]]:
    assert len(goods) <= end - first, f"more goods than places: {goods[0].name} and on"
    return enumerate(goods, start=first)


def _packed(facts: Mapping[str, Any]) -> Iterator[Good]:
    for line in facts.get("packed", []):
        for size, price in line["sizes"].items():
            name = f"{line['what']} {line['brand']} {size}"
            yield Good(name, price, "pcs", line.get("codes", 1), line.get("case"))


def _priced(facts: Mapping[str, Any], kind: str, unit: str) -> list[Good]:
    return [Good(name, price, unit) for name, price in facts.get(kind, {}).items()]


def _item(shelf: Shelf, good: Good, number: int, quick_position: int | None) -> Item:
    is_weighed = good.unit == "kg"
    demand = _demand(shelf, good) * (QUICK_DEMAND if quick_position else 1)
    return Item(
        sku=str(number),
        name=good.name,
        category=shelf.code,
        unit=good.unit,
        tax_class=shelf.tax_class,
        is_weighed=is_weighed,
        plu=PLU_BASE + number if is_weighed else None,
        price_minor=good.price_minor,
        cost_minor=_cost(shelf, good, shelf.margin + number % 7 - 3),
        barcodes=_barcodes(number, good),
        quick_position=quick_position,
        opening_milli=_opening(shelf.demand * demand),
        demand=demand,
    )


def _demand(shelf: Shelf, good: Good) -> int:
    """People take what is cheap for its shelf more often."""
    return max(1, min(MOST_DEMAND, MIDDLE_DEMAND * shelf.average_minor // good.price_minor))


def _cost(shelf: Shelf, good: Good, margin: int) -> int:
    """What the shop paid without VAT, which it claims back; rounded up, so that no margin is wider than planned."""
    return -(-good.price_minor * BASIS * (100 - margin) // ((BASIS + shelf.rate_bp) * 100))


def _barcodes(number: int, good: Good) -> tuple[Barcode, ...]:
    single = tuple(Barcode(ean13(number, nth), ONE) for nth in range(good.codes))
    return (*single, Barcode(ean13(number, CODES_PER_ITEM - 1), good.case * ONE)) if good.case else single


def _opening(pull: int) -> int:
    """Opening stock for about two weeks, in full dozens. Units: thousandths."""
    return -(-(BASE_STOCK + pull) // 12) * 12 * ONE
