"""The main job through all layers: a cashier in Chromium, a broker, an agent with its devices, a shop's database.

Figures are worked out here, from prices, costs and quantities of the small market's data; the papers are read back from
the bytes at the agent's printer by a decoder that shares no code with the renderer.
"""

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from edge_agent.profiles import printer_profile
from fixtures.waiting import wait_for
from server.seeds.market.catalogue import small_world
from server.seeds.market.world import Item
from tests.edge_agent.escpos_decoder import Reading, read
from tests.journeys.conftest import Product
from tests.journeys.till import TYPING_MS, Hardware, Till

MARKET = small_world()
TOAST, MILK, TEA, COLA = (
    next(item for item in MARKET.items if item.name.startswith(name)) for name in ("Tost", "Süd", "Çay", "Kola")
)
MEAT, TOMATO = (next(item for item in MARKET.items if item.name.startswith(name)) for name in ("Dana", "Pomidor"))
OWNER, MANAGER, CASHIER = (MARKET.people_in(role)[0] for role in ("owner", "manager", "cashier"))
GRAMS = 412
DRAWER_LIVES_S = 5.5


def code(item: Item) -> str:
    """What stands under its barcode."""
    return item.barcodes[0].code


def half_up(value: Fraction) -> int:
    """Rounded half up; all amounts here are positive."""
    return int(value + Fraction(1, 2))


def money(minor: int) -> str:
    """As an Azerbaijani screen and paper show it."""
    return f"{minor // 100},{minor % 100:02d}"


def tax_in(gross: int) -> int:
    """The 18 % inside."""
    return half_up(Fraction(gross * 18, 118))


