"""The small shop with 100,000 more items: every kind of good of the demo market by every brand in every size.

Names, codes and prices follow from an item's place alone, so the world is the same each time. Items go through the
catalogue's own door, a part at a time, so they are what an import of such a list would have made.
"""

import contextlib
import itertools
import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fixtures.private import private_folder
from fixtures.valkey import private_valkey
from server.app import create_app
from server.catalog import operations as catalog
from server.catalog import queries as shelves
from server.catalog.operations import CategoryFields, NewItem, Pack
from server.core import actor, clock, tenant
from server.core.config import Config
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import writing
from server.seeds.market import catalogue as market
from server.seeds.market.goods import ean13
from server.seeds.operations import seed_small
from server.tenants import provisioning

ITEMS = 100_000
SLUG = "large"
AT_ONCE = 20_000
FIRST_NUMBER = 100_000
"""SKUs and codes count from here: above those of the demo market, which have four figures."""

CASE_OF = 12
EVERY_CASE = 8
QUICK = 24
YESTERDAY_MS = 86_400_000


@dataclass(frozen=True)
class LargeShop:
    """The shop in an application, and the codes of its items in the order of their numbers."""

    app: App
    shop: Tenant
    codes: tuple[str, ...]


@contextlib.contextmanager
def large_shop(items: int = ITEMS) -> Iterator[LargeShop]:
    """An application of its own with the shop in it, on SQLite and with a Valkey, as long as the block runs."""
    with private_folder() as folder, private_valkey() as valkey:
        app = create_app(_config(folder, valkey.url))
        with app.app_context():
            provisioning.prepare_control()
            shop = provisioning.create_database(SLUG, "Böyük market", purpose="demo")
            with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM):
                codes = tuple(_fill(items))
        yield LargeShop(app, shop, codes)
        app.extensions["aisales_engines"].dispose()


def _config(folder: Path, redis_url: str) -> Config:
    """As a server started with the same settings reads them: `serving` hands the environment on."""
    os.environ |= {"AISALES_DATA": str(folder), "AISALES_REDIS_URL": redis_url}
    return Config.from_environment()


def _fill(items: int) -> Iterator[str]:
    with writing():
        seed_small()
        news = goods(items, _categories())
    for start in range(0, len(news), AT_ONCE):
        with writing():
            catalog.create_items(news[start : start + AT_ONCE], from_at=clock.now_ms() - YESTERDAY_MS)
    yield from (new.barcodes[0].code for new in news)


def goods(count: int, categories: Sequence[tuple[dict[str, Any], int]]) -> list[NewItem]:
    """So many goods, spread evenly over all that could be named. `categories` are the demo market's facts with ids."""
    unit = next(row.id for row in shelves.units() if row.code == "pcs")
    tax = next(row.id for row in shelves.tax_classes() if row.code == "vat18")
    brands = sorted({line["brand"] for facts, _ in categories for line in facts["packed"]})
    named = [(name, price, id) for facts, id in categories for name, price in _names(facts, brands)]
    assert len(named) >= count, f"only {len(named)} goods can be named"
    chosen = (named[place * len(named) // count] for place in range(count))
    return [
        NewItem(
            sku=str(number),
            name=name,
            unit_id=unit,
            tax_class_id=tax,
            category_id=category_id,
            quick_position=100 + place if place < QUICK else None,
            barcodes=_codes(number),
            price_minor=price,
        )
        for place, (number, (name, price, category_id)) in enumerate(zip(itertools.count(FIRST_NUMBER), chosen))
    ]


def _names(facts: dict[str, Any], brands: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Every kind of the category by every brand in every size; a brand is dearer or cheaper than another."""
    kinds = sorted({line["what"] for line in facts["packed"]})
    sizes = {size: price for line in facts["packed"] for size, price in line["sizes"].items()}
    for (rank, brand), kind, (size, price) in itertools.product(enumerate(brands), kinds, sorted(sizes.items())):
        yield f"{kind} {brand} {size}", price * (80 + rank) // 100 // 5 * 5 + 5


def _codes(number: int) -> tuple[Pack, ...]:
    single = Pack(ean13(number, 0))
    return (single, Pack(ean13(number, 9), CASE_OF * 1_000)) if number % EVERY_CASE == 0 else (single,)


def _categories() -> list[tuple[dict[str, Any], int]]:
    """The demo market's categories that hold packed goods, made in the shop in force."""
    files = sorted((Path(market.__file__).parent / "shelves").glob("*.toml"))
    every = [facts for file in files for facts in tomllib.loads(file.read_text())["category"]]
    packed = [facts for facts in every if "packed" in facts]
    fields = [CategoryFields(facts["name"], None, facts["hue"], 50 + place) for place, facts in enumerate(packed)]
    return list(zip(packed, catalog.create_categories(fields), strict=True))
