"""A walk through every screen of the running product, with its main dialogs and states, in an order that a shop knows.

Whoever takes the walk looks at each scene while it stands (`axe`, the camera); the next step only begins afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from server.seeds.market.catalogue import catalogue, small_world
from server.seeds.market.world import Item, Market, Person
from tests.journeys.conftest import Product
from tests.journeys.till import Hardware, Till

TIMEOUT_MS = 20_000
STANDS_STILL = """() => {
  const ends = (animation) => animation.effect.getTiming().iterations !== Infinity;
  return document.fonts.status === 'loaded'
    && document.querySelector('#app, body').innerText.trim() !== ''
    && !document.querySelector('.skeleton, [aria-busy=true]')
    && document.getAnimations().every((each) => each.playState !== 'running' || !ends(each));
}"""


@dataclass(frozen=True)
class Scene:
    """What there is to look at now."""

    name: str
    page: Page


def settle(page: Page) -> None:
    """Wait until nothing moves or loads any more, and what stands is painted."""
    page.wait_for_function(STANDS_STILL, timeout=TIMEOUT_MS)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function(STANDS_STILL, timeout=TIMEOUT_MS)


@dataclass
class Walk:
    """The product, the browser, and the people and goods of its world."""

    product: Product
    chromium: Browser
    language: str = "az"
    market: Market = field(init=False)

    def __post_init__(self) -> None:
        self.market = (small_world if self.product.world == "small" else catalogue)()

    @property
    def hardware(self) -> Hardware:
        """The devices at the till."""
        return Hardware(self.product.sim)

    def packed(self, count: int) -> list[Item]:
        """Goods with a code and a price for one piece, one of each category first."""
        found = [item for item in self.market.items if item.barcodes and not item.is_weighed]
        first = list({item.category: item for item in reversed(found)}.values())[::-1]
        return (first + [item for item in found if item not in first])[:count]

    def person(self, role: str) -> Person:
        """The first who works here in a role."""
        return self.market.people_in(role)[0]

    @property
    def weighed(self) -> Item:
        """A good that is put on the scale."""
        return next(item for item in self.market.items if item.is_weighed)

    @contextmanager
    def browser(self, origin: str = "") -> Iterator[Till]:
        """A browser of its own, with nothing in it yet."""
        context = self.chromium.new_context(
            viewport={"width": 1280, "height": 800}, locale=self.language, reduced_motion="reduce"
        )
        context.set_default_timeout(TIMEOUT_MS)
        expect.set_options(timeout=TIMEOUT_MS)
        till = self._till(context, origin or self.product.origin)
        try:
            yield till
        except (AssertionError, Error) as trouble:
            trouble.add_note(f"The screen was {till.page.url}:\n{till.page.locator('body').aria_snapshot()}")
            raise
        finally:
            context.close()

    def scene(self, name: str, till: Till) -> Scene:
        """The scene once it stands still."""
        settle(till.page)
        return Scene(name, till.page)

    def _till(self, context: BrowserContext, origin: str) -> Till:
        page = context.new_page()
        till = Till(page, origin, self.language)
        page.on("pageerror", lambda error: till.uncaught.append(f"{page.url}: {error}"))
        return till