@dataclass
class Counter:
    """A cashier at an open shift, and the devices around."""

    product: Product
    till: Till
    hardware: Hardware

    def reading(self) -> Reading:
        """All that the printer was sent, read back."""
        pages = printer_profile("virtual").code_pages
        return read(self.hardware.printed(), {number: name for name, number in pages.items()})

    def papers(self, count: int) -> list[str]:
        """The texts of all papers, once so many are cut."""

        def cut() -> list[str] | None:
            try:
                papers = [paper.text for paper in self.reading().papers if paper.is_cut]
            except ValueError:  # in the middle of a picture
                return None
            return papers if len(papers) >= count else None

        return list(wait_for(cut, timeout_s=30, what=f"{count} papers"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the shop's database."""
        (file,) = self.product.folder.glob("tenants/*/*/tenant.db")
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as raw:
            return raw.execute(query).fetchall()

    def stock_of(self, item: Item) -> tuple[int, int]:
        """Quantity in thousandths and value in minor units."""
        query = (
            f"SELECT quantity_milli, value_minor FROM balance JOIN item ON item.id = item_id WHERE sku = '{item.sku}'"
        )
        return self.rows(query)[0]  # type: ignore[return-value]

    def weigh_into_cart(self, item: Item, grams: int, lines: int) -> None:
        """Find a weighed good, put it on the scale, take the weight once it stands still."""
        page = self.till.page
        self.hardware.weigh(grams)
        page.keyboard.press("F2")
        page.keyboard.type(item.name[:4], delay=80)
        page.get_by_role("button", name=re.compile("^" + item.name)).click()
        expect(page.get_by_test_id("weight")).to_contain_text(f"0,{grams}", timeout=15_000)
        take = self.till.button("till.take_weight")
        expect(take).to_be_enabled(timeout=15_000)
        take.click()
        self.till.expect_lines(lines)


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
    till, page, hardware = counter.till, counter.till.page, counter.hardware
    opening = {item.sku: counter.stock_of(item) for item in (TOAST, MILK, TEA, COLA, MEAT)}

    # Three wedge scans, one agent scan, one item weighed live, 5 % off the tea.
    for number, item in enumerate((TOAST, MILK, TEA), start=1):
        till.scan(code(item))
        till.expect_lines(number)
    till.press("F7")
    page.get_by_role("dialog").get_by_role("button", name=re.compile(r"^5\s?%")).click()
    till.expect_no_dialog()
    off = half_up(Fraction(TEA.price_minor * 5, 100))
    hardware.scan(code(COLA))
    till.expect_lines(4)
    counter.weigh_into_cart(MEAT, GRAMS, 5)
    meat = half_up(Fraction(MEAT.price_minor * GRAMS, 1000))
    total = TOAST.price_minor + MILK.price_minor + TEA.price_minor - off + COLA.price_minor + meat
    assert total > 1_500
    till.expect_total(money(total))

    # Held; a second sale of one item, by card; the first one again.
    till.press("F6")
    page.keyboard.type("Qonşu", delay=80)
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^" + till.word("till.hold"))).click()
    till.expect_no_dialog()
    till.scan(code(COLA))
    till.expect_total(money(COLA.price_minor))
    till.press("F9")
    expect(page.get_by_test_id("change")).to_contain_text(money(COLA.price_minor))
    till.press("Escape", "Shift+F6")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Qonşu")).first.click()
    till.expect_no_dialog()
    till.expect_lines(5)

    # The rest by card, then 20.00 in cash for 15.00.
    till.press("F12")
    till.type_amount(f"{(total - 1_500) / 100:.2f}")
    till.press("F9")
    till.type_amount("20")
    till.press("F10")
    page.get_by_role("dialog").get_by_text(money(500)).first.wait_for()
    till.press("F12")
    expect(page.get_by_test_id("change")).to_contain_text("5,00")
    till.wait_until_sent()

    # One milk comes back; the manager allows it by PIN; money back in cash.
    till.press("Escape", "Shift+F9")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("K1-000002")).click()
    page.get_by_role("button", name=till.word("till.one_more_of", name=MILK.name)).click()
    till.button("till.take_back").click()
    approve(till)
    till.press("F12")
    page.get_by_role("dialog").get_by_role(
        "button", name=re.compile("^" + dict(MARKET.tender_types[0].names)["az"])
    ).click()
    expect(page.get_by_test_id("change")).to_contain_text(money(MILK.price_minor))
    till.press("Escape")

    # The close: counted blind, and exactly right.
    expected = 5_000 + 1_500 - MILK.price_minor
    till.wait_until_sent()
    till.go("/shift")
    till.button("shift.close").click()
    till.type_amount(f"{expected / 100:.2f}")
    till.button("shift.count_done").click()
    page.wait_for_url("**/shift/*")
    till.wait_until_sent()

    # Papers: the card sale, the held sale, the return, the Z. Letters ə ğ ş İ are on them.
    card, held, back, z = counter.papers(4)
    assert money(COLA.price_minor) in card
    assert MEAT.name in held
    assert money(total) in held
    assert money(off) in held
    assert money(500) in held
    assert MILK.name in back
    assert money(MILK.price_minor) in back
    taxed = MILK.price_minor + TEA.price_minor - off + COLA.price_minor
    assert money(tax_in(taxed)) in held
    assert money(expected) in z
    for letter in "əğşİ":
        assert any(letter in paper for paper in (card, held, back, z)), letter
    reading = counter.reading()
    assert reading.strays == []

    # Exactly two pulses: for the cash taken, and for the cash given back.
    assert len(reading.pulses) == 2

    # Stock, cost and cash agree.
    moved = {TOAST.sku: -1_000, MILK.sku: 0, TEA.sku: -1_000, COLA.sku: -2_000, MEAT.sku: -GRAMS}
    for item in (TOAST, MILK, TEA, COLA, MEAT):
        quantity, value = opening[item.sku]
        cost = half_up(Fraction(value * -moved[item.sku], quantity))
        assert counter.stock_of(item) == (quantity + moved[item.sku], value - cost), item.name
    sales = counter.rows("SELECT number, total_minor FROM sale ORDER BY counter")
    assert sales == [("K1-000001", COLA.price_minor), ("K1-000002", total), ("K1-000003", -MILK.price_minor)]
    (shift,) = counter.rows("SELECT expected_minor, counted_minor, difference_minor FROM shift")
    assert shift == (expected, expected, 0)
    (z_row,) = counter.rows("SELECT closing_sales_minor, closing_returns_minor FROM z_report")
    assert z_row == (COLA.price_minor + total, MILK.price_minor)
    counter.product.run("check", "market")


def label(item: Item, grams: int) -> str:
    """The shop's own label of a weighed good: 20, its PLU, the grams, the check digit of an EAN-13."""
    figures = f"20{item.plu:05d}{grams:05d}"
    weighed = sum(int(figure) * (3 if at % 2 else 1) for at, figure in enumerate(figures))
    return figures + str(-weighed % 10)


def test_a_market_sells_with_the_server_gone(counter: Counter) -> None:
    till, page, product = counter.till, counter.till.page, counter.product

    # The first scan online; from the second on the server is gone.
    till.scan(code(TOAST))
    till.expect_lines(1)
    product.end("web")
    for number, scanned in enumerate((code(MILK), code(TEA), code(COLA), label(MEAT, GRAMS)), start=2):
        till.scan(scanned)
        till.expect_lines(number)
    meat = half_up(Fraction(MEAT.price_minor * GRAMS, 1000))
    total = TOAST.price_minor + MILK.price_minor + TEA.price_minor + COLA.price_minor + meat
    till.expect_total(money(total))

    # A reload without a server changes nothing of it.
    page.reload()
    till.expect_lines(5)
    till.expect_total(money(total))

    # Held, another sale by card, the first one again, paid by card and cash: the receipt shows at once.
    till.press("F6")
    page.keyboard.type("Qonşu", delay=TYPING_MS)
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^" + till.word("till.hold"))).click()
    till.expect_no_dialog()
    till.scan(code(COLA))
    till.expect_total(money(COLA.price_minor))
    till.press("F9")
    expect(page.get_by_test_id("change")).to_contain_text(money(COLA.price_minor))
    till.press("Escape", "Shift+F6")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("Qonşu")).first.click()
    till.expect_no_dialog()
    till.press("F12")
    till.type_amount(f"{(total - 1_500) / 100:.2f}")
    till.press("F9")
    till.type_amount("20")
    till.press("F10")
    page.get_by_role("dialog").get_by_text(money(500)).first.wait_for()
    till.press("F12")
    expect(page.get_by_test_id("change")).to_contain_text("5,00")
    rung = time.monotonic()
    expect(page.get_by_text(till.word("till.drawer_by_key"))).to_be_visible()
    expect(page.get_by_text("K1-000002").first).to_be_visible()
    assert counter.reading().papers == []
    assert till.unsent()

    # Back again, when the drawer's wish is over and the paper's is not: booked once, printed, the drawer stays shut.
    wait_for(lambda: time.monotonic() > rung + DRAWER_LIVES_S, what="the end of the drawer's wish")
    product.start("web")
    till.wait_until_sent()
    papers = counter.papers(2)
    assert sum(money(total) in paper for paper in papers) == 1
    assert counter.reading().pulses == []
    sales = counter.rows("SELECT number, total_minor FROM sale ORDER BY counter")
    assert sales == [("K1-000001", COLA.price_minor), ("K1-000002", total)]
    (lines,) = counter.rows("SELECT COUNT(*) FROM sale_line WHERE weight_from = 'label'")
    assert lines == (1,)
    counter.product.run("check", "market")


def approve(till: Till) -> None:
    """The manager types the PIN on the spot."""
    dialog = till.page.get_by_role("dialog", name=till.word("till.approval"))
    dialog.wait_for()
    named = dialog.get_by_role("button", name=re.compile(MANAGER.name))
    if named.count():
        named.first.click()
    for figure in MANAGER.pin:
        till.page.keyboard.press(f"Digit{figure}", delay=TYPING_MS)
    till.page.keyboard.press("Enter")
    dialog.wait_for(state="detached")
