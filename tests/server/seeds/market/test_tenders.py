"""How a customer means to pay becomes tenders that add up to the total."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.seeds.market.plans import Payment
from server.seeds.market.tenders import Tendered, settled

CASH_THEN_CARD = (Payment("cash", amount_minor=1_500, note_minor=2_000), Payment("card", reference="123456789012"))


def test_cash_is_handed_over_in_notes_and_the_rest_comes_back() -> None:
    assert settled([Payment("cash", note_minor=1_000)], 1_235) == (Tendered("cash", 1_235, 2_000, 765, ""),)


def test_cash_counted_out_exactly_has_no_change() -> None:
    assert settled([Payment("cash")], 1_235) == (Tendered("cash", 1_235, 1_235, 0, ""),)


def test_a_part_in_cash_leaves_the_rest_to_the_card() -> None:
    assert settled(CASH_THEN_CARD, 4_000) == (
        Tendered("cash", 1_500, 2_000, 500, ""),
        Tendered("card", 2_500, 2_500, 0, "123456789012"),
    )


def test_a_card_that_finds_nothing_left_is_not_charged() -> None:
    assert settled(CASH_THEN_CARD, 1_500) == (Tendered("cash", 1_500, 2_000, 500, ""),)


def test_a_sale_of_nothing_has_no_tender() -> None:
    assert settled(CASH_THEN_CARD, 0) == ()


def test_payments_that_do_not_cover_the_total_are_refused() -> None:
    with pytest.raises(ValueError, match="500 of 2000 is not paid"):
        settled([Payment("cash", amount_minor=1_500)], 2_000)


@given(
    total=st.integers(min_value=0, max_value=100_000),
    part=st.integers(min_value=1, max_value=100_000),
    note=st.sampled_from([None, 1, 100, 500, 1_000, 5_000]),
)
def test_tenders_add_up_to_any_total(total: int, part: int, note: int | None) -> None:
    tenders = settled([Payment("cash", amount_minor=part, note_minor=note), Payment("card")], total)

    assert sum(tender.amount_minor for tender in tenders) == total
    for tender in tenders:
        assert tender.amount_minor > 0
        assert tender.change_minor >= 0
        assert tender.given_minor - tender.change_minor == tender.amount_minor
