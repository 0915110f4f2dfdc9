"""A real browser over a bad network, its server killed, its pages reloaded, itself killed in mid-sale: not one sale is
lost, none is double, no number is missing.

A sale counts as acknowledged when the till has shown its receipt. What is compared at the end are the receipts that
were seen, the browser's own sales, and the shop's database.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from fixtures.mosquitto import private_mosquitto
from fixtures.private import private_folder, start
from fixtures.valkey import private_valkey
from fixtures.waiting import wait_for
from server.cli import place
from server.core.cookies import TERMINAL
from tests.faults.browser import Tablet
from tests.faults.proxy import CALM, ChaosProxy, Weather
from tests.journeys.conftest import SLUG, Product
from tests.journeys.counter import CASHIER, MARKET, OWNER
from tests.journeys.till import Till

SEED = 20_261_124
BAD = Weather(refuse=0.15, cut=0.25, cut_after_bytes=(0, 500), delay_s=(0.0, 0.01))
SALES_AT_LEAST = 500
PATIENCE_S = 120
CODES = [item.barcodes[0].code for item in MARKET.items if item.barcodes and not item.is_weighed]
DRIVER = (Path(__file__).parent / "cashier.js").read_text()
PUSH = "POST /api/v1/sync/push"


@dataclass
class Shop:
    """A server behind a bad network, and a tablet with up to two tabs on one register."""

    product: Product
    network: ChaosProxy
    tablet: Tablet
    tabs: list[Till] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    @property
    def till(self) -> Till:
        """The tab that sells."""
        return self.tabs[-1]

    def open_tab(self) -> Till:
        """One more tab on the same browser."""
        page = self.tablet.tab()
        page.add_init_script(DRIVER)
        self.tabs.append(Till(page, f"http://{SLUG}.localhost:{self.network.port}"))
        return self.till

    def sell(self, count: int, moment: str | None = None) -> None:
        """Sell, and note what was acknowledged; with a moment, stop in the middle of one sale more."""
        seen = self.till.page.evaluate(
            "([count, codes, moment]) => cashier.sell(count, codes, moment)", [count, CODES, moment]
        )
        self.acknowledged += seen

    def kill_server(self) -> None:
        """`kill -9` to gunicorn and its workers."""
        self.product.programs["web"].kill()

    def start_server(self) -> None:
        """Start it again; nobody waits for it."""
        product = self.product
        product.programs["web"] = start(product.command("web"), product.folder / "web.log", env=product.environment)

    def kill_browser(self) -> None:
        """SIGKILL to the browser, and start it again: one tab, the cashier signs in."""
        self.tablet.kill()
        self.tablet.start()
        self.tabs = []
        self.open_tab().sign_in(CASHIER.name, CASHIER.pin)
        expect(self.till.page.get_by_role("list", name=self.till.word("till.cart"))).to_be_visible()

    def reload(self) -> None:
        """Load the page of the selling tab again, in the middle of whatever it does."""
        self.till.page.reload()

    def take_over(self) -> None:
        """A second tab (opened when there is none) takes the register, and the first turns read-only."""
        if len(self.tabs) < 2:
            self.open_tab().sign_in(CASHIER.name, CASHIER.pin)
        else:
            self.tabs.reverse()
        self.till.button("common.take_over").click()
        first = self.tabs[0]
        first.press("Escape")  # The receipt of its last sale stays until it is put away.
        expect(first.page.get_by_text(first.word("common.other_tab"))).to_be_visible()
        expect(self.till.page.get_by_text(self.till.word("common.other_tab"))).to_have_count(0)


@pytest.fixture
def shop(chromium: Browser) -> Iterator[Shop]:
    """The small market with one terminal, one register and an open shift; its app is on the tablet."""
    with ExitStack() as stack:
        folder = stack.enter_context(private_folder())
        mosquitto = stack.enter_context(private_mosquitto())
        valkey = stack.enter_context(private_valkey())
        place.secret(folder / "secret")
        product = Product(folder, mosquitto, valkey, "small")
        stack.callback(product.end_all)
        product.run("seed", "small")
        product.start("web")
        network = stack.enter_context(ChaosProxy(product.port, by_request=True, seed=SEED))
        tablet = Tablet(chromium.browser_type, folder)
        stack.callback(tablet.kill)
        tablet.start()
        made = Shop(product, network, tablet)
        _open_till(made.open_tab())
        wait_for(lambda: tablet.has_on_disk(TERMINAL), PATIENCE_S, "the pairing on the disk of the tablet")
        yield made


def _open_till(till: Till) -> None:
    till.sign_in_office(str(OWNER.email), str(OWNER.password))
    till.pair_here("Kassa 1")
    till.sign_in(CASHIER.name, CASHIER.pin)
    till.take_register(MARKET.registers[0].name)
    till.open_shift("50.00")
    till.page.wait_for_function("async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")


def test_five_hundred_sales_over_a_bad_network_in_two_tabs_with_server_and_browser_killed(shop: Shop) -> None:
    shop.network.weather = BAD

    shop.sell(40)
    shop.kill_server()
    shop.sell(40, "lines")
    shop.reload()
    shop.sell(20, "validated")
    shop.reload()
    shop.sell(20)
    shop.take_over()
    shop.sell(40)
    shop.start_server()
    shop.sell(30, "lines")
    shop.kill_browser()
    shop.sell(40, "payment")
    shop.kill_browser()
    shop.kill_server()
    shop.sell(40, "validated")
    shop.kill_browser()
    shop.sell(40, "lines")
    shop.take_over()
    shop.sell(20)
    shop.take_over()
    shop.sell(40, "validated")
    shop.kill_browser()
    shop.start_server()
    shop.sell(40, "validated")
    shop.kill_browser()
    shop.kill_server()
    shop.start_server()
    shop.sell(100)
    _calm_down(shop)

    assert len(shop.acknowledged) >= SALES_AT_LEAST
    _assert_the_network_was_bad(shop.network)
    _assert_nothing_lost_and_nothing_double(shop)
    assert shop.tablet.uncaught == []


def _calm_down(shop: Shop) -> None:
    shop.network.weather = CALM
    wait_for(lambda: not shop.till.unsent(), timeout_s=PATIENCE_S, what="an empty outbox")


def _assert_the_network_was_bad(network: ChaosProxy) -> None:
    assert network.count("refused", PUSH) > 0
    assert network.count("cut", PUSH) > 0


def _assert_nothing_lost_and_nothing_double(shop: Shop) -> None:
    booked = _rows(shop.product, "SELECT hex(id), number, series, counter, total_minor FROM sale ORDER BY counter")
    numbers = [number for _, number, *_ in booked]
    kept = {(_hex(sale["id"]), sale["number"], sale["total_minor"]) for sale in shop.till.storage("sales")}

    assert len(set(shop.acknowledged)) == len(shop.acknowledged), "a number was shown for two sales"
    assert set(shop.acknowledged) - set(numbers) == set(), "acknowledged and lost"
    assert len(set(numbers)) == len(numbers), "booked twice"
    assert kept == {(id, number, total) for id, number, _, _, total in booked}
    assert [counter for *_, counter, _ in booked] == list(range(1, len(booked) + 1)), "a gap in the numbers"
    assert {series for _, _, series, *_ in booked} == {MARKET.registers[0].code}
    assert _rows(shop.product, "SELECT DISTINCT kind FROM flag") == [
        ("negative_stock",)
    ]  # more was sold than there was
    assert _rows(shop.product, "SELECT count(*) FROM rejected_operation") == [(0,)]
    shop.product.run("check", SLUG)


def _hex(id: str) -> str:
    return id.replace("-", "").upper()


def _rows(product: Product, query: str) -> list[tuple[Any, ...]]:
    (file,) = product.folder.glob("tenants/*/*/tenant.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as raw:
        return raw.execute(query).fetchall()
