"""The main job through all layers: a cashier in Chromium, a broker, an agent with its devices, a shop's database.

Figures are worked out here, from prices, costs and quantities of the small market's data; the papers are read back from
the bytes at the agent's printer by a decoder that shares no code with the renderer.
"""

import time
from collections.abc import Iterator
from fractions import Fraction

import pytest
from playwright.sync_api import Browser, expect

from fixtures.waiting import wait_for
from tests.journeys.conftest import Product
from tests.journeys.counter import CASHIER, MARKET, OWNER, Counter, code, half_up, item, label, money, tax_in, weighed
from tests.journeys.till import Hardware, Till

TOAST, MILK, TEA, COLA, MEAT = (item(name) for name in ("Tost", "Süd", "Çay", "Kola", "Dana"))
FLOAT = 5_000
CASH = 1_500
GRAMS = 412
DRAWER_LIVES_S = 5.5


@pytest.fixture
def counter(product: Product, chromium: Browser) -> Iterator[Counter]:
    """The product, a browser that was paired by its owner, and a cashier with 50.00 in the drawer."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="az")
    page = context.new_page()
    page.set_default_timeout(20_000)
    uncaught: list[str] = []
    page.on("pageerror", lambda error: uncaught.append(str(error)))
    till = Till(page, product.origin)
    till.sign_in_office(str(OWNER.email), str(OWNER.password))
    till.pair_here("Giriş kassası")
    till.sign_in(CASHIER.name, CASHIER.pin)
    till.take_register(MARKET.registers[0].name)
    till.open_shift("50.00")
    expect(page.get_by_text(till.word("common.printer_ready"), exact=True)).to_be_visible(timeout=30_000)
    yield Counter(product, till, Hardware(product.sim))
    context.close()
    assert uncaught == []


def test_a_market_sells_online(counter: Counter) -> None:
    till = counter.till
    opening = {one.sku: counter.stock_of(one) for one in (TOAST, MILK, TEA, COLA, MEAT)}
    off = half_up(Fraction(TEA.price_minor * 5, 100))
    total = TOAST.price_minor + MILK.price_minor + TEA.price_minor - off + COLA.price_minor + weighed(MEAT, GRAMS)

    for number, scanned in enumerate((TOAST, MILK, TEA), start=1):
        till.scan(code(scanned))
        till.expect_lines(number)
    counter.discount_line(5)
    counter.hardware.scan(code(COLA))
    till.expect_lines(4)
    counter.weigh_into_cart(MEAT, GRAMS, 5)
    till.expect_total(money(total))
    counter.hold("Qonşu")
    counter.sell_by_card(COLA)
    counter.resume("Qonşu", 5)
    counter.pay_by_card_and_cash(card_minor=total - CASH, given="20", change_minor=2_000 - CASH)
    till.wait_until_sent()
    counter.give_back("K1-000002", MILK)
    counter.close_shift(FLOAT + CASH - MILK.price_minor)

    _papers_agree(counter, total=total, off=off)
    _stock_agrees(counter, opening)
    _cash_agrees(counter, total)


def test_a_market_sells_with_the_server_gone(counter: Counter) -> None:
    till, page, product = counter.till, counter.till.page, counter.product
    total = TOAST.price_minor + MILK.price_minor + TEA.price_minor + COLA.price_minor + weighed(MEAT, GRAMS)

    till.scan(code(TOAST))
    till.expect_lines(1)
    product.end("web")
    for number, scanned in enumerate((code(MILK), code(TEA), code(COLA), label(MEAT, GRAMS)), start=2):
        till.scan(scanned)
        till.expect_lines(number)
    page.reload()
    till.expect_lines(5)
    till.expect_total(money(total))
    counter.hold("Qonşu")
    counter.sell_by_card(COLA)
    counter.resume("Qonşu", 5)
    counter.pay_by_card_and_cash(card_minor=total - CASH, given="20", change_minor=2_000 - CASH)
    rung = time.monotonic()
    expect(page.get_by_text(till.word("till.drawer_by_key"))).to_be_visible()
    expect(page.get_by_text("K1-000002").first).to_be_visible()
    assert counter.reading().papers == []
    assert till.unsent()

    wait_for(lambda: time.monotonic() > rung + DRAWER_LIVES_S, what="the end of the drawer's wish")
    product.start("web")
    till.wait_until_sent()

    papers = counter.papers(2)
    assert sum(money(total) in paper for paper in papers) == 1
    assert counter.reading().pulses == []
    sales = counter.rows("SELECT number, total_minor FROM sale ORDER BY counter")
    assert sales == [("K1-000001", COLA.price_minor), ("K1-000002", total)]
    assert counter.rows("SELECT COUNT(*) FROM sale_line WHERE weight_from = 'label'") == [(1,)]
    product.run("check", "market")


def _papers_agree(counter: Counter, *, total: int, off: int) -> None:
    """The card sale, the held sale, the return, the Z; two pulses, for cash taken and for cash given back."""
    card, held, back, z = counter.papers(4)
    taxed = MILK.price_minor + TEA.price_minor - off + COLA.price_minor
    for figure in (total, off, 2_000 - CASH, tax_in(taxed)):
        assert money(figure) in held
    assert money(COLA.price_minor) in card
    assert MEAT.name in held
    assert MILK.name in back
    assert money(MILK.price_minor) in back
    assert money(FLOAT + CASH - MILK.price_minor) in z
    for letter in "əğşİ":
        assert any(letter in paper for paper in (card, held, back, z)), letter
    reading = counter.reading()
    assert reading.strays == []
    assert len(reading.pulses) == 2


def _stock_agrees(counter: Counter, opening: dict[str, tuple[int, int]]) -> None:
    """Quantities fell by what was sold and not brought back, and values by their cost."""
    moved = {TOAST: 1_000, MILK: 0, TEA: 1_000, COLA: 2_000, MEAT: GRAMS}
    for one, gone in moved.items():
        quantity, value = opening[one.sku]
        cost = half_up(Fraction(value * gone, quantity))
        assert counter.stock_of(one) == (quantity - gone, value - cost), one.name


def _cash_agrees(counter: Counter, total: int) -> None:
    """Numbers, the shift and its Z; and no invariant is violated."""
    expected = FLOAT + CASH - MILK.price_minor
    sales = counter.rows("SELECT number, total_minor FROM sale ORDER BY counter")
    assert sales == [("K1-000001", COLA.price_minor), ("K1-000002", total), ("K1-000003", -MILK.price_minor)]
    shifts = counter.rows("SELECT expected_minor, counted_minor, difference_minor FROM shift")
    assert shifts == [(expected, expected, 0)]
    z_reports = counter.rows("SELECT closing_sales_minor, closing_returns_minor FROM z_report")
    assert z_reports == [(COLA.price_minor + total, MILK.price_minor)]
    counter.product.run("check", "market")
