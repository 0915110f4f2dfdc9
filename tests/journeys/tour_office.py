"""The walk through the back office, in the owner's browser, which is no till."""

import re
from collections.abc import Iterator

from playwright.sync_api import expect

from tests.journeys.screens import table
from tests.journeys.till import Till
from tests.journeys.tour import Scene, Walk

ROWS_OF = {
    "/office/items/:id": "/catalog/items",
    "/office/stock/:id": "/catalog/items",
    "/office/sales/:id": "/sales/sales",
    "/office/shifts/:id": "/cash/shifts",
    "/office/people/:id": "/staff/people",
    "/office/roles/:id": "/staff/roles",
    "/office/terminals/:id": "/devices/terminals",
    "/office/branches/:id": "/stores/branches",
}
"""Where the id of a screen about one thing comes from: the first row of this list."""
FAULTY = """sku;name;unit;tax;price;barcodes
9001;Yaxşı sətir;pcs;vat18;1.20;
9002;;pcs;vat18;abc;123
9003;Vahidi yoxdur;top;vat99;2.00;4760000999990
"""


def office_scenes(walk: Walk) -> Iterator[Scene]:
    """Every screen of the back office with its forms."""
    with walk.browser() as till:
        owner = walk.person("owner")
        till.sign_in_office(str(owner.email), str(owner.password))
        for name in _plain(till):
            yield walk.scene(name, till)
        for name in _states(till):
            yield walk.scene(name, till)
        assert till.uncaught == []


def _plain(till: Till) -> Iterator[str]:
    """All rows of the table below /office, as they come."""
    for screen in table():
        if not screen.path.startswith("/office"):
            continue
        till.go(re.sub(r":\w+", _first_id(till, screen.path), screen.path) if screen.holes else screen.path)
        till.page.get_by_role("heading", level=1).first.wait_for()
        till.page.wait_for_load_state("networkidle")
        yield screen.path.strip("/").replace("/:", "-one-").replace("/", "-")


def _first_id(till: Till, path: str) -> str:
    assert path in ROWS_OF, f"say in ROWS_OF where the id of {path} comes from"
    rows = till.page.evaluate("async (path) => (await (await fetch(path)).json()).rows", f"/api/v1{ROWS_OF[path]}")
    assert rows, f"{ROWS_OF[path]} has no rows, so {path} cannot be looked at"
    return str(rows[0]["id"])


def _states(till: Till) -> Iterator[str]:
    page = till.page
    till.go("/office/items?q=qqqq")
    page.get_by_text(till.word("common.nothing_found")).first.wait_for()
    yield "office-items-none"
    till.go("/office/items/new")
    page.wait_for_load_state("networkidle")
    page.locator("button[type=submit]").last.click()
    yield "office-items-new-refused"
    till.go("/office/items/import")
    page.locator("input[type=file]").set_input_files(
        {"name": "mallar.csv", "mimeType": "text/csv", "buffer": FAULTY.encode()}
    )
    expect(page.get_by_role("table")).to_be_visible()
    yield "office-items-import-faults"
    till.go("/office/stock/entry")
    page.get_by_role("heading", level=1).first.wait_for()
    till.button("common.menu").click()
    page.get_by_role("dialog").wait_for()
    yield "office-menu"
    till.go("/counter")
    expect(page.locator("figure img").first).to_be_visible()
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    yield "counter"
