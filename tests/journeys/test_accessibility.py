"""axe finds nothing on any screen of the router's own table, with its dialogs and states, light and dark."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Product
from tests.journeys.screens import screen_at, table
from tests.journeys.tour import Scene, Walk, settle
from tests.journeys.tour_doors import door_scenes
from tests.journeys.tour_office import office_scenes
from tests.journeys.tour_till import till_scenes

AXE = Path(__file__).parents[2] / "server" / "web" / "app" / "node_modules" / "axe-core" / "axe.min.js"


def whole_tour(walk: Walk) -> Iterator[Scene]:
    """The till first: what it sells is what the others show."""
    return chain(till_scenes(walk), office_scenes(walk), door_scenes(walk))


def test_axe_finds_nothing_on_any_screen_light_and_dark(product: Product, chromium: Browser) -> None:
    screens, visited, found = table(), set(), list[str]()

    for scene in whole_tour(Walk(product, chromium)):
        visited.add(screen_at(scene.page.url, screens))
        for scheme in ("light", "dark"):
            scene.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            settle(scene.page)
            found += [f"{scene.name}, {scheme}: {words}" for words in violations(scene.page)]
        scene.page.emulate_media(color_scheme="light", reduced_motion="reduce")

    assert found == []
    assert [screen.path for screen in screens if screen not in visited] == []


def violations(page: Page) -> list[str]:
    """What axe has against the page as it stands, one text for each element."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text() + "; undefined")
    report: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {node['target']} {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in report["violations"]
        for node in rule["nodes"]
    ]
