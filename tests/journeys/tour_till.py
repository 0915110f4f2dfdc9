"""The walk along the till: from a browser that knows nothing to the Z report of its first shift."""

import re
from collections.abc import Iterator

from playwright.sync_api import Locator, expect

from server.seeds.market.world import Item
from tests.journeys.till import TYPING_MS, Till
from tests.journeys.tour import Scene, Walk

UNKNOWN_CODE = "4760000999990"
GRAMS = 1_236


def till_scenes(walk: Walk) -> Iterator[Scene]:
    """All screens and dialogs that someone at the till may see."""
    with walk.browser() as till:
        for part in (
            _arrive,
            _open,
            _ring,
            _change_lines,
            _weigh,
            _hold_and_pay,
            _without_server,
            _take_back,
            _afterwards,
        ):
            for name in part(walk, till):
                yield walk.scene(name, till)
        assert till.uncaught == []


def open_till(walk: Walk, till: Till, register: int = 0) -> None:
    """A paired till with an open shift and an empty cart, as short as it goes."""
    owner, cashier = walk.person("owner"), walk.person("cashier")
    till.sign_in_office(str(owner.email), str(owner.password))
    till.pair_here(f"Kassa {register + 1}")
    till.sign_in(cashier.name, cashier.pin)
    till.take_register(walk.market.registers[register].name)
    till.open_shift("50.00")


def dialog(till: Till) -> Locator:
    """The window that is open above the screen."""
    return till.page.get_by_role("dialog").last


def closed(till: Till) -> None:
    """Close the window and see it gone."""
    till.press("Escape")
    till.expect_no_dialog()


def scan(till: Till, item: Item, lines: int) -> None:
    """Scan an item and wait for its line."""
    till.scan(item.barcodes[0].code)
    till.expect_lines(lines)


def _arrive(walk: Walk, till: Till) -> Iterator[str]:
    owner, cashier = walk.person("owner"), walk.person("cashier")
    till.sign_in_office(str(owner.email), str(owner.password))
    till.go("/pair")
    expect(till.field("login.pair_name")).to_be_visible()
    yield "pair-here"
    till.pair_here("Giriş kassası")
    yield "paired"
    till.go("/login")
    person = till.page.get_by_role("button", name=cashier.name)
    expect(person).to_be_visible()
    yield "login"
    person.click()
    yield "login-pin"
    till.type_pin(cashier.pin[::-1])
    expect(till.page.get_by_role("alert").first).not_to_be_empty()
    yield "login-pin-missed"
    till.type_pin(cashier.pin)
    till.page.wait_for_url(lambda url: "/login" not in url)


def _open(walk: Walk, till: Till) -> Iterator[str]:
    till.go("/till")
    expect(till.page.get_by_text(till.word("till.no_register"))).to_be_visible()
    yield "till-no-register"
    till.go("/shift")
    register = till.page.get_by_role("button", name=walk.market.registers[0].name)
    expect(register).to_be_visible()
    yield "shift-registers"
    register.click()
    expect(till.page.get_by_role("heading", name=till.word("shift.open_title"))).to_be_visible()
    till.type_amount("50.00")
    yield "shift-open"
    till.page.get_by_role("button", name=re.compile(r"50[,.]00")).click()
    till.page.wait_for_url("**/till")
    expect(till.page.get_by_text(till.word("till.empty_cart"))).to_be_visible()
    expect(till.page.get_by_text(till.word("common.printer_ready"), exact=True)).to_be_attached(timeout=30_000)
    yield "till-empty"


def _ring(walk: Walk, till: Till) -> Iterator[str]:
    page, goods = till.page, walk.packed(8)
    page.get_by_role("tab").nth(2).click()
    yield "till-category"
    page.get_by_role("tab").first.click()
    till.press("F2")
    page.keyboard.type(goods[0].name[:3], delay=TYPING_MS)
    yield "till-search"
    page.keyboard.type("qqq", delay=TYPING_MS)
    expect(page.get_by_text(till.word("common.nothing_found"))).to_be_visible()
    yield "till-nothing-found"
    till.press("Escape")
    for number, item in enumerate(goods, start=1):
        scan(till, item, min(number, len(goods)))
    yield "till-cart"
    till.scan(UNKNOWN_CODE)
    expect(page.get_by_role("alert").get_by_text(UNKNOWN_CODE)).to_be_visible()
    yield "till-unknown-code"
    till.button("till.open_item").first.click()
    dialog(till).wait_for()
    yield "till-open-item"
    closed(till)


def _change_lines(walk: Walk, till: Till) -> Iterator[str]:
    line = till.lines.last
    if line.get_attribute("data-selected") != "true":
        line.get_by_role("button").first.click()
    expect(line.get_by_role("button").first).to_have_attribute("aria-expanded", "true")
    yield "till-line"
    for name, label in (("price", "till.price"), ("note", "common.note")):
        till.lines.last.get_by_role("button", name=till.word(label)).first.click()
        dialog(till).wait_for()
        yield f"till-{name}"
        closed(till)
    for name, key in (("quantity", "NumpadMultiply"), ("price-check", "F8"), ("help", "F1"), ("drawer", "Control+d")):
        till.press(key)
        dialog(till).wait_for()
        yield f"till-{name}"
        closed(till)
    till.press("F7")
    dialog(till).wait_for()
    yield "till-discount"
    dialog(till).get_by_role("button", name=re.compile(r"^(%5|5\s?%)$")).click()
    till.expect_no_dialog()
    yield "till-line-discounted"
    till.press("Shift+F7")
    dialog(till).wait_for()
    yield "till-discount-sale"
    closed(till)
    till.button("till.more").click()
    dialog(till).wait_for()
    yield "till-menu"
    dialog(till).get_by_role("button", name=till.word("till.cancel_sale")).click()
    yield "till-cancel"
    closed(till)
    till.button("common.menu").click()
    dialog(till).wait_for()
    yield "till-settings"
    closed(till)


