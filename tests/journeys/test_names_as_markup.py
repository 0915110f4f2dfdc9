"""Whatever a person types as a name stays text: on every screen, on paper, and on the virtual hardware."""

from itertools import chain

from playwright.sync_api import Browser

from tests.journeys.conftest import Product
from tests.journeys.markup import WatchedWalk, rename_everything
from tests.journeys.tour_office import office_scenes
from tests.journeys.tour_till import till_scenes

SIGNS = (b"onerror=", b"onload=", b"srcdoc=", b"7*7")


def test_names_that_are_markup_are_text_on_every_screen_and_on_paper(product: Product, chromium: Browser) -> None:
    assert rename_everything(product) > 30
    walk = WatchedWalk(product, chromium)

    for scene in chain(till_scenes(walk), office_scenes(walk)):
        walk.look(scene)

    assert walk.strange == []
    assert len(walk.shown) > 20, sorted(walk.shown)
    assert any(sign in walk.hardware.printed() for sign in SIGNS)
