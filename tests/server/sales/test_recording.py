"""How sales, returns and exchanges are booked, and what is flagged for a person's look."""

import dataclasses
import uuid
from typing import Any

import pytest

from server.catalog.operations import NewPrice, set_price
from server.core.doors import App
from server.core.flags import Flag
from server.core.tenant import Tenant
from server.sales.models import ReceiptCopy, Sale, SaleDiscount, SaleLine, TillEvent
from server.sales.pricing import Discount
from server.seeds.till import Head, Sold, Ware
from server.stock.models import Balance, StockMove
from tests.server.worlds import Terminal, World, make_world

BREAD, MILK, CHEESE = "Tandır çörəyi", "Süd", "Pendir"  # 1.20 exempt, 2.45 at 18 %, 9.80 a kilogram


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    opened.open(5_000)
    return opened


def flags_of_last(till: Terminal) -> list[str]:
    answer = till.push()
    assert [row["verdict"] for row in answer["results"]] == ["accepted"] * len(answer["results"]), answer
    return list(answer["results"][-1]["flags"])


def changed(till: Terminal, sale: dict[str, Any], **values: Any) -> None:
    till.outbox[-1] = sale | {"body": sale["body"] | values}


def test_discounts_of_lines_and_sale_are_kept_with_their_shares(world: World, till: Terminal) -> None:
    lines = [till.line(MILK, 2_000, discounts=(Discount("percent", 500),)), till.line(CHEESE, 355)]

    till.sell(lines, head=Head(discounts=(Discount("amount", 10),)))

    assert flags_of_last(till) == []
    (sale,) = world.rows(Sale)
    rows = world.rows(SaleLine, order=SaleLine.position)
    assert [(row.gross_minor, row.discount_minor) for row in rows] == [(490, 25), (348, 0)]
    assert sum(row.share_minor for row in rows) == 10
    assert sale.total_minor == sale.gross_minor - sale.discount_minor == 490 + 348 - 25 - 10
    assert [row.amount_minor for row in sorted(world.rows(SaleDiscount), key=lambda row: row.amount_minor)] == [10, 25]


def test_wrong_sums_are_booked_as_the_customer_paid_and_flagged(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK)])
    tender = sale["body"]["tenders"][0] | {"amount_minor": 244, "given_minor": 244}
    line = sale["body"]["lines"][0] | {"total_minor": 244}
    changed(till, sale, total_minor=244, tenders=[tender], lines=[line])

    assert flags_of_last(till) == ["arithmetic_differs"]
    assert [row.total_minor for row in world.rows(Sale)] == [244]
    (flag,) = world.rows(Flag)
    assert "line 1 total_minor: 244 told, 245 computed" in flag.detail["differences"]


def test_an_old_price_is_right_while_the_terminal_could_not_know_the_new_one(world: World, till: Terminal) -> None:
    ware = world.ware(MILK)
    price = world.inside(lambda: set_price(NewPrice(ware.item_id or 0, 300)), mode="writing")
    till.sell([till.line(MILK)])
    assert flags_of_last(till) == []

    till.till.catalogue_cursor = price.id
    till.sell([till.line(MILK)])
    assert flags_of_last(till) == ["price_differs"]

    new = dataclasses.replace(ware, unit_price_minor=300, price_id=price.id)
    till.sell([Sold(new)])
    assert flags_of_last(till) == []


def test_a_price_by_hand_is_covered_by_the_right_of_who_approved_it(world: World, till: Terminal) -> None:
    by_hand = dataclasses.replace(world.ware(MILK), unit_price_minor=100, price_id=None)

    till.sell([Sold(by_hand)])
    assert flags_of_last(till) == ["price_differs"]

    till.sell([Sold(by_hand, approved_by=world.people["manager"])])
    assert flags_of_last(till) == []


@pytest.mark.parametrize(
    ("percent", "approver", "flags"), [(500, None, []), (600, None, ["over_cap"]), (2_000, "manager", [])]
)
def test_a_discount_above_the_cap_needs_an_approver(
    world: World, till: Terminal, percent: int, approver: str | None, flags: list[str]
) -> None:
    approved = world.people[approver] if approver else None

    till.sell([till.line(CHEESE, 1_000, discounts=(Discount("percent", percent),), approved_by=approved)])

    assert flags_of_last(till) == flags


