"""The demo market's goods: enough of them, each sellable, none twice, taxed as the law of Azerbaijan says."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import pytest

from server.seeds.market.catalogue import catalogue
from server.seeds.market.world import Barcode, Item, Market
from server.values.barcode import is_valid, with_check_digit
from server.values.folding import search_key
from server.values.labels import read_label
from server.values.money import BASIS
from server.values.quantity import ONE

LEAST_ITEMS, LEAST_CATEGORIES = 640, 28
LEAST_MARGIN, WIDEST_MARGIN = 8, 35
REAL_MARKS = (
    *("Azərsun", "Azərçay", "Atena", "Milla", "Savalan", "Sevimli", "Sirab", "Badamlı", "Natura", "Gilan", "Jalə"),
    *("Zeytunbağları", "Səba", "Mərcan", "Final", "Bizim", "Ulduz", "Araz", "Bravo", "Beta", "Maryam", "Palsüd"),
    *("Cola", "Fanta", "Sprite", "Pepsi", "Nescafe", "Jacobs", "Lipton", "Ahmad", "Snickers", "Twix", "Mars", "Lays"),
    *("Ariel", "Persil", "Fairy", "Domestos", "Pampers", "Colgate", "Nivea", "Duracell", "Whiskas", "Barilla", "Ülker"),
)
EXEMPT_SHELVES = {"Çörək", "Təzə ət", "Təzə quş əti", "Un", "Kitab", "Yem"}


@pytest.fixture(scope="module")
def market() -> Market:
    return catalogue()


def barcodes(market: Market) -> Iterator[tuple[Item, Barcode]]:
    return ((item, barcode) for item in market.items for barcode in item.barcodes)


def shelf_of(market: Market, item: Item) -> str:
    return next(category.name for category in market.categories if category.code == item.category)


def only_once(values: list) -> bool:
    return max(Counter(values).values()) == 1


def test_the_market_has_enough_goods_on_enough_shelves(market: Market) -> None:
    assert len(market.items) >= LEAST_ITEMS
    assert len(market.categories) >= LEAST_CATEGORIES


def test_two_calls_build_the_same_market(market: Market) -> None:
    assert catalogue() == market


def test_every_category_holds_goods_and_has_a_colour_and_a_place_of_its_own(market: Market) -> None:
    used = {item.category for item in market.items}

    assert used == {category.code for category in market.categories}
    assert only_once([category.name for category in market.categories])
    assert only_once([category.hue for category in market.categories])
    assert all(0 <= category.hue < 360 for category in market.categories)
    assert [category.position for category in market.categories] == list(range(1, len(market.categories) + 1))


def test_every_name_sku_and_code_names_one_good(market: Market) -> None:
    assert only_once([item.sku for item in market.items])
    assert only_once([item.name for item in market.items])
    assert only_once([search_key(item.name) for item in market.items])
    assert only_once([barcode.code for _, barcode in barcodes(market)])


def test_names_fit_on_a_tile_and_hold_no_stray_space(market: Market) -> None:
    for item in market.items:
        assert len(item.name) <= 48, item.name
        assert item.name == " ".join(item.name.split())


def test_every_code_is_an_ean_13_of_azerbaijan_with_the_right_check_digit(market: Market) -> None:
    for _, barcode in barcodes(market):
        assert len(barcode.code) == 13
        assert barcode.code.startswith("476")
        assert is_valid(barcode.code), barcode.code


def test_some_goods_have_several_codes_and_some_a_case_code_that_counts_pieces(market: Market) -> None:
    singles = Counter(item.sku for item, barcode in barcodes(market) if barcode.quantity_milli == ONE)
    cases = [barcode for _, barcode in barcodes(market) if barcode.quantity_milli != ONE]

    assert {1, 2, 3} == set(singles.values())
    assert len([sku for sku, count in singles.items() if count > 1]) >= 20
    assert len(cases) >= 40
    assert all(barcode.quantity_milli > ONE and barcode.quantity_milli % ONE == 0 for barcode in cases)


def test_a_case_code_belongs_to_a_good_that_has_a_code_for_one_piece(market: Market) -> None:
    for item in market.items:
        if item.barcodes:
            assert item.barcodes[0].quantity_milli == ONE


def test_goods_sold_by_weight_have_a_plu_that_a_label_of_the_shop_carries(market: Market) -> None:
    weighed = [item for item in market.items if item.is_weighed]

    assert len(weighed) >= 100
    assert only_once([item.plu for item in weighed])
    for item in weighed:
        label = read_label(with_check_digit(f"20{item.plu:05}01235"), [market.label_pattern])
        assert label is not None
        assert (label.plu, label.weight_g) == (item.plu, 1_235)


def test_only_what_is_weighed_is_sold_by_the_kilogram_and_has_a_plu(market: Market) -> None:
    for item in market.items:
        assert item.is_weighed == (item.unit == "kg") == (item.plu is not None)
        assert not (item.is_weighed and item.barcodes)


def test_units_and_vat_classes_of_the_goods_exist(market: Market) -> None:
    assert {item.unit for item in market.items} == {"pcs", "kg", "l"} <= {unit.code for unit in market.units}
    assert {item.tax_class for item in market.items} == {tax_class.code for tax_class in market.tax_classes}


def test_the_vat_rates_are_those_of_azerbaijan(market: Market) -> None:
    rates = {tax_class.code: (tax_class.kind, tax_class.rate_bp) for tax_class in market.tax_classes}

    assert rates == {"standard": ("standard", 1_800), "zero": ("zero", 0), "exempt": ("exempt", 0)}


def test_bread_flour_raw_meat_poultry_books_and_feed_are_exempt_and_nothing_else(market: Market) -> None:
    exempt = {shelf_of(market, item) for item in market.items if item.tax_class == "exempt"}
    taxed = {shelf_of(market, item) for item in market.items if item.tax_class == "standard"}

    assert exempt == EXEMPT_SHELVES
    assert not exempt & taxed


def test_a_sausage_and_a_pastry_are_taxed_though_meat_and_bread_are_not(market: Market) -> None:
    by_name = {item.name: item.tax_class for item in market.items}

    assert by_name["Tandır çörəyi"] == "exempt"
    assert by_name["Dana əti sümüksüz"] == "exempt"
    assert by_name["Simit küncütlü"] == "standard"
    assert by_name["Basdırma"] == "standard"


def test_a_price_without_its_vat_is_above_the_cost_by_the_margin_of_a_market(market: Market) -> None:
    rates = {tax_class.code: tax_class.rate_bp for tax_class in market.tax_classes}

    for item in market.items:
        net = Fraction(item.price_minor * BASIS, BASIS + rates[item.tax_class])
        assert item.cost_minor < net
        assert LEAST_MARGIN <= 100 * (net - item.cost_minor) / net <= WIDEST_MARGIN, item.name


def test_everything_is_in_stock_by_the_whole_dozen(market: Market) -> None:
    assert all(item.opening_milli > 0 and item.opening_milli % (12 * ONE) == 0 for item in market.items)


def test_every_good_can_be_found_by_code_by_weight_or_on_a_shelf_of_loose_goods(market: Market) -> None:
    loose = [item for item in market.items if not item.barcodes and not item.is_weighed]

    assert {item.unit for item in loose} == {"pcs", "l"}
    assert len(loose) < 60


def test_quick_tiles_stand_in_a_row_and_only_carry_goods_without_a_code(market: Market) -> None:
    quick = sorted((item for item in market.items if item.quick_position), key=lambda item: item.quick_position or 0)

    assert [item.quick_position for item in quick] == list(range(1, len(quick) + 1))
    assert len(quick) >= 20
    assert not [item.name for item in quick if item.barcodes or item.is_weighed]
    assert {"Tandır çörəyi", "Paket kiçik", "Yumurta (ədəd)", "Keşniş (dəstə)"} <= {item.name for item in quick}


def test_no_good_carries_a_mark_that_a_shop_in_baku_really_sells(market: Market) -> None:
    words = {word for item in market.items for word in search_key(item.name).split()}

    assert not words & {search_key(mark) for mark in REAL_MARKS}
