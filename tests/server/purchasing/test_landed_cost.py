"""Charges over lines: known answers of other systems, and what holds for any charge."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vectors import reference

from server.purchasing.landed_cost import By, ReceivedLine, spread_charge

CASES = json.loads((Path(__file__).parents[2] / "vectors" / "landed_cost.json").read_text(encoding="utf-8"))
MEASURES: dict[By, str] = {"value": "value_minor", "quantity": "quantity_milli", "weight": "weight_g"}

lines = st.lists(
    st.builds(ReceivedLine, st.integers(0, 10**6), st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=9
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_known_answer(case: dict[str, Any]) -> None:
    goods = [ReceivedLine(**line) for line in case["lines"]]

    assert spread_charge(case["amount_minor"], goods, case["by"]) == case["shares_minor"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_exact_fractions_know_the_same_answer(case: dict[str, Any]) -> None:
    measure = MEASURES[case["by"]]
    weights = [line[measure] for line in case["lines"]]
    weights = weights if any(weights) else [line["quantity_milli"] for line in case["lines"]]

    assert reference.allocate(case["amount_minor"], weights) == case["shares_minor"]


@given(st.integers(-(10**6), 10**6), lines, st.sampled_from(sorted(MEASURES)))
def test_shares_add_up_and_none_has_the_other_sign(amount: int, goods: list[ReceivedLine], by: By) -> None:
    shares = spread_charge(amount, goods, by)

    assert sum(shares) == amount
    assert all(share * amount >= 0 for share in shares)
    weights = [getattr(line, MEASURES[by]) for line in goods]
    if any(weights):
        exact = [Fraction(amount * weight, sum(weights)) for weight in weights]
        assert all(abs(share - part) < 1 for share, part in zip(shares, exact, strict=True))
        assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if weight == 0)


def test_a_charge_needs_goods_and_weights() -> None:
    with pytest.raises(ValueError, match="nothing to share"):
        spread_charge(100, [], "value")
    with pytest.raises(ValueError, match="nothing to share"):
        spread_charge(100, [ReceivedLine(500, 1_000)], "weight")
