"""Two terminals sell the last of an item at the same moment: both sales stand, and one says that stock lacked."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fixtures.gunicorn import serving
from server.checks import invariants
from server.core import clock
from server.core.doors import App
from server.core.tenant import Tenant
from server.sales.models import Sale
from server.stock.models import Balance
from tests.server.terminals import Terminal
from tests.server.worlds import World, make_world

SKU = "Kola"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    """A shop with goods and registers."""
    return make_world(app, shop)


def test_65_the_last_piece_sold_twice_at_once_is_booked_twice_and_flagged_once(app: App, world: World) -> None:
    tills = [_ready(world, code) for code in ("K1", "K2")]
    item_id = world.ware(SKU).item_id
    left = world.rows(Balance, Balance.item_id == item_id)[0].quantity_milli
    sales = [till.sell([till.line(SKU, left)]) for till in tills]

    with serving(app) as server, ThreadPoolExecutor(2) as both:

        def push(till: Terminal) -> dict[str, Any]:
            with server.connection(world.shop.slug, till.browser.cookie("__Host-terminal") or "") as connection:
                return dict(connection.push(till.outbox))

        answers = list(both.map(push, tills))

    assert {row["verdict"] for answer in answers for row in answer["results"]} == {"accepted"}
    assert {str(row.id) for row in world.rows(Sale)} == {sale["id"] for sale in sales}
    assert world.flags() == ["negative_stock"]
    assert world.rows(Balance, Balance.item_id == item_id)[0].quantity_milli == -left
    with app.app_context():
        assert invariants.check(world.shop) == []


def _ready(world: World, code: str) -> Terminal:
    till = world.till(code)
    till.now_ms = clock.now_ms()
    till.open()
    return till