def test_an_open_item_needs_the_right_and_an_unknown_one_is_booked_by_its_name(world: World, till: Terminal) -> None:
    bread = world.ware(BREAD)
    loose = Ware(None, "Zavod çörəyi", bread.tax_rate_id, bread.rate_bp, 90)
    till.sell([Sold(loose)])
    assert flags_of_last(till) == ["missing_right"]

    till.sell([Sold(loose, approved_by=world.people["manager"])])
    assert flags_of_last(till) == []

    till.sell([Sold(dataclasses.replace(loose, item_id=999_999_999))])
    assert flags_of_last(till) == ["unknown_item"]
    assert {(row.item_id, row.name) for row in world.rows(SaleLine)} == {(None, "Zavod çörəyi")}
    assert all(move.source_kind == "opening" for move in world.rows(StockMove))


def test_more_sold_than_there_is_goes_below_zero_and_is_flagged(world: World, till: Terminal) -> None:
    item_id = world.ware(BREAD).item_id
    (before,) = world.rows(Balance, Balance.item_id == item_id)

    till.sell([till.line(BREAD, before.quantity_milli + 3_000)])

    assert flags_of_last(till) == ["negative_stock"]
    (after,) = world.rows(Balance, Balance.item_id == item_id)
    assert after.quantity_milli == -3_000
    (flag,) = world.rows(Flag)
    assert flag.detail == {"position": 1, "item_id": item_id, "short_milli": 3_000}


def test_parts_given_back_never_add_up_to_more_than_the_whole(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK, 3_000, discounts=(Discount("amount", 10),))])
    for _ in range(3):
        till.give_back(sale, [(1, 1_000)])

    assert flags_of_last(till) == []
    rows = world.rows(SaleLine)
    assert sum(row.total_minor for row in rows) == 0
    assert sum(row.tax_minor for row in rows) == 0
    assert sum(row.cost_minor for row in rows) == 0
    detail = till.browser.get(f"/sales/sales/{sale['id']}").json
    assert detail["line_rows"][0]["returned_milli"] == 3_000
    assert detail["line_rows"][0]["returned"]["total_minor"] == 725
    assert len(detail["returns"]) == 3


def test_more_given_back_than_was_sold_is_booked_and_flagged(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK)])
    till.give_back(sale, [(1, 1_000)])
    till.give_back(sale, [(1, 1_000)])

    assert flags_of_last(till) == ["returned_too_much"]


def test_two_tills_that_give_the_same_piece_back_leave_both_and_one_flag(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK)])
    till.push()
    other = world.till("K2")
    other.open()
    other.till.receipts = {uuid.UUID(sale["id"]): till.till.receipts[uuid.UUID(sale["id"])]}
    till.give_back(sale, [(1, 1_000)])
    other.till.receipts[uuid.UUID(sale["id"])].back.clear()
    other.give_back(sale, [(1, 1_000)])

    first, second = till.push(), other.push()

    assert first["results"][-1]["flags"] == []
    assert second["results"][-1]["flags"] == ["returned_too_much"]


def test_an_exchange_has_lines_of_both_signs(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK)])
    back = dataclasses.replace(till.line(MILK, -1_000), back=1)
    head = Head(returns=uuid.UUID(sale["id"]), approved_by=world.people["manager"])

    till.sell([back, till.line(CHEESE, 500)], head=head)

    assert flags_of_last(till) == []
    exchange = world.rows(Sale, order=Sale.counter)[-1]
    assert exchange.total_minor == 490 - 245
    assert {row.quantity_milli for row in world.rows(StockMove) if row.source_id == exchange.id} == {1_000, -500}


def test_a_return_without_the_right_is_flagged(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK)])

    till.give_back(sale, [(1, 1_000)], head=Head())

    assert flags_of_last(till) == ["missing_right"]


