"""`make pictures`: every screen of the running demo market, in four sizes, light and dark, written to `pictures/`.

Not part of the tests (its name does not begin with `test_`): the pictures are there to be looked at.
"""

import shutil
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Product
from tests.journeys.tour import Scene, Walk, settle
from tests.journeys.tour_doors import door_scenes
from tests.journeys.tour_languages import language_scenes
from tests.journeys.tour_office import office_scenes
from tests.journeys.tour_till import till_scenes

FOLDER = Path(__file__).parents[2] / "pictures"
SIZES = {"1280x800": (1280, 800), "1024x768": (1024, 768), "768x1024": (768, 1024), "390x844": (390, 844)}
PHONE = "390x844"
SCHEMES = ("light", "dark")


def test_every_screen_is_pictured(demo_product: Product, chromium: Browser) -> None:
    """Write them all; nothing is left of an earlier run."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    walk = Walk(demo_product, chromium)
    tour = chain(till_scenes(walk), office_scenes(walk), door_scenes(walk), language_scenes(walk))

    for number, scene in enumerate(tour, start=1):
        picture(scene, f"{number:03d}-{scene.name}")

    assert len(list(FOLDER.glob("*/*/*.png"))) >= number * len(SIZES) * len(SCHEMES)


def picture(scene: Scene, name: str) -> None:
    """One scene in all sizes and both schemes; the page is left as it was found."""
    page = scene.page
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("() => document.querySelector('[data-selected=true]')?.scrollIntoView({ block: 'nearest' })")
        for part in _parts(page, size):
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                settle(page)
                _write(page, FOLDER / size / scheme / f"{name}{part}.png")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def _parts(page: Page, size: str) -> Iterator[str]:
    """The screen itself; on a phone the till's cart as well, which is behind its bar there."""
    yield ""
    bar = page.locator("button.bar[aria-expanded=false]")
    if size == PHONE and bar.count() and bar.is_visible() and not page.get_by_role("dialog").count():
        bar.click()
        yield "-cart"
        page.locator("button.bar[aria-expanded=true]").click()


def _write(page: Page, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=file, animations="disabled", caret="hide")
