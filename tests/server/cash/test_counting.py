"""Counting of drawers and the sums of a Z."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from server.cash import counting
from server.cash.counting import Document, DocumentTax, DocumentTender, Drawer, Running, z_sums

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "quick_amounts.json").read_text(encoding="utf-8"))
CASH = DocumentTender(1, "Nağd", "cash", 500)
CARD = DocumentTender(2, "Kart", "card", 328)
SALE = Document(869, 41, 828, (DocumentTax(11, 1_800, 600, 108), DocumentTax(12, 0, 120, 0, "exempt")), (CASH, CARD))
RETURN = Document(-245, -12, -233, (DocumentTax(11, 1_800, -197, -36),), (DocumentTender(1, "Nağd", "cash", -233),))
LATE = Document(
    118, 0, 118, (DocumentTax(11, 1_800, 100, 18),), (DocumentTender(2, "Kart", "card", 118),), "K2-Z000006"
)
DRAWER = Drawer(float_minor=5_000, cash_sales_minor=267, in_minor=1_000, out_minor=2_000)


def test_quick_amounts_and_counts_are_those_of_the_vectors():
    for case in VECTORS["quick"]:
        assert counting.quick_amounts(case["due_minor"]) == case["expected"], case
    for case in VECTORS["counted"]:
        assert counting.counted({int(worth): count for worth, count in case["pieces"].items()}) == case["expected"]


@given(st.integers(1, 10**6))
def test_quick_amounts_cover_what_is_due(due):
    amounts = counting.quick_amounts(due)

    assert amounts == sorted(set(amounts))
    assert all(amount > due for amount in amounts)


def test_a_z_adds_up_sales_returns_taxes_tenders_and_the_drawer():
    z = z_sums([SALE, RETURN, LATE], DRAWER, counted_minor=4_250, running=Running(10_000, 700)).as_json()

    assert z["sales"] == {"count": 2, "gross_minor": 987, "discount_minor": 41, "total_minor": 946}
    assert z["returns"] == {"count": 1, "gross_minor": 245, "discount_minor": 12, "total_minor": 233}
    assert z["net_minor"] == 713
    assert z["taxes"] == [
        {"tax_rate_id": 11, "rate_bp": 1_800, "base_minor": 503, "tax_minor": 90, "kind": "standard"},
        {"tax_rate_id": 12, "rate_bp": 0, "base_minor": 120, "tax_minor": 0, "kind": "exempt"},
    ]
    assert [(row["name"], row["count"], row["amount_minor"]) for row in z["tenders"]] == [
        ("Nağd", 2, 267),
        ("Kart", 2, 446),
    ]
    assert (z["drawer"]["expected_minor"], z["drawer"]["difference_minor"]) == (4_267, -17)
    assert z["late"] == [{"z": "K2-Z000006", "count": 1, "total_minor": 118}]
    assert (z["opening_sales_minor"], z["closing_sales_minor"]) == (10_000, 10_946)
    assert (z["opening_returns_minor"], z["closing_returns_minor"]) == (700, 933)
    assert json.loads(json.dumps(z)) == z


def test_an_empty_shift_has_a_z_too():
    z = z_sums([], Drawer(0, 0, 0, 0), counted_minor=0, running=Running())

    assert (z.net_minor, z.taxes, z.tenders, z.late) == (0, (), (), ())
    assert z.drawer["difference_minor"] == 0


@given(st.lists(st.integers(-(10**6), 10**6), max_size=20))
def test_the_running_totals_only_grow(totals):
    documents = [Document(total, 0, total) for total in totals]

    z = z_sums(documents, DRAWER, counted_minor=0, running=Running(5, 7))

    assert z.closing_sales_minor >= z.opening_sales_minor
    assert z.closing_returns_minor >= z.opening_returns_minor
    assert z.net_minor == sum(totals)
