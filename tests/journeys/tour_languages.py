"""The till once more in the other languages: texts of another length, figures and days of another form."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.journeys.till import Till
from tests.journeys.tour import Scene, Walk

OTHERS = ("ru", "en", "tr")


def language_scenes(walk: Walk) -> Iterator[Scene]:
    """Goods, cart and payment in each language that is not the first."""
    with walk.browser() as till:
        owner = walk.person("owner")
        till.sign_in_office(str(owner.email), str(owner.password))
        till.pair_here("Çıxış kassası")
        till.sign_in(owner.name, owner.pin)
        till.take_register(walk.market.registers[1].name)
        till.open_shift("30.00")
        for number, item in enumerate(walk.packed(4), start=1):
            till.scan(item.barcodes[0].code)
            till.expect_lines(number)
        for language in OTHERS:
            speak(till, language)
            for name in _looked_at(till):
                yield walk.scene(f"{name}-{language}", till)
        assert till.uncaught == []


def speak(till: Till, language: str) -> None:
    """Change the language of the screens in the menu, without loading the page again."""
    till.button("common.menu").click()
    till.page.get_by_role("dialog").locator(f"button:has([lang={language}])").click()
    till.language = language
    expect(till.page.locator("html")).to_have_attribute("lang", language)
    till.press("Escape")
    till.expect_no_dialog()


def _looked_at(till: Till) -> Iterator[str]:
    yield "till"
    for name, key in (("pay", "F12"), ("discount", "F7"), ("help", "F1")):
        till.press(key)
        till.page.get_by_role("dialog").wait_for()
        yield f"till-{name}"
        till.press("Escape")
        till.expect_no_dialog()
