"""The goods of one shelf: numbers, codes, costs and opening stock, all derived from the shelf's own data.

A good's number is its category's code and its place: 01 to 49 packed, 50 to 69 loose or poured, from 70 weighed.
The SKU is that number; the PLU stands 10,000 above it, so that it fills a label's five digits; a bar code is the
number scattered over nine digits behind 476, the prefix of Azerbaijan.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from server.seeds.market.world import Barcode, Item
from server.values.barcode import with_check_digit
from server.values.quantity import ONE

COUNTRY = "476"
CODES_PER_ITEM = 10  # places for the codes of one good; the last is its case code
SCATTER = 387_420_489  # shares no factor with a billion, so different numbers stay different codes
PLU_BASE = 10_000
FIRST_LOOSE, FIRST_WEIGHED, LAST_PLACE = 50, 70, 99
QUICK_DEMAND = 6  # a good on a quick tile is taken so many times as often
BASE_STOCK = 24  # units of even the rarest good


def goods_of(shelf: Mapping[str, Any], quick: Mapping[str, int]) -> Iterator[Item]:
    """The items of a shelf. `quick` names the goods on quick tiles with their position."""
    for place, row in enumerate(_packed(shelf), start=1):
        yield _item(shelf, quick, place, {**row, "limit": FIRST_LOOSE})
    unpacked = [(name, price, "pcs") for name, price in shelf.get("loose", {}).items()]
    unpacked += [(name, price, "l") for name, price in shelf.get("poured", {}).items()]
    for place, (name, price, unit) in enumerate(unpacked, start=FIRST_LOOSE):
        yield _item(shelf, quick, place, {"name": name, "price": price, "unit": unit, "limit": FIRST_WEIGHED})
    for place, (name, price) in enumerate(shelf.get("weighed", {}).items(), start=FIRST_WEIGHED):
        yield _item(shelf, quick, place, {"name": name, "price": price, "unit": "kg", "limit": LAST_PLACE + 1})


def ean13(number: int, nth: int) -> str:
    """The nth EAN-13 of a good, with its check digit."""
    scattered = (number * CODES_PER_ITEM + nth) * SCATTER % 10**9
    return with_check_digit(f"{COUNTRY}{scattered:09}")


def _packed(shelf: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for line in shelf.get("packed", []):
        for size, price in line["sizes"].items():
            name = f"{line['what']} {line['brand']} {size}"
            yield {"name": name, "price": price, "unit": "pcs", "codes": line.get("codes", 1), "case": line.get("case")}


def _item(shelf: Mapping[str, Any], quick: Mapping[str, int], place: int, row: Mapping[str, Any]) -> Item:
    assert place < row["limit"], f"too many goods of one kind: {shelf['name']}"
    number = shelf["code"] * 100 + place
    is_weighed = row["unit"] == "kg"
    position = quick.get(row["name"])
    demand = (1 + number * 37 % 5) * (QUICK_DEMAND if position else 1)
    return Item(
        sku=str(number),
        name=row["name"],
        category=shelf["code"],
        unit=row["unit"],
        tax_class=shelf.get("vat", "standard"),
        is_weighed=is_weighed,
        plu=PLU_BASE + number if is_weighed else None,
        price_minor=row["price"],
        cost_minor=_cost(row["price"], shelf["margin"] + number % 7 - 3),
        barcodes=_barcodes(number, row.get("codes", 0), row.get("case")),
        quick_position=position,
        opening_milli=_opening(shelf["demand"] * demand),
        demand=demand,
    )


def _cost(price_minor: int, margin: int) -> int:
    """What the shop paid, rounded up to a whole qəpik, so that a margin is never wider than planned."""
    return -(-price_minor * (100 - margin) // 100)


def _barcodes(number: int, codes: int, case: int | None) -> tuple[Barcode, ...]:
    single = tuple(Barcode(ean13(number, nth), ONE) for nth in range(codes))
    return (*single, Barcode(ean13(number, CODES_PER_ITEM - 1), case * ONE)) if case else single


def _opening(pull: int) -> int:
    """Opening stock for about two weeks, in full dozens. Units: thousandths."""
    return -(-(BASE_STOCK + pull) // 12) * 12 * ONE
