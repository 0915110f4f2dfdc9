"""The walk past the doors: sign-in, pairing, the shop's name, the virtual hardware, and a new owner's first steps."""

import re
from collections.abc import Iterator

from playwright.sync_api import expect

from tests.journeys.till import Till
from tests.journeys.tour import Scene, Walk

NEW_SHOP = "yeni"


def door_scenes(walk: Walk) -> Iterator[Scene]:
    """What anyone may see."""
    with walk.browser() as till:
        for name in _strangers(walk, till):
            yield walk.scene(name, till)
    with walk.browser(f"http://{NEW_SHOP}.localhost:{walk.product.port}") as till:
        for name in _new_owner(walk, till):
            yield walk.scene(name, till)
        assert till.uncaught == []


def _strangers(walk: Walk, till: Till) -> Iterator[str]:
    page = till.page
    page.goto(f"http://localhost:{walk.product.port}/?shop=tanımadığım")
    yield "which-shop"
    till.go("/sign-in")
    till.field("login.email").wait_for()
    yield "sign-in"
    till.field("login.email").fill("owner@example.az")
    till.field("login.password").fill("yanlış parol")
    till.button("login.enter").click()
    expect(page.get_by_role("alert").first).not_to_be_empty()
    yield "sign-in-refused"
    till.go("/pair")
    till.field("login.pair_code").wait_for()
    yield "pair"
    till.go("/no-such-screen")
    page.get_by_text(till.word("common.not_found_title")).first.wait_for()
    yield "not-found"
    till.go("/setup?token=kohne")
    page.get_by_text(till.word("setup.link_title")).wait_for()
    yield "setup-old-link"
    till.go("/counter")
    page.get_by_role("heading", level=1).first.wait_for()
    yield "counter-for-nobody"


def _new_owner(walk: Walk, till: Till) -> Iterator[str]:
    page = till.page
    walk.product.run("tenant", "create", NEW_SHOP, "--name", "Yeni Dükan")
    link = re.findall(r"https?://\S+/setup\S*", (walk.product.folder / "command.log").read_text())[-1]
    page.goto(re.sub(r"^https?://[^/]+", till.origin, link))
    till.field("setup.company_name").fill("Yeni Dükan MMC")
    till.field("setup.tax_id").fill("9909900991")
    till.field("setup.address").fill("Gəncə ş., Nizami küç. 5")
    yield "setup-company"
    till.button("common.next").click()
    till.field("setup.owner_name").fill("Aygün Həsənova")
    till.field("login.email").fill("aygun@yeni.example")
    till.field("login.password").fill("uzun-parol-2026")
    till.field("login.pin").fill("4917")
    yield "setup-owner"
    till.button("setup.begin").click()
    till.field("setup.item_name").fill("Tandır çörəyi")
    till.field("setup.item_price").fill("1,20")
    expect(till.button("common.next")).to_be_enabled()
    yield "setup-item"
    till.button("common.next").click()
    till.field("setup.register_name").wait_for()
    yield "setup-till"
    till.button("setup.make_till").click()
    page.get_by_text(till.word("setup.done_text")).wait_for(timeout=30_000)
    yield "setup-done"
    till.button("setup.first_sale").or_(page.get_by_role("link", name=till.word("setup.first_sale"))).first.click()
    page.wait_for_url(re.compile("/app/(till|login|shift)"))
    yield "setup-first-till"
    page.goto(f"{till.origin}/app/office")
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_load_state("networkidle")
    yield "office-of-a-new-shop"
