"""Builds a demo business from its TOML files: `catalogue()` is the market, `small_world()` the one of the tests.

The same files give the same values.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from server.seeds.market.goods import goods_of
from server.seeds.market.world import Branch, Category, Company, Market, Person, Register, TaxClass, TenderType, Unit

HERE = Path(__file__).parent


def catalogue() -> Market:
    """The demo market: about 700 goods, its people, tills and ways to pay."""
    return market_from(HERE / "shop.toml", sorted((HERE / "shelves").glob("*.toml")))


def small_world() -> Market:
    """Twelve goods that show every kind there is, two tills and four people: fixed keys, codes and PINs for tests."""
    return market_from(HERE / "small" / "shop.toml", [HERE / "small" / "shelf.toml"])


def market_from(shop: Path, goods: Iterable[Path]) -> Market:
    """A business of one shop file and any number of files of goods, in the given order."""
    facts = {**_read(HERE / "common.toml"), **_read(shop)}
    shelves = [shelf for path in goods for shelf in _read(path)["category"]]
    rates = {row["code"]: row["rate_bp"] for row in facts["tax_classes"]}
    quick = {name: position for position, name in enumerate(facts["quick"], start=1)}
    return Market(
        company=Company(**facts["company"]),
        branch=Branch(**facts["branch"]),
        registers=tuple(Register(**row) for row in facts["registers"]),
        people=tuple(Person(**row) for row in facts["people"]),
        tender_types=tuple(_tender_type(row) for row in facts["tender_types"]),
        tax_classes=tuple(TaxClass(**row) for row in facts["tax_classes"]),
        units=tuple(Unit(**row) for row in facts["units"]),
        label_pattern=facts["label_pattern"],
        categories=tuple(_category(shelf, position) for position, shelf in enumerate(_in_order(shelves), start=1)),
        items=tuple(item for shelf in _in_order(shelves) for item in goods_of(shelf, rates, quick)),
    )


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _in_order(shelves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(shelves, key=lambda shelf: int(shelf["code"]))


def _category(shelf: dict[str, Any], position: int) -> Category:
    grams = tuple(shelf["grams"]) if "grams" in shelf else None
    return Category(shelf["code"], shelf["name"], shelf["hue"], position, shelf["demand"], grams)


def _tender_type(row: dict[str, Any]) -> TenderType:
    return TenderType(**{**row, "names": tuple(row["names"].items())})
