"""A cashier at an open shift in the small market: what is done there, and what papers and books say after it."""

import re
import sqlite3
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from playwright.sync_api import expect

from edge_agent.profiles import printer_profile
from fixtures.waiting import wait_for
from server.seeds.market.catalogue import small_world
from server.seeds.market.world import Item
from tests.edge_agent.escpos_decoder import Reading, read
from tests.journeys.conftest import Product
from tests.journeys.till import TYPING_MS, Hardware, Till

MARKET = small_world()
OWNER, MANAGER, CASHIER = (MARKET.people_in(role)[0] for role in ("owner", "manager", "cashier"))


def item(name: str) -> Item:
    """A good by the beginning of its name."""
    return next(one for one in MARKET.items if one.name.startswith(name))


def code(of: Item) -> str:
    """What stands under its barcode."""
    return of.barcodes[0].code


def label(of: Item, grams: int) -> str:
    """The shop's own label of a weighed good: 20, its PLU, the grams, the check digit of an EAN-13."""
    figures = f"20{of.plu:05d}{grams:05d}"
    weighed = sum(int(figure) * (3 if at % 2 else 1) for at, figure in enumerate(figures))
    return figures + str(-weighed % 10)


def half_up(value: Fraction) -> int:
    """Rounded half up; all amounts here are positive."""
    return int(value + Fraction(1, 2))


def weighed(of: Item, grams: int) -> int:
    """What so much of it costs."""
    return half_up(Fraction(of.price_minor * grams, 1000))


def tax_in(gross: int) -> int:
    """The 18 % inside."""
    return half_up(Fraction(gross * 18, 118))


def money(minor: int) -> str:
    """As an Azerbaijani screen and paper show it."""
    return f"{minor // 100},{minor % 100:02d}"


@dataclass
class Counter:
    """A cashier at an open shift, and the devices around."""

    product: Product
    till: Till
    hardware: Hardware

    def weigh_into_cart(self, of: Item, grams: int, lines: int) -> None:
        """Find a weighed good, put it on the scale, take the weight once it stands still."""
        page = self.till.page
        self.hardware.weigh(grams)
        page.keyboard.press("F2")
        page.keyboard.type(of.name[:4], delay=TYPING_MS)
        page.get_by_role("button", name=re.compile("^" + of.name)).click()
        expect(page.get_by_test_id("weight")).to_contain_text(f"0,{grams}", timeout=15_000)
        take = self.till.button("till.take_weight")
        expect(take).to_be_enabled(timeout=15_000)
        take.click()
        self.till.expect_lines(lines)

    def discount_line(self, percent: int) -> None:
        """Take a percentage off the selected line."""
        self.till.press("F7")
        named = re.compile(rf"^{percent}\s?%")
        self.till.page.get_by_role("dialog").get_by_role("button", name=named).click()
        self.till.expect_no_dialog()

    def hold(self, name: str) -> None:
        """Put the sale aside under a name."""
        self.till.press("F6")
        self.till.page.keyboard.type(name, delay=TYPING_MS)
        put = re.compile("^" + self.till.word("till.hold"))
        self.till.page.get_by_role("dialog").get_by_role("button", name=put).click()
        self.till.expect_no_dialog()

    def resume(self, name: str, lines: int) -> None:
        """Take a held sale up again."""
        self.till.press("Escape", "Shift+F6")
        self.till.page.get_by_role("dialog").get_by_role("button", name=re.compile(name)).first.click()
        self.till.expect_no_dialog()
        self.till.expect_lines(lines)

    def sell_by_card(self, of: Item) -> None:
        """One item, by card, on one key."""
        self.till.scan(code(of))
        self.till.expect_total(money(of.price_minor))
        self.till.press("F9")
        self.expect_done(of.price_minor)

    def pay_by_card_and_cash(self, *, card_minor: int, given: str, change_minor: int) -> None:
        """A part by card, the rest in cash with change."""
        self.till.press("F12")
        self.till.type_amount(f"{card_minor / 100:.2f}")
        self.till.press("F9")
        self.till.type_amount(given)
        self.till.press("F10")
        self.till.page.get_by_role("dialog").get_by_text(money(change_minor)).first.wait_for()
        self.till.press("F12")
        self.expect_done(change_minor)

    def give_back(self, number: str, of: Item) -> None:
        """One piece of a receipt comes back; the manager allows it by PIN; money back in cash."""
        page, till = self.till.page, self.till
        till.press("Escape", "Shift+F9")
        page.get_by_role("dialog").get_by_role("button", name=re.compile(number)).click()
        page.get_by_role("button", name=till.word("till.one_more_of", name=of.name)).click()
        till.button("till.take_back").click()
        self._approve()
        till.press("F12")
        cash = re.compile("^" + dict(MARKET.tender_types[0].names)["az"])
        page.get_by_role("dialog").get_by_role("button", name=cash).click()
        self.expect_done(of.price_minor)
        till.press("Escape")

    def close_shift(self, counted_minor: int) -> None:
        """Count the drawer blind and close."""
        self.till.wait_until_sent()
        self.till.go("/shift")
        self.till.button("shift.close").click()
        self.till.type_amount(f"{counted_minor / 100:.2f}")
        self.till.button("shift.count_done").click()
        self.till.page.wait_for_url("**/shift/*")
        self.till.wait_until_sent()

    def expect_done(self, shown_minor: int) -> None:
        """The sale is stored, and this amount stands large."""
        expect(self.till.page.get_by_test_id("change")).to_contain_text(money(shown_minor))

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

    def stock_of(self, of: Item) -> tuple[int, int]:
        """Quantity in thousandths and value in minor units."""
        query = f"SELECT quantity_milli, value_minor FROM balance JOIN item ON item.id = item_id WHERE sku = '{of.sku}'"
        ((quantity, value),) = self.rows(query)
        return quantity, value

    def _approve(self) -> None:
        dialog = self.till.page.get_by_role("dialog", name=self.till.word("till.approval"))
        dialog.wait_for()
        named = dialog.get_by_role("button", name=re.compile(MANAGER.name))
        if named.count():
            named.first.click()
        for figure in MANAGER.pin:
            self.till.page.keyboard.press(f"Digit{figure}", delay=TYPING_MS)
        self.till.page.keyboard.press("Enter")
        dialog.wait_for(state="detached")
