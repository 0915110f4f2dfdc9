"""What must hold of money for every amount: parts add to the whole, a return mirrors its sale, texts read back."""

import uuid
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.values import hlc, ids, money, quantity, rounding, tax

AMOUNTS = st.integers(-(10**13), 10**13)
RATES = st.integers(0, 10_000)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=40)


@given(AMOUNTS, st.integers(1, 10**9))
def test_rounding_is_never_further_than_half_and_mirrors(numerator, denominator):
    rounded = rounding.round_half_up(numerator, denominator)

    assert abs(Fraction(numerator, denominator) - rounded) <= Fraction(1, 2)
    assert rounding.round_half_up(-numerator, denominator) == -rounded


def test_rounding_needs_a_positive_denominator():
    for denominator in (0, -1):
        with pytest.raises(ValueError, match="positive"):
            rounding.round_half_up(1, denominator)


@given(AMOUNTS, WEIGHTS)
def test_allocated_parts_add_up_to_the_amount(amount, weights):
    if sum(weights) == 0:
        amount = 0

    parts = money.allocate(amount, weights)

    assert sum(parts) == amount
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)
    assert money.allocate(-amount, weights) == [-part for part in parts]


@given(WEIGHTS, st.data())
def test_no_part_of_a_discount_is_larger_than_its_line(weights, data):
    amount = data.draw(st.integers(0, sum(weights)))

    assert all(part <= weight for part, weight in zip(money.allocate(amount, weights), weights, strict=True))


def test_allocation_refuses_what_it_cannot_share():
    with pytest.raises(ValueError, match="negative"):
        money.allocate(1, [1, -1])
    with pytest.raises(ValueError, match="nothing"):
        money.allocate(1, [0, 0])
    with pytest.raises(ValueError, match="rounded sum"):
        rounding.share_out(5, [1, 1], 2)


@given(st.lists(st.integers(-(10**9), 10**9), max_size=30), RATES)
def test_the_shares_of_a_tax_add_up_and_lie_next_to_their_exact_parts(amounts, rate_bp):
    shares = tax.shares_inside(amounts, rate_bp=rate_bp)

    assert sum(shares) == tax.tax_inside(sum(amounts), rate_bp=rate_bp)
    for amount, share in zip(amounts, shares, strict=True):
        assert abs(Fraction(amount * rate_bp, 10_000 + rate_bp) - share) < 1


@given(st.dictionaries(st.integers(0, 3), st.lists(AMOUNTS, min_size=1, max_size=5)), st.integers(1, 1_000))
def test_a_document_with_tax_on_top_adds_up(nets, denominator):
    document = tax.exclusive(nets, {rate: rate * 700 for rate in nets}, denominator=denominator)

    assert document.base_minor + sum(row.tax_minor for row in document.taxes) == document.total_minor
    assert sum(row.base_minor for row in document.taxes) == document.base_minor


@given(AMOUNTS, st.sampled_from(["AZN", "JPY", "KWD"]))
def test_a_written_amount_reads_back(amount, currency):
    assert money.parse(money.plain(amount, currency), currency) == amount


@given(st.integers(-(10**12), 10**12))
def test_a_written_quantity_reads_back(quantity_milli):
    assert quantity.parse(quantity.plain(quantity_milli)) == quantity_milli


@pytest.mark.parametrize("text", ["", "1.2345", "kg", "1 000", "--1", "1e3"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="not a quantity"):
        quantity.parse(text)


def test_a_printed_price_becomes_a_quantity_in_steps_of_the_scale():
    assert quantity.for_price(price_minor=1_234, unit_price_minor=999) == 1_235
    assert quantity.for_price(price_minor=1_234, unit_price_minor=999, division_milli=5) == 1_235
    assert quantity.for_price(price_minor=1_234, unit_price_minor=999, division_milli=10) == 1_240


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_fact_id_carries_its_time_and_its_version(at_ms, randomness):
    made = ids.uuid7(at_ms=at_ms, randomness=randomness)

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert ids.made_at_ms(made) == at_ms


def test_a_fact_id_needs_its_time_and_all_of_its_randomness():
    with pytest.raises(ValueError, match="uuid7"):
        ids.uuid7(at_ms=-1, randomness=bytes(10))
    with pytest.raises(ValueError, match="uuid7"):
        ids.uuid7(at_ms=0, randomness=bytes(9))


def test_what_a_cause_brings_forth_has_one_name_everywhere():
    sale = uuid.UUID("0199f0c4-7b1a-7cde-8f00-0123456789ab")

    assert ids.derived(sale, "receipt:0") == uuid.UUID("233a527d-7d33-5d29-8586-a9716424591b")
    assert ids.derived(sale, "receipt:0") != ids.derived(sale, "receipt:1")
    assert ids.derived(sale, "receipt:0").version == 5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**6), st.integers(0, 2 * 10**6)), max_size=30))
def test_a_logical_clock_only_goes_forward(events):
    last = hlc.ZERO
    for is_foreign, now_ms, foreign_ms in events:
        reading = hlc.receive(last, hlc.Hlc(foreign_ms, 3), now_ms) if is_foreign else hlc.tick(last, now_ms)
        assert reading > last
        assert str(reading) > str(last)
        assert hlc.parse(str(reading)) == reading
        last = reading
