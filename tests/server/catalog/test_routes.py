"""The catalogue over HTTP: what comes in is checked by name, what goes out says the price that counts."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.catalog import operations
from server.core.actor import Actor, Cap
from server.core.transaction import writing
from tests.server.catalog.conftest import COLA, World

ITEMS = "/api/v1/catalog/items"


def test_an_item_is_made_found_priced_and_archived(world: World, owner: object, client: FlaskClient) -> None:
    made = client.post(ITEMS, json=world.body()).json
    priced = client.post(f"{ITEMS}/{made['id']}/prices", json={"amount_minor": 150})
    found = client.get(f"/api/v1/catalog/barcodes/{COLA}").json
    gone = client.post(f"{ITEMS}/{made['id']}/archive").json
    listed = client.get(f"{ITEMS}?q=qazli").json

    assert (made["price"]["amount_minor"], made["archived"]) == (120, False)
    assert (priced.status_code, [price["amount_minor"] for price in priced.json["prices"]]) == (201, [150, 120])
    assert (found["item"]["id"], found["item"]["price"]["amount_minor"]) == (made["id"], 150)
    assert (gone["archived"], listed["rows"]) == (True, [])
    assert client.get(f"{ITEMS}?archived=true").json["rows"][0]["id"] == made["id"]
    assert client.post(f"{ITEMS}/{made['id']}/restore").json["archived"] is False


def test_a_change_needs_the_state_that_was_seen(world: World, owner: object, client: FlaskClient) -> None:
    made = client.post(ITEMS, json=world.body()).json
    body = world.body(name="Limonad", rev=made["rev"])
    del body["price_minor"]

    changed = client.put(f"{ITEMS}/{made['id']}", json=body)
    stale = client.put(f"{ITEMS}/{made['id']}", json=body)

    assert (changed.status_code, changed.json["name"]) == (200, "Limonad")
    assert (stale.status_code, stale.json["code"], stale.json["params"]) == (
        409,
        "changed_meanwhile",
        {"rev": changed.json["rev"]},
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": "Süd\x1bV"}, "name", "control_characters"),
        ({"name": "  "}, "name", "length"),
        ({"name": "x" * 201}, "name", "length"),
        ({"sku": None}, "sku", "null"),
        ({"price_minor": -1}, "price_minor", "out_of_range"),
        ({"price_minor": 1.5}, "price_minor", "not_integer"),
        ({"plu": 100_000}, "plu", "out_of_range"),
        ({"is_weighed": "maybe"}, "is_weighed", "not_boolean"),
        ({"is_weighed": True}, "is_weighed", "weighed_needs_decimals"),
        ({"barcodes": [{"code": "çörək"}]}, "barcodes.0.code", "not_a_code"),
        ({"barcodes": [{"code": "4006381333930"}]}, "barcodes.0.code", "wrong_check_digit"),
        ({"barcodes": [{"code": COLA, "quantity_milli": 0}]}, "barcodes.0.quantity_milli", "out_of_range"),
        ({"category_id": 7}, "category_id", "not_found"),
        ({"colour": "red"}, "colour", "unknown_field"),
    ],
)
def test_each_faulty_field_is_named(
    world: World, owner: object, client: FlaskClient, change: dict[str, Any], field: str, code: str
) -> None:
    answer = client.post(ITEMS, json=world.body(**change))

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [
        (field, code if code != "null" else "required")
    ]


def test_a_taken_code_is_answered_with_its_holder(world: World, owner: object, client: FlaskClient) -> None:
    client.post(ITEMS, json=world.body())

    [error] = client.post(ITEMS, json=world.body(sku="C2")).json["errors"]

    assert (error["code"], error["params"]) == ("code_taken", {"code": COLA, "item": "Qazlı içki"})


def test_categories_are_made_moved_and_never_put_into_themselves(
    world: World, owner: object, client: FlaskClient
) -> None:
    made = client.post("/api/v1/catalog/categories", json={"name": "Sular", "parent_id": world.drinks}).json
    moved = client.put(
        f"/api/v1/catalog/categories/{world.drinks}",
        json={"name": "İçkilər", "parent_id": made["id"], "rev": world.drinks},
    )
    names = [row["name"] for row in client.get("/api/v1/catalog/categories").json["rows"]]

    assert (moved.status_code, moved.json["errors"][0]["code"]) == (422, "in_itself")
    assert names == ["Sular", "İçkilər"]
    assert client.post(f"/api/v1/catalog/categories/{made['id']}/archive").json["archived"] is True
    assert client.post(f"/api/v1/catalog/categories/{made['id']}/restore").json["archived"] is False


@pytest.mark.parametrize("parent_id", [0, 7])
def test_a_category_needs_a_parent_that_is_there(
    world: World, owner: object, client: FlaskClient, parent_id: int
) -> None:
    answer = client.post("/api/v1/catalog/categories", json={"name": "Sular", "parent_id": parent_id})

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "not_found")


def test_units_and_taxes_are_listed(world: World, owner: object, client: FlaskClient) -> None:
    units = client.get("/api/v1/catalog/units").json["rows"]
    taxes = client.get("/api/v1/catalog/tax-classes").json["rows"]

    assert [(unit["code"], unit["name"], unit["decimals"]) for unit in units] == [
        ("pcs", "ədəd", 0),
        ("kg", "kq", 3),
        ("l", "l", 3),
        ("m", "m", 2),
    ]
    assert [(tax["kind"], tax["rate_bp"]) for tax in taxes] == [("standard", 1800), ("zero", 0), ("exempt", 0)]


def test_preparing_twice_prepares_once(world: World) -> None:
    with writing():
        operations.prepare()
        operations.prepare()


def test_an_unknown_code_is_a_problem_with_the_code(world: World, owner: object, client: FlaskClient) -> None:
    answer = client.get("/api/v1/catalog/barcodes/4006381333948")

    assert (answer.status_code, answer.json["code"], answer.json["params"]) == (
        404,
        "unknown_code",
        {"code": "4006381333948"},
    )


def test_what_one_may_not_do_names_the_right(
    world: World, acts_as: Callable[[Actor], None], client: FlaskClient
) -> None:
    acts_as(Actor(kind="person", person_id=2, rights={"sale.ring": Cap()}))

    answer = client.post(ITEMS, json=world.body())

    assert (answer.status_code, answer.json["params"]) == (403, {"right": "catalog.edit"})
    assert client.get(ITEMS).status_code == 200


def test_nobody_sees_nothing(world: World, nobody: object, client: FlaskClient) -> None:
    assert client.get(ITEMS).status_code == 401
