"""Opening stock, adjustments, and what happens below zero."""

import pytest

from server.core.doors import App
from server.core.errors import Invalid
from server.core.tenant import Tenant
from server.stock import operations, queries, reading
from server.stock.models import Balance, CostCorrection, CostLayer, LayerSettlement, LayerTake, StockMove
from server.stock.operations import EntryLine
from server.values.times import business_day
from tests.server.worlds import MARKET, NOW_MS, Terminal, World, make_world

MILK = "Süd"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    opened.open()
    return opened


def adjust(world: World, quantity_milli: int, cost_minor: int | None = None, *, kind: str = "adjustment") -> None:
    line = EntryLine(world.ware(MILK).item_id or 0, quantity_milli, cost_minor)
    world.inside(
        lambda: operations.book_entry(kind, world.founded.warehouse_id, [line], reason="Sayım"), mode="writing"
    )


def balance(world: World) -> Balance:
    found: Balance = world.rows(Balance, Balance.item_id == world.ware(MILK).item_id)[0]
    return found


def empty(world: World) -> None:
    adjust(world, -balance(world).quantity_milli)


def test_an_adjustment_down_takes_the_oldest_layers_and_up_comes_at_the_last_cost(world: World) -> None:
    before = balance(world)

    adjust(world, -1_000)
    adjust(world, 2_000)

    after = balance(world)
    unit = before.last_cost_minor * 1_000 // before.last_cost_milli
    assert after.quantity_milli == before.quantity_milli + 1_000
    assert after.value_minor == before.value_minor + unit
    assert after.last_cost_minor == before.last_cost_minor


def test_five_sold_below_zero_are_settled_once_by_the_next_receipt_with_a_dated_correction(
    world: World, till: Terminal
) -> None:
    empty(world)
    adjust(world, 1_000, 10)
    empty(world)
    sale = till.sell([till.line(MILK, 5_000)])
    answer = till.push()
    assert answer["results"][1]["flags"] == ["negative_stock"]
    assert (balance(world).quantity_milli, balance(world).value_minor) == (-5_000, -50)

    adjust(world, 10_000, 120)

    now = balance(world)
    assert (now.quantity_milli, now.value_minor) == (5_000, 60)
    (settled,) = world.rows(LayerSettlement)
    assert (settled.quantity_milli, settled.value_minor) == (5_000, 60)
    (correction,) = world.rows(CostCorrection)
    assert (correction.amount_minor, str(correction.source_id), correction.source_line) == (10, sale["id"], 1)
    assert correction.business_day == business_day(NOW_MS, MARKET.branch.timezone)
    zero = world.rows(StockMove, StockMove.id == correction.move_id)[0]
    assert (zero.quantity_milli, zero.value_minor) == (0, -10)
    assert [take.owed_milli for take in world.rows(LayerTake) if take.layer_id is None] == [0]


def test_a_sale_below_zero_reads_no_debts_and_the_receipt_settles_all_of_them(
    world: World, till: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(world)
    asked: list[int] = []
    real = reading.owed
    monkeypatch.setattr(reading, "owed", lambda keys: [asked.append(len(keys)), real(keys)][1])
    for _ in range(3):
        till.sell([till.line(MILK, 2_000)])
        till.push()
    assert sum(asked) == 0
    assert balance(world).quantity_milli == -6_000

    adjust(world, 10_000, 100)

    assert sum(asked) == 1
    assert (balance(world).quantity_milli, balance(world).value_minor) == (4_000, 40)
    assert {take.owed_milli for take in world.rows(LayerTake) if take.layer_id is None} == {0}


def test_a_second_receipt_settles_only_what_the_first_left(world: World, till: Terminal) -> None:
    empty(world)
    till.sell([till.line(MILK, 5_000)])
    till.push()

    adjust(world, 2_000, 500)
    adjust(world, 4_000, 1_000)

    assert [row.quantity_milli for row in sorted(world.rows(LayerSettlement), key=lambda row: row.value_minor)] == [
        2_000,
        3_000,
    ]
    assert (balance(world).quantity_milli, balance(world).value_minor) == (1_000, 250)


def test_goods_come_back_at_the_cost_of_the_line_that_sold_them(world: World, till: Terminal) -> None:
    cost = balance(world).value_minor * 2_000 // balance(world).quantity_milli
    sale = till.sell([till.line(MILK, 2_000)])
    till.push()
    adjust(world, 1_000, 99_900)
    before = balance(world).value_minor

    till.give_back(sale, [(1, 1_000)])
    till.push()

    assert balance(world).value_minor - before == cost // 2
    back = [layer for layer in world.rows(CostLayer) if layer.item_id == world.ware(MILK).item_id][-1]
    assert (back.quantity_milli, back.value_minor) == (1_000, cost // 2)
    assert balance(world).last_cost_minor == 99_900


def test_a_faulty_entry_names_every_line_and_books_nothing(world: World) -> None:
    before = world.contents()
    lines = [EntryLine(world.ware(MILK).item_id or 0, 0), EntryLine(999_999, 1_000, 5)]

    with pytest.raises(Invalid) as caught:
        world.inside(lambda: operations.book_entry("adjustment", world.founded.warehouse_id, lines), mode="writing")

    assert {(error.field, error.code) for error in caught.value.errors} == {
        ("lines.0.quantity_milli", "out_of_range"),
        ("lines.1.item_id", "unknown_item"),
    }
    assert world.contents() == before


def test_the_owner_sees_stock_page_by_page_with_its_cost_and_moves(world: World) -> None:
    owner = world.owner()

    page = owner.get("/stock/balances", limit=5).json
    following = owner.get("/stock/balances", limit=5, cursor=page["next"]).json
    moves = owner.get(f"/stock/items/{page['rows'][0]['item_id']}/moves").json

    assert len(page["rows"]) == len(following["rows"]) == 5
    assert not {row["item_id"] for row in page["rows"]} & {row["item_id"] for row in following["rows"]}
    assert page["rows"][0]["value_minor"] > 0
    assert moves["rows"][0]["source_kind"] == "opening"
    assert world.inside(lambda: queries.stock_on_hand(page["rows"][0]["item_id"], world.founded.warehouse_id)) > 0


def test_an_adjustment_over_http_needs_a_reason(world: World) -> None:
    owner = world.owner()
    line = {"item_id": world.ware(MILK).item_id, "quantity_milli": -1_000}
    body = {"kind": "adjustment", "warehouse_id": world.founded.warehouse_id, "lines": [line]}

    without = owner.post("/stock/entries", body)
    booked = owner.post("/stock/entries", body | {"reason": "Sınıb"})

    assert (without.status_code, without.json["errors"][0]["field"]) == (422, "reason")
    assert (booked.status_code, booked.json["reason"]) == (201, "Sınıb")
