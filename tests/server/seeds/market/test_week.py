"""A planned week is the same every time, and nothing in it could not have happened at a till."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from server.seeds.market.catalogue import catalogue, small_world
from server.seeds.market.plans import Basket, CashMove, Day, Discount, Event, Line, Return, Shift
from server.seeds.market.tenders import settled
from server.seeds.market.week import DAYS, FLOAT_MINOR, week_of_sales
from server.seeds.market.world import Item, Market
from server.values.labels import read_label
from server.values.money import line_amount, percent_of
from server.values.quantity import ONE
from server.values.times import business_day

FIRST_DAY = date(2026, 11, 16)  # a Monday
SEED = 20_261_116
CASHIERS_CAP_BP = 500
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def market() -> Market:
    return catalogue()


@pytest.fixture(scope="module")
def week(market: Market) -> tuple[Day, ...]:
    return week_of_sales(market, FIRST_DAY, SEED)


@pytest.fixture(scope="module")
def items(market: Market) -> dict[str, Item]:
    return {item.sku: item for item in market.items}


def shifts(week: tuple[Day, ...]) -> Iterator[Shift]:
    return (shift for day in week for shift in day.shifts)


def baskets(week: tuple[Day, ...]) -> list[Basket]:
    return [basket for shift in shifts(week) for basket in shift.baskets]


def happened_at(event: Event) -> int:
    return event.moved_at if isinstance(event, CashMove) else event.rung_at


def off(discount: Discount | None, amount_minor: int) -> int:
    if discount is None:
        return 0
    return discount.value if discount.kind == "amount" else percent_of(amount_minor, rate_bp=discount.value)


def line_total(line: Line, items: dict[str, Item]) -> int:
    gross = line_amount(quantity_milli=line.quantity_milli, unit_price_minor=items[line.sku].price_minor)
    return gross - off(line.discount, gross)


def total_of(basket: Basket, items: dict[str, Item]) -> int:
    lines = sum(line_total(line, items) for line in basket.lines)
    return lines - off(basket.discount, lines)


def test_the_same_market_day_and_seed_plan_the_same_week(market: Market, week: tuple[Day, ...]) -> None:
    assert week_of_sales(catalogue(), FIRST_DAY, SEED) == week


def test_another_seed_plans_another_week(market: Market, week: tuple[Day, ...]) -> None:
    assert week_of_sales(market, FIRST_DAY, SEED + 1) != week


def test_a_week_has_seven_days_with_a_shift_at_every_register(market: Market, week: tuple[Day, ...]) -> None:
    codes = [register.code for register in market.registers]

    assert [day.day for day in week] == [FIRST_DAY + timedelta(days=offset) for offset in range(DAYS)]
    assert all([shift.register for shift in day.shifts] == codes for day in week)
    assert all(shift.float_minor == FLOAT_MINOR for shift in shifts(week))


@pytest.mark.parametrize("seed", range(5))
def test_sixty_to_ninety_customers_come_a_day(market: Market, seed: int) -> None:
    for day in week_of_sales(market, FIRST_DAY, seed):
        assert 60 <= sum(len(shift.baskets) for shift in day.shifts) <= 90


def test_every_cashier_stands_at_every_register_and_never_at_two_at_once(market: Market, week: tuple[Day, ...]) -> None:
    stood = {(shift.cashier, shift.register) for shift in shifts(week)}

    assert stood == {(person.key, till.code) for person in market.people_in("cashier") for till in market.registers}
    assert all(len({shift.cashier for shift in day.shifts}) == len(day.shifts) for day in week)


def test_what_happens_in_a_shift_lies_between_its_opening_and_its_close_in_order(week: tuple[Day, ...]) -> None:
    for shift in shifts(week):
        times = [happened_at(event) for event in shift.events]
        assert times == sorted(times)
        assert len({basket.rung_at for basket in shift.baskets}) == len(shift.baskets)
        assert shift.opened_at < times[0] <= times[-1] < shift.closed_at


def test_every_shift_belongs_to_the_business_day_it_is_planned_for(market: Market, week: tuple[Day, ...]) -> None:
    branch = market.branch

    for day in week:
        for shift in day.shifts:
            assert business_day(shift.opened_at, branch.timezone, branch.cut_off_min) == day.day.isoformat()
            assert shift.closed_at - shift.opened_at < DAY_MS


def test_every_basket_has_a_key_of_its_own(week: tuple[Day, ...]) -> None:
    keys = [event.key for shift in shifts(week) for event in shift.events if not isinstance(event, CashMove)]

    assert len(set(keys)) == len(keys)


def test_a_basket_has_one_to_twelve_lines_each_of_another_good(week: tuple[Day, ...], items: dict[str, Item]) -> None:
    for basket in baskets(week):
        skus = [line.sku for line in basket.lines]
        assert 1 <= len(skus) <= 12
        assert len(set(skus)) == len(skus)
        assert set(skus) <= set(items)
    assert {len(basket.lines) for basket in baskets(week)} >= {1, 2, 3, 4, 5, 8, 12}


def test_quantities_suit_the_unit(week: tuple[Day, ...], items: dict[str, Item]) -> None:
    for line in (line for basket in baskets(week) for line in basket.lines):
        step = {"pcs": ONE, "l": ONE // 2, "kg": 5}[items[line.sku].unit]
        assert line.quantity_milli > 0
        assert line.quantity_milli % step == 0
        assert (line.weight_from in ("scale", "label")) == items[line.sku].is_weighed


def test_a_scanned_code_is_one_of_the_good_and_means_its_quantity(
    week: tuple[Day, ...], items: dict[str, Item]
) -> None:
    for line in (line for basket in baskets(week) for line in basket.lines if line.weight_from == "none"):
        known = {barcode.code: barcode.quantity_milli for barcode in items[line.sku].barcodes}
        assert (line.barcode is None) == (not known)
        if line.barcode is not None:
            assert line.quantity_milli % known[line.barcode] == 0


def test_a_weight_label_says_the_good_and_the_weight(
    market: Market, week: tuple[Day, ...], items: dict[str, Item]
) -> None:
    labelled = [line for basket in baskets(week) for line in basket.lines if line.weight_from == "label"]

    assert labelled
    for line in labelled:
        label = read_label(line.barcode or "", [market.label_pattern])
        assert label is not None
        assert (label.plu, label.weight_g) == (items[line.sku].plu, line.quantity_milli)


def test_a_cashier_gives_five_percent_and_the_manager_approves_more(market: Market, week: tuple[Day, ...]) -> None:
    managers = {person.key for person in market.people_in("manager")}
    given = [line.discount for basket in baskets(week) for line in basket.lines if line.discount]
    given += [basket.discount for basket in baskets(week) if basket.discount]

    assert {discount.kind for discount in given} == {"percent", "amount"}
    for discount in given:
        beyond = discount.kind == "percent" and discount.value > CASHIERS_CAP_BP
        assert discount.approved_by in managers if beyond else discount.approved_by is None


def test_no_discount_takes_more_than_there_is(week: tuple[Day, ...], items: dict[str, Item]) -> None:
    for basket in baskets(week):
        assert all(line_total(line, items) > 0 for line in basket.lines)
        assert total_of(basket, items) > 0


def test_discounts_are_the_exception(week: tuple[Day, ...]) -> None:
    lines = [line for basket in baskets(week) for line in basket.lines]

    assert 0 < len([line for line in lines if line.discount]) < len(lines) // 20


def test_every_way_to_pay_is_used_and_the_payments_cover_the_total(
    market: Market, week: tuple[Day, ...], items: dict[str, Item]
) -> None:
    ways: Counter[tuple[str, ...]] = Counter()
    for basket in baskets(week):
        total = total_of(basket, items)
        tenders = settled(basket.payments, total)
        assert sum(tender.amount_minor for tender in tenders) == total
        ways[tuple(tender.tender for tender in tenders)] += 1

    assert {way for ways_used in ways for way in ways_used} == {tender.code for tender in market.tender_types}
    assert ways["cash",] > ways["card",] > ways["cash", "card"] > 0


def test_cash_brings_change_and_only_cash_does(week: tuple[Day, ...], items: dict[str, Item]) -> None:
    tenders = [tender for basket in baskets(week) for tender in settled(basket.payments, total_of(basket, items))]

    assert {tender.tender for tender in tenders if tender.change_minor} == {"cash"}
    assert len([tender for tender in tenders if tender.change_minor]) > len(tenders) // 4


def test_goods_come_back_from_an_earlier_basket_once_and_never_more_than_was_sold(week: tuple[Day, ...]) -> None:
    sold = {basket.key: basket for basket in baskets(week)}
    returns = [back for shift in shifts(week) for back in shift.returns]

    assert returns
    assert len({back.basket for back in returns}) == len(returns)
    for back in returns:
        basket = sold[back.basket]
        assert basket.rung_at < back.rung_at
        assert [back.tender] == [payment.tender for payment in basket.payments]
        for position, quantity_milli in back.lines:
            assert 0 < quantity_milli <= basket.lines[position - 1].quantity_milli


def test_some_goods_come_back_on_a_later_day_and_at_the_other_register(week: tuple[Day, ...]) -> None:
    returns = [(shift.register, day.day, back) for day in week for shift in day.shifts for back in shift.returns]

    assert any(not back.basket.startswith(day.isoformat()) for _, day, back in returns)
    assert any(f"/{register}/" not in back.basket for register, _, back in returns)


@pytest.mark.parametrize("seed", range(5))
def test_a_drawer_never_gives_what_it_does_not_hold(market: Market, items: dict[str, Item], seed: int) -> None:
    planned = week_of_sales(market, FIRST_DAY, seed)
    sold = {basket.key: basket for basket in baskets(planned)}

    for shift in shifts(planned):
        held = shift.float_minor
        for event in shift.events:
            held += cash_change(event, sold, items)
            assert held >= 0, (shift.register, event)


def cash_change(event: Event, sold: dict[str, Basket], items: dict[str, Item]) -> int:
    if isinstance(event, CashMove):
        return event.amount_minor if event.direction == "in" else -event.amount_minor
    if isinstance(event, Return):
        lines = sold[event.basket].lines
        most = sum(line_total(lines[position - 1], items) for position, _ in event.lines)
        return -most if event.tender == "cash" else 0
    tenders = settled(event.payments, total_of(event, items))
    return sum(tender.amount_minor for tender in tenders if tender.tender == "cash")


def test_cash_goes_in_and_out_to_the_safe_and_outside_each_with_a_reason(week: tuple[Day, ...]) -> None:
    moves = [move for shift in shifts(week) for move in shift.cash_moves]

    assert {(move.direction, move.place) for move in moves} == {("in", "safe"), ("out", "safe"), ("out", "outside")}
    assert all(move.amount_minor > 0 and move.reason for move in moves)


def test_a_count_that_is_off_says_why(week: tuple[Day, ...]) -> None:
    assert any(shift.difference_minor for shift in shifts(week))
    assert all(bool(shift.difference_minor) == bool(shift.reason) for shift in shifts(week))


@pytest.mark.parametrize("seed", range(5))
def test_a_week_never_sells_more_than_the_opening_stock(market: Market, items: dict[str, Item], seed: int) -> None:
    sold: Counter[str] = Counter()
    for basket in baskets(week_of_sales(market, FIRST_DAY, seed)):
        for line in basket.lines:
            sold[line.sku] += line.quantity_milli

    assert all(quantity <= items[sku].opening_milli for sku, quantity in sold.items())


def test_bread_and_bags_are_sold_most_and_every_vat_class_is_sold(
    week: tuple[Day, ...], items: dict[str, Item]
) -> None:
    sold = Counter(line.sku for basket in baskets(week) for line in basket.lines)
    shelves = Counter(items[sku].category for sku, count in sold.items() for _ in range(count))

    assert items[sold.most_common(1)[0][0]].name.startswith("Paket")
    assert 10 in [code for code, _ in shelves.most_common(2)]
    assert {items[sku].tax_class for sku in sold} == {"standard", "zero", "exempt"}


def test_the_week_ends_busier_than_it_begins(week: tuple[Day, ...]) -> None:
    counts = [sum(len(shift.baskets) for shift in day.shifts) for day in week]

    assert sum(counts[4:]) * 4 > sum(counts[:4]) * 3
    assert max(counts) in counts[5:]


def test_a_small_world_has_a_week_too() -> None:
    world = small_world()

    planned = week_of_sales(world, FIRST_DAY, SEED)

    assert {line.sku for basket in baskets(planned) for line in basket.lines} == {item.sku for item in world.items}
