"""Stock as the back office asks for it: on hand by warehouse, and moves with the words of their entry."""

import pytest

from fixtures.browser import Browser
from server.core.doors import App
from server.core.tenant import Tenant
from tests.server.worlds import World, make_world

MILK = "Süd"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def owner(world: World) -> Browser:
    return world.owner()


def test_an_item_is_on_hand_in_each_warehouse(world: World, owner: Browser) -> None:
    item_id = world.ware(MILK).item_id
    listed = next(row for row in owner.get("/stock/balances", q=MILK).json["rows"] if row["item_id"] == item_id)

    rows = owner.get(f"/stock/items/{item_id}").json["rows"]

    assert [row["warehouse_id"] for row in rows] == [world.founded.warehouse_id]
    assert {name: rows[0][name] for name in ("quantity_milli", "value_minor")} == {
        name: listed[name] for name in ("quantity_milli", "value_minor")
    }
    assert rows[0]["quantity_milli"] > 0


def test_an_item_that_never_was_is_not_on_hand(owner: Browser) -> None:
    answer = owner.get("/stock/items/999")

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_a_move_by_hand_tells_its_reason(world: World, owner: Browser) -> None:
    item_id = world.ware(MILK).item_id
    lines = [{"item_id": item_id, "quantity_milli": -1_000}]
    body = {"kind": "adjustment", "warehouse_id": world.founded.warehouse_id, "reason": "Qırılıb", "lines": lines}
    assert owner.post("/stock/entries", body).status_code == 201

    newest = owner.get(f"/stock/items/{item_id}/moves").json["rows"][0]

    assert (newest["source_kind"], newest["quantity_milli"], newest["reason"]) == ("adjustment", -1_000, "Qırılıb")


def test_a_sale_needs_no_reason(world: World, owner: Browser) -> None:
    till = world.till()
    till.open()
    till.sell([till.line(MILK)])
    till.push()

    newest = owner.get(f"/stock/items/{world.ware(MILK).item_id}/moves").json["rows"][0]

    assert (newest["source_kind"], newest["reason"]) == ("sale", None)
