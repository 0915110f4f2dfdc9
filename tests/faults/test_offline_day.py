"""Eight hours offline: five hundred sales, a price and a tax rate change meanwhile, then all of it arrives at once."""

import time
from collections.abc import Sequence

import sqlalchemy as sa

from fixtures.gunicorn import serving
from server.catalog import operations as catalog
from server.catalog.models import Item
from server.catalog.operations import NewPrice
from server.checks import invariants
from server.core import tenant
from server.core.doors import App
from server.core.flags import Flag
from server.core.tenant import Tenant
from server.core.transaction import reading, session
from server.sales.models import Sale
from server.seeds.till import Operation
from tests.server.conftest import app, database, placement, shop
from tests.server.worlds import HOUR_MS, NOW_MS, Terminal, World, make_world

__all__ = ["app", "database", "placement", "shop"]

SALES = 500
GOODS = ("Tost", "Süd", "Çay", "Kola", "Tandır")
BATCH = 100
RESYNC_AT_MOST_S = 60.0


def test_an_offline_day_of_500_sales_arrives_within_a_minute_at_the_prices_it_was_rung_at(
    app: App, shop: Tenant
) -> None:
    world = make_world(app, shop)
    till = world.till("K1")
    till.open()
    rung = [_sell(till, number) for number in range(SALES // 2)]
    world.inside(lambda: _change_price_and_tax(world), mode="writing", at_ms=NOW_MS + 4 * HOUR_MS)
    till.now_ms = NOW_MS + 8 * HOUR_MS
    rung += [_sell(till, number) for number in range(SALES // 2, SALES)]

    took_s = _push_everything(app, shop, till)

    assert took_s <= RESYNC_AT_MOST_S
    assert till.outbox == []
    _assert_booked_as_rung(app, shop, rung)


def _sell(till: Terminal, number: int) -> Operation:
    """One to three goods, of which there is not enough in stock for a day."""
    goods = [till.line(GOODS[(number + at) % len(GOODS)], 2_000) for at in range(1 + number % 3)]
    return till.sell(goods)


def _change_price_and_tax(world: World) -> None:
    milk = world.ware("Süd")
    catalog.set_price(NewPrice(item_id=milk.item_id, amount_minor=999))
    catalog.set_tax_rate(session().get_one(Item, milk.item_id).tax_class_id, kind="standard", rate_bp=2_000)


def _push_everything(app: App, shop: Tenant, till: Terminal) -> float:
    """Seconds until the outbox is empty, over gunicorn; every operation is accepted."""
    cookie = till.browser.cookie("__Host-terminal")
    assert cookie
    with serving(app) as server, server.connection(shop.slug, cookie) as connection:
        till._send = connection.push
        began_s = time.monotonic()
        while till.outbox:
            answer = till.push(most=BATCH)
            assert {row["verdict"] for row in answer["results"]} == {"accepted"}
        return time.monotonic() - began_s


def _assert_booked_as_rung(app: App, shop: Tenant, rung: Sequence[Operation]) -> None:
    with tenant.tenant_scope(app, shop), reading():
        booked = session().execute(sa.select(Sale.number, Sale.total_minor).order_by(Sale.counter)).all()
        flags = set(session().scalars(sa.select(Flag.kind).distinct()))
    assert [tuple(row) for row in booked] == [(one["body"]["number"], one["body"]["total_minor"]) for one in rung]
    assert [number for number, _ in booked] == [f"K1-{counter:06d}" for counter in range(1, SALES + 1)]
    assert "negative_stock" in flags
    assert flags <= {"negative_stock", "price_differs"}
    with app.app_context():
        assert invariants.check(shop) == []