def test_a_sale_of_nothing_has_no_tender_and_is_a_sale(world: World, till: Terminal) -> None:
    free = (Discount("percent", 10_000),)
    till.sell([till.line(MILK, discounts=free, approved_by=world.people["manager"])])

    assert flags_of_last(till) == []
    assert [(row.total_minor, row.lines) for row in world.rows(Sale)] == [(0, 1)]


def test_tenders_may_be_mixed_in_any_number(world: World, till: Terminal) -> None:
    till.sell([till.line(CHEESE, 2_000)], [till.cash(500, given=500), till.card(460), till.cash(given=2_000)])

    assert flags_of_last(till) == []
    detail = till.browser.get(f"/sales/sales/{till.log[-1]['id']}").json
    assert [(row["kind"], row["amount_minor"], row["change_minor"]) for row in detail["tenders"]] == [
        ("cash", 500, 0),
        ("card", 460, 0),
        ("cash", 1_000, 1_000),
    ]


def test_a_business_day_far_from_the_clock_is_flagged(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    changed(till, sale, business_day="2025-11-20")

    assert flags_of_last(till) == ["business_day_differs"]
    assert [row.business_day for row in world.rows(Sale)] == ["2025-11-24"]


def test_a_wrong_clock_is_put_right_by_the_age_of_the_fact(world: World, till: Terminal) -> None:
    till.push()
    two_years = 2 * 365 * 86_400_000
    at_ms = till.now_ms
    till.now_ms -= two_years
    till.sell([till.line(BREAD)], age_ms=4_000)
    till.now_ms = at_ms + 4_000

    assert flags_of_last(till) == []
    assert [row.rung_at for row in world.rows(Sale)] == [at_ms]


def test_a_label_with_its_price_stands_for_quantity_times_price(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(CHEESE, 355, weight_from="label", barcode="2011270003550")])
    body = sale["body"]
    line = body["lines"][0] | {"total_minor": 347}
    tender = body["tenders"][0] | {"amount_minor": 347, "given_minor": 347}
    tax = body["taxes"][0] | {"base_minor": 347 - 53, "tax_minor": 53}
    changed(till, sale, lines=[line], tenders=[tender], taxes=[tax], total_minor=347)

    assert flags_of_last(till) == []


def test_till_events_and_copies_are_kept_and_copies_numbered(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(BREAD)])
    till.does("till_event", {"kind": "line_removed", "detail": {"name": "Süd", "quantity_milli": 1_000}})
    till.does("receipt_copy", {"sale_id": sale["id"]})
    till.does("receipt_copy", {"sale_id": sale["id"]})
    assert flags_of_last(till) == []

    owner = world.owner()
    (event,) = owner.get("/sales/till-events").json["rows"]

    assert [row.copy for row in world.rows(ReceiptCopy)] == [1, 2]
    assert (event["kind"], event["detail"]["name"], event["terminal"]) == ("line_removed", "Süd", "Kassa K1")
    assert len(world.rows(TillEvent)) == 1
    assert owner.get(f"/sales/sales/{sale['id']}").json["copies"] == 2


def test_the_owner_finds_a_sale_by_number_and_sees_its_cost_and_the_days_takings(world: World, till: Terminal) -> None:
    sale = till.sell([till.line(MILK, 2_000)])
    till.give_back(sale, [(1, 1_000)])
    till.push()
    owner = world.owner()

    (found,) = owner.get("/sales/sales", number="K1-000001").json["rows"]
    detail = owner.get(f"/sales/sales/{found['id']}").json
    (today,) = owner.get("/sales/today").json["rows"]

    assert (found["id"], found["register"], found["flags"]) == (sale["id"], "K1", [])
    assert detail["cost_minor"] == sum(row["cost_minor"] for row in detail["line_rows"]) > 0
    assert (today["count"], today["returns_count"], today["net_minor"]) == (1, 1, 245)
    assert (today["sales_minor"], today["returns_minor"]) == (490, 245)
    assert [(row["hour"], row["total_minor"]) for row in today["by_hour"]] == [(14, 245)]
    assert [(row["kind"], row["amount_minor"]) for row in today["by_tender"]] == [("cash", 245)]
