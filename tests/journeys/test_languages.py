"""Money, days and plurals as they stand on the screen, in a real Chromium, which has no Azerbaijani of its own."""

import datetime
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from server.seeds.market.catalogue import small_world
from tests.journeys.conftest import Product
from tests.journeys.till import TYPING_MS, Till
from tests.journeys.tour import Walk
from tests.journeys.tour_languages import speak
from tests.journeys.tour_till import open_till

MARKET = small_world()
MILK = next(item for item in MARKET.items if item.name.startswith("Süd"))
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Form:
    """How a language writes what the test has put on the screen."""

    pieces: tuple[str, str, str, str]
    money: str
    day: str
    months: str
    weekdays: str
    long_day: str


FORMS = {
    "az": Form(
        pieces=("1 ədəd", "2 ədəd", "5 ədəd", "500 ədəd"),
        money="1\u202f225,00\u00a0₼",
        day="%d.%m.%Y",
        months="yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
        weekdays="bazar ertəsi|çərşənbə axşamı|çərşənbə|cümə axşamı|cümə|şənbə|bazar",
        long_day="{date} {month} {year}, {weekday}",
    ),
    "ru": Form(
        pieces=("1 штука", "2 штуки", "5 штук", "500 штук"),
        money="1\u202f225,00\u00a0₼",
        day="%d.%m.%Y",
        months="января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        weekdays="понедельник|вторник|среда|четверг|пятница|суббота|воскресенье",
        long_day="{date} {month} {year} г., {weekday}",
    ),
    "en": Form(
        pieces=("1 piece", "2 pieces", "5 pieces", "500 pieces"),
        money="₼1,225.00",
        day="%d/%m/%Y",
        months="January February March April May June July August September October November December",
        weekdays="Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
        long_day="{date} {month} {year}, {weekday}",
    ),
    "tr": Form(
        pieces=("1 adet", "2 adet", "5 adet", "500 adet"),
        money="₼1.225,00",
        day="%d.%m.%Y",
        months="Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
        weekdays="Pazartesi|Salı|Çarşamba|Perşembe|Cuma|Cumartesi|Pazar",
        long_day="{date} {month} {year}, {weekday}",
    ),
}


@pytest.fixture
def walk(product: Product, chromium: Browser) -> Walk:
    """The small market."""
    return Walk(product, chromium)


def test_money_days_and_plurals_are_those_of_each_language(walk: Walk) -> None:
    with walk.browser() as till:
        open_till(walk, till)

        for at, typed in enumerate(("1", "1", "3", "495")):
            ring(till, typed)
            for language, form in FORMS.items():
                speak(till, language)
                expect_pieces(till, form.pieces[at])
        for language, form in FORMS.items():
            speak(till, language)
            till.expect_total(form.money)

        till.go("/shift")
        for language, form in FORMS.items():
            speak(till, language)
            expect(till.page.get_by_role("main")).to_contain_text(
                re.compile(re.escape(today().strftime(form.day)) + r", \d\d:\d\d")
            )


def test_the_day_of_the_back_office_is_written_out_in_each_language(walk: Walk) -> None:
    with walk.browser() as office:
        owner = walk.person("owner")
        office.sign_in_office(str(owner.email), str(owner.password))
        office.go("/office")

        for language, form in FORMS.items():
            speak(office, language)
            expect(office.page.locator(".content")).to_contain_text(written_out(form))


def ring(till: Till, typed: str) -> None:
    """Type a quantity and scan the milk."""
    till.press("F2")
    till.page.keyboard.type(f"{typed}*", delay=TYPING_MS)
    till.scan(MILK.barcodes[0].code)
    till.expect_lines(1)


def expect_pieces(till: Till, text: str) -> None:
    """What the bar at a phone's foot says."""
    till.page.set_viewport_size(PHONE)
    expect(till.page.locator("button.bar")).to_contain_text(text)
    till.page.set_viewport_size(DESK)


def today() -> datetime.date:
    """The day in Baku."""
    return datetime.datetime.now(ZoneInfo("Asia/Baku")).date()


def written_out(form: Form) -> str:
    """The business day, which begins at five in the morning."""
    day = (datetime.datetime.now(ZoneInfo("Asia/Baku")) - datetime.timedelta(minutes=MARKET.branch.cut_off_min)).date()
    month, weekday = form.months.split()[day.month - 1], form.weekdays.split("|")[day.weekday()]
    return form.long_day.format(date=day.day, month=month, year=day.year, weekday=weekday)
