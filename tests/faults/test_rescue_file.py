"""What the server does not have yet leaves the browser as a file, and comes back from it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Product, product, valkey_of_journeys
from tests.journeys.counter import CASHIER, MARKET, OWNER, code, item
from tests.journeys.till import Till

__all__ = ["product", "valkey_of_journeys"]

MILK = item("Süd")


@pytest.fixture
def till(product: Product, chromium: Browser) -> Iterator[Till]:
    """A till whose server has gone after it was opened."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="az", accept_downloads=True)
    context.set_default_timeout(60_000)
    opened = Till(context.new_page(), product.origin)
    opened.sign_in_office(str(OWNER.email), str(OWNER.password))
    opened.pair_here("Kassa 1")
    opened.sign_in(CASHIER.name, CASHIER.pin)
    opened.take_register(MARKET.registers[0].name)
    opened.open_shift("50.00")
    opened.wait_until_sent()
    product.end("web")
    yield opened
    context.close()


def test_a_device_that_will_be_cleared_saves_what_was_not_sent_to_a_file_and_takes_it_back(
    till: Till, tmp_path: Path
) -> None:
    till.scan(code(MILK))
    till.expect_lines(1)
    till.press("F9")
    expect(till.page.get_by_text("K1-000001").first).to_be_visible()
    till.go("/attention")

    with till.page.expect_download() as download:
        till.button("common.save_unsent").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    file = json.loads(saved.read_text())
    till.page.locator("input[type=file]").set_input_files(saved)

    assert [one["body"]["number"] for one in file["operations"] if one["kind"] == "sale"] == ["K1-000001"]
    assert len(file["operations"]) == len(till.unsent())
    expect(till.page.get_by_text(till.word("common.brought_back", n="0"))).to_be_visible()
