"""Who works in the demo businesses and what they are called; and that the small world shows every kind of good."""

import re

import pytest

from server.seeds.market.catalogue import catalogue, small_world
from server.seeds.market.world import Market
from server.values.quantity import ONE

LANGUAGES = {"az", "en", "ru", "tr"}
ROLES = ["owner", "manager", "cashier"]


@pytest.fixture(params=[catalogue, small_world], ids=["market", "small"])
def business(request: pytest.FixtureRequest) -> Market:
    return request.param()


def test_the_tax_id_is_that_of_a_company(business: Market) -> None:
    assert re.fullmatch(r"\d{9}1", business.company.tax_id)


def test_pins_have_four_to_six_digits_and_are_nobody_elses(business: Market) -> None:
    pins = [person.pin for person in business.people]

    assert all(re.fullmatch(r"\d{4,6}", pin) for pin in pins)
    assert len(set(pins)) == len(pins)


def test_only_the_owner_signs_in_by_e_mail_and_password(business: Market) -> None:
    for person in business.people:
        assert (person.role == "owner") == (person.email is not None) == (person.password is not None)


def test_there_is_an_owner_a_manager_and_cashiers_who_read_different_languages(business: Market) -> None:
    roles = [person.role for person in business.people]
    languages = {person.language for person in business.people_in("cashier")}

    assert sorted(set(roles), key=ROLES.index) == ROLES
    assert roles.count("owner") == roles.count("manager") == 1
    assert languages == {"az", "ru"}


def test_the_market_has_three_cashiers_at_two_registers() -> None:
    market = catalogue()

    assert len(market.people_in("cashier")) == 3
    assert [register.code for register in market.registers] == ["K1", "K2"]


def test_every_way_to_pay_has_a_name_in_the_four_languages_and_cash_opens_the_drawer(business: Market) -> None:
    assert {tender.kind for tender in business.tender_types} == {"cash", "card", "bank"}
    for tender in business.tender_types:
        assert set(dict(tender.names)) == LANGUAGES
        assert tender.opens_drawer == (tender.kind == "cash")
    assert business.tender_types[0].name_in("ru") == "Наличные"


def test_a_person_and_an_item_are_found_by_their_key_and_a_wrong_key_is_an_error(business: Market) -> None:
    assert business.person("owner").role == "owner"
    assert business.item(business.items[-1].sku) is business.items[-1]
    with pytest.raises(KeyError):
        business.item("none")
    with pytest.raises(KeyError):
        business.person("none")


def test_the_small_world_holds_every_kind_of_good_in_twelve() -> None:
    world = small_world()
    counts = [len(item.barcodes) for item in world.items]
    sizes = {barcode.quantity_milli for item in world.items for barcode in item.barcodes}

    assert len(world.items) == 12
    assert {item.tax_class for item in world.items} == {"standard", "zero", "exempt"}
    assert {item.unit for item in world.items} == {"pcs", "kg", "l"}
    assert {0, 1, 2, 3} <= set(counts)
    assert sizes == {ONE, 12 * ONE}
    assert [item.plu for item in world.items if item.tax_class == "exempt" and item.is_weighed] == [11_570]
    assert [item.name for item in world.items if item.quick_position == 1] == ["Tandır çörəyi"]


def test_codes_prices_and_costs_of_the_small_world_stay_what_tests_know() -> None:
    world = small_world()

    milk, cola = world.item("1201"), world.item("4001")

    assert [barcode.code for barcode in milk.barcodes] == ["4769200728904", "4763074933792", "4764068572911"]
    assert [barcode.quantity_milli for barcode in milk.barcodes] == [ONE, ONE, 12 * ONE]
    assert (milk.price_minor, milk.cost_minor) == (245, 169)
    assert (cola.price_minor, cola.cost_minor) == (110, 72)
    assert [(person.key, person.pin) for person in world.people] == [
        ("owner", "900100"),
        ("manager", "80020"),
        ("aysel", "2580"),
        ("viktoriya", "1379"),
    ]
