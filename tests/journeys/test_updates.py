"""A new version of the app waits while a sale is open, in any tab, and starts when the cart is empty."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from server.core.config import BUILT_APP
from tests.journeys.conftest import Product
from tests.journeys.till import Till
from tests.journeys.tour import Walk
from tests.journeys.tour_till import open_till, scan

NEW_VERSION = "00000000beef"


@pytest.fixture
def build(product: Product, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the build that the product serves from now on, to be replaced by a newer one."""
    copy = tmp_path / "static"
    shutil.copytree(BUILT_APP, copy)
    monkeypatch.setenv("AISALES_STATIC", str(copy))
    product.end("web")
    product.start("web")
    return copy


@pytest.fixture
def walk(product: Product, build: Path, chromium: Browser) -> Walk:
    """The small market, served from the copy."""
    return Walk(product, chromium)


def release(build: Path) -> None:
    """Put a newer version where the old one was: another worker, and a page that says which one it is."""
    page = (build / "index.html").read_text()
    newer = page.replace("</head>", f'<meta name="version" content="{NEW_VERSION}"></head>')
    worker = re.sub(r"version(\W+)[0-9a-f]{12}", rf"version\g<1>{NEW_VERSION}", (build / "sw.js").read_text())
    assert newer != page
    assert NEW_VERSION in worker
    for name, text in (("index.html", newer), ("sw.js", worker)):
        for copy in build.glob(f"{name}.*"):
            copy.unlink()
        (build / name).write_text(text)


def look_for_a_version(page: Page) -> None:
    """What the app does by itself every half an hour."""
    page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update(); }")


def is_new(page: Page) -> bool:
    """Whether the page is of the new version."""
    return page.locator(f'meta[name=version][content="{NEW_VERSION}"]').count() == 1


def test_an_update_waits_while_a_sale_is_open_and_starts_when_the_cart_is_empty(walk: Walk, build: Path) -> None:
    with walk.browser() as till:
        page, item = till.page, walk.packed(1)[0]
        open_till(walk, till)
        till.wait_until_sent()
        scan(till, item, 1)

        release(build)
        look_for_a_version(page)
        offer = till.button("common.update_ready").first
        expect(offer).to_be_visible()
        offer.click()

        expect(page.get_by_text(till.word("common.update_later"))).to_be_visible()
        till.expect_lines(1)
        page.reload()
        till.expect_lines(1)
        assert not is_new(page)

        page.evaluate("() => { window.loadedOnce = true; }")
        sign_in = another_tab(till)
        expect(sign_in.get_by_text(till.word("login.title"))).to_be_visible()
        assert waits(sign_in)
        assert not is_new(sign_in)
        sign_in.close()

        assert page.evaluate("() => window.loadedOnce")
        expect(till.button("common.update_ready").first).to_be_visible()
        with page.expect_navigation():
            empty_and_start_at_once(till)
        expect(page.locator(f'meta[name=version][content="{NEW_VERSION}"]')).to_be_attached()
        scan(till, item, 1)


def empty_and_start_at_once(till: Till) -> None:
    """Take the only line out, and press the button in the moment that shows it: the disk has not heard of it yet."""
    till.page.evaluate(
        """([empty, offer]) => {
            const shown = new MutationObserver(() => {
                if (!document.body.textContent.includes(empty)) return;
                shown.disconnect();
                [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === offer).click();
            });
            shown.observe(document.body, { childList: true, subtree: true, characterData: true });
        }""",
        [till.word("till.empty_cart"), till.word("common.update_ready")],
    )
    till.press("Delete")


def another_tab(till: Till) -> Page:
    """The sign-in screen in another tab of the same browser: nobody is there, so it would start the new version."""
    page = till.page.context.new_page()
    page.goto(f"{till.origin}/app/login")
    return page


def waits(page: Page) -> bool:
    """Whether the new version is on the device and waits."""
    return bool(page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).waiting !== null"))
