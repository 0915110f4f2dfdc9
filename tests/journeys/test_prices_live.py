"""A price that the back office changes is at the till within three seconds, and no line that stands is touched."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from fixtures.waiting import wait_for
from server.seeds.market.catalogue import small_world
from tests.journeys.conftest import Product
from tests.journeys.till import Till
from tests.journeys.tour import Walk
from tests.journeys.tour_till import open_till

MARKET = small_world()
ITEM = next(item for item in MARKET.items if item.quick_position == 1)
NEW_MINOR = ITEM.price_minor + 37
AT_MOST_S = 3.0


def money(minor: int) -> str:
    """As an Azerbaijani screen shows it."""
    return f"{minor // 100},{minor % 100:02d}"


@pytest.fixture
def walk(product: Product, chromium: Browser) -> Walk:
    """The small market."""
    return Walk(product, chromium)


def test_a_new_price_reaches_the_till_within_three_seconds_and_leaves_the_cart_alone(walk: Walk) -> None:
    with walk.browser() as till, walk.browser() as office:
        open_till(walk, till)
        tile = till.page.locator("button.tile").filter(has_text=ITEM.name)
        tile.click()
        till.expect_lines(1)
        till.expect_total(money(ITEM.price_minor))
        till.page.evaluate("() => { window.loadedOnce = true; }")
        owner = walk.person("owner")
        office.sign_in_office(str(owner.email), str(owner.password))

        change_price(office)
        changed_at_s = time.monotonic()
        wait_for(lambda: money(NEW_MINOR) in tile.inner_text(), timeout_s=AT_MOST_S, what="the new price on the tile")
        assert time.monotonic() - changed_at_s < AT_MOST_S

        till.expect_total(money(ITEM.price_minor))
        expect(till.lines.first).to_contain_text(money(ITEM.price_minor))
        tile.click()
        till.expect_lines(2)
        till.expect_total(money(ITEM.price_minor + NEW_MINOR))
        assert till.page.evaluate("() => window.loadedOnce")


def change_price(office: Till) -> None:
    """The owner opens the item, types a new price and saves it."""
    page = office.page
    office.go(f"/office/items?q={ITEM.sku}")
    page.get_by_role("link", name=re.compile(re.escape(ITEM.name))).first.click()
    office.button("office.price_new").click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox").first.fill(money(NEW_MINOR))
    with page.expect_response(re.compile("/prices$")) as answered:
        form.get_by_role("button", name=office.word("common.save")).click()
    assert answered.value.ok