def _weigh(walk: Walk, till: Till) -> Iterator[str]:
    page, item, lines = till.page, walk.weighed, till.lines.count()
    walk.hardware.weigh(GRAMS)
    till.press("F2")
    page.keyboard.type(item.name, delay=TYPING_MS)
    page.get_by_role("button", name=re.compile("^" + re.escape(item.name))).first.click()
    expect(till.button("till.take_weight")).to_be_enabled()
    yield "till-weigh"
    till.button("till.by_hand").click()
    till.type_amount("1.236")
    yield "till-weigh-by-hand"
    till.button("till.from_scale").click()
    till.button("till.take_weight").click()
    till.expect_lines(lines + 1)


def _hold_and_pay(walk: Walk, till: Till) -> Iterator[str]:
    page = till.page
    till.press("F6")
    dialog(till).wait_for()
    page.keyboard.type("Qonşu Rəna", delay=TYPING_MS)
    yield "till-hold"
    dialog(till).get_by_role("button", name=re.compile("^" + till.word("till.hold"))).click()
    till.expect_no_dialog()
    till.press("Shift+F6")
    dialog(till).wait_for()
    yield "till-held"
    dialog(till).get_by_role("button", name=re.compile("Qonşu")).first.click()
    till.expect_no_dialog()
    yield "till-resumed"
    till.press("F12")
    dialog(till).wait_for()
    yield "till-pay"
    till.type_amount("5")
    till.press("F9")
    expect(dialog(till).get_by_role("list", name=till.word("till.tenders")).get_by_role("listitem")).to_have_count(1)
    till.type_amount("200")
    yield "till-pay-mixed"
    till.press("F10")
    expect(dialog(till).get_by_role("list", name=till.word("till.tenders")).get_by_role("listitem")).to_have_count(2)
    yield "till-pay-change"
    till.press("F12")
    expect(page.get_by_test_id("change")).to_be_visible()
    yield "till-done"
    till.wait_until_sent()
    till.press("Escape")


def _without_server(walk: Walk, till: Till) -> Iterator[str]:
    page = till.page
    page.context.set_offline(True)
    for number, item in enumerate(walk.packed(2), start=1):
        scan(till, item, number)
    till.press("F9")
    expect(page.get_by_test_id("change")).to_be_visible()
    expect(page.get_by_text(till.word("common.offline_waiting", n="1")).first).to_be_visible(timeout=60_000)
    yield "till-done-offline"
    till.press("Escape")
    expect(page.get_by_text(till.word("till.empty_cart"))).to_be_visible()
    yield "till-offline"
    page.context.set_offline(False)
    till.wait_until_sent()


def _take_back(walk: Walk, till: Till) -> Iterator[str]:
    page, manager = till.page, walk.person("manager")
    till.press("Shift+F9")
    dialog(till).get_by_role("button", name=re.compile(r"K1\S*-\d")).first.wait_for()
    yield "till-refund"
    dialog(till).get_by_role("button", name=re.compile(r"K1\S*-\d")).first.click()
    dialog(till).get_by_role("button", name=till.word("till.return_all")).click()
    yield "till-refund-lines"
    till.button("till.take_back").click()
    approval = page.get_by_role("dialog", name=till.word("till.approval"))
    approval.wait_for()
    yield "till-approval"
    named = approval.get_by_role("button", name=re.compile(manager.name))
    if named.count():
        named.first.click()
        yield "till-approval-pin"
    for figure in manager.pin:
        page.keyboard.press(f"Digit{figure}", delay=TYPING_MS)
    page.keyboard.press("Enter")
    approval.wait_for(state="detached")
    till.expect_no_dialog()
    yield "till-return"
    till.press("F12")
    dialog(till).wait_for()
    yield "till-give-back"
    till.press("F10")
    expect(page.get_by_test_id("change")).to_be_visible()
    yield "till-returned"
    till.press("Escape")


def _afterwards(_walk: Walk, till: Till) -> Iterator[str]:
    page = till.page
    till.wait_until_sent()
    till.go("/receipts")
    page.get_by_text(re.compile(r"K1\S*-\d")).first.wait_for()
    yield "receipts"
    page.get_by_text(re.compile(r"K1\S*-\d")).last.click()
    page.wait_for_url("**/receipts/*")
    yield "receipt"
    till.go("/attention")
    yield "attention"
    till.go("/shift")
    till.button("shift.cash_in").wait_for()
    yield "shift"
    till.button("shift.cash_in").click()
    dialog(till).wait_for()
    yield "shift-cash-in"
    closed(till)
    till.button("shift.close").click()
    till.type_amount("61.40")
    yield "shift-count"
    till.button("shift.count_done").click()
    reason = till.field("common.reason")
    reason.fill("Qaytarmada səhv")
    yield "shift-difference"
    till.button("shift.close").click()
    page.wait_for_url("**/shift/*")
    till.wait_until_sent()
    yield "z-report"


PARTS = (_arrive, _open, _ring, _change_lines, _weigh, _hold_and_pay, _without_server, _take_back, _afterwards)
