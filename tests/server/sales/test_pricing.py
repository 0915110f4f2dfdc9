"""Pricing of sales and returns: the shared vectors, and what must hold of every sale."""

import json
from dataclasses import asdict
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.sales.pricing import Amounts, Discount, Line, Priced, change_of, needed_bp, price, return_of
from server.values.money import percent_of

VECTORS = Path(__file__).parents[2] / "vectors"
RATES_BP = {1: 1_800, 2: 0, 3: 0, 4: 800}
DISCOUNTS = st.builds(Discount, st.just("percent"), st.integers(0, 10_000)) | st.builds(
    Discount, st.just("amount"), st.integers(0, 100_000)
)


def vectors(name):
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def line_of(case) -> Line:
    returned = case.get("returned")
    return Line(
        quantity_milli=case["quantity_milli"],
        unit_price_minor=case["unit_price_minor"],
        tax_rate_id=case["tax_rate_id"],
        rate_bp=case["rate_bp"],
        discounts=tuple(Discount(**discount) for discount in case["discounts"]),
        label_minor=case.get("label_minor"),
        returned=Amounts(**returned) if returned else None,
    )


def plain(priced: Priced) -> dict:
    return json.loads(json.dumps(asdict(priced)))


@st.composite
def lines(draw, sign=None):
    rate = draw(st.sampled_from(sorted(RATES_BP)))
    quantity = draw(st.integers(-50_000, 50_000)) if sign is None else sign * draw(st.integers(1, 50_000))
    discounts = tuple(draw(st.lists(DISCOUNTS, max_size=2)))
    return Line(quantity, draw(st.integers(0, 100_000)), rate, RATES_BP[rate], discounts)


def test_sales_are_priced_as_the_vectors_say():
    for case in vectors("pricing"):
        priced = price([line_of(line) for line in case["lines"]], [Discount(**one) for one in case["sale_discounts"]])

        assert plain(priced) == case["expected"], case["name"]


def test_returns_pay_back_as_the_vectors_say():
    for case in vectors("returns"):
        sold, paid, before = Amounts(**case["sold"]), Amounts(), 0
        for step in case["steps"]:
            back = return_of(
                sold,
                sold_milli=case["sold_milli"],
                returned_milli=before,
                paid_back=paid,
                quantity_milli=step["quantity_milli"],
            )
            assert asdict(back) == step["expected"] | {"cost_minor": 0}, case
            before += step["quantity_milli"]
            paid = Amounts(*(a + b for a, b in zip(asdict(paid).values(), asdict(back).values(), strict=True)))
        assert paid == sold


@given(st.lists(lines(), max_size=12), st.lists(DISCOUNTS, max_size=2))
def test_the_parts_of_a_sale_add_up_to_its_total(sale, discounts):
    priced = price(sale, discounts)

    assert priced.total_minor == sum(line.total_minor for line in priced.lines)
    assert priced.total_minor == priced.gross_minor - priced.discount_minor
    assert priced.total_minor == sum(tax.base_minor + tax.tax_minor for tax in priced.taxes)
    assert priced.tax_minor == sum(line.tax_minor for line in priced.lines)
    assert sum(priced.sale_discounts_minor) == sum(line.share_minor for line in priced.lines)
    assert all(sum(line.discounts_minor) == line.discount_minor for line in priced.lines)


@given(st.lists(lines(sign=1), max_size=12), st.lists(DISCOUNTS, max_size=2))
def test_no_discount_turns_a_line_below_zero(sale, discounts):
    assert all(line.total_minor >= 0 for line in price(sale, discounts).lines)


@given(st.lists(lines(sign=1), max_size=12), st.lists(DISCOUNTS, max_size=2))
def test_a_sale_turned_round_is_its_mirror(sale, discounts):
    turned = [
        Line(-line.quantity_milli, line.unit_price_minor, line.tax_rate_id, line.rate_bp, line.discounts)
        for line in sale
    ]

    there, back = price(sale, discounts), price(turned, discounts)

    assert [-line.total_minor for line in there.lines] == [line.total_minor for line in back.lines]
    assert [-line.tax_minor for line in there.lines] == [line.tax_minor for line in back.lines]
    assert [-tax.tax_minor for tax in there.taxes] == [tax.tax_minor for tax in back.taxes]


@given(st.lists(lines(), min_size=1, max_size=8))
def test_with_rounding_per_line_the_document_tax_is_the_sum_of_the_lines(sale):
    priced = price(sale, tax_rounding="line")

    for rate_id, rate_bp in {(line.tax_rate_id, line.rate_bp) for line in sale}:
        alone = [price([line]).tax_minor for line in sale if line.tax_rate_id == rate_id]
        assert sum(alone) == next(tax.tax_minor for tax in priced.taxes if tax.tax_rate_id == rate_id), rate_bp


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.lists(st.integers(1, 5_000), min_size=1))
def test_pieces_given_back_one_by_one_bring_exactly_the_whole(total, discount, cost, quantities):
    sold = Amounts(total + discount, discount, 0, total, total // 7, cost)
    paid, before = Amounts(), 0
    for quantity in quantities:
        back = return_of(
            sold, sold_milli=sum(quantities), returned_milli=before, paid_back=paid, quantity_milli=quantity
        )
        assert back.total_minor >= 0
        before += quantity
        paid = Amounts(*(a + b for a, b in zip(asdict(paid).values(), asdict(back).values(), strict=True)))

    assert paid == sold
    assert paid.mirrored().mirrored() == paid


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_the_needed_right_is_the_smallest_percentage_that_reaches_a_discount(base, amount):
    needed = needed_bp(amount_minor=amount, base_minor=base)

    assert percent_of(base, rate_bp=needed) >= amount
    assert needed == 0 or percent_of(base, rate_bp=needed - 1) < amount


def test_a_discount_of_nothing_needs_no_right_and_one_of_a_free_line_all():
    assert needed_bp(amount_minor=0, base_minor=500) == 0
    assert needed_bp(amount_minor=5, base_minor=0) == 10_000
    assert needed_bp(amount_minor=12, base_minor=230) == 500


def test_cash_beyond_what_is_due_comes_back():
    assert change_of(due_minor=1_500, given_minor=2_000) == (1_500, 500)
    assert change_of(due_minor=1_500, given_minor=1_000) == (1_000, 0)
