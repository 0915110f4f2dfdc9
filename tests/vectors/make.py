"""Write the vector files: `python -m vectors.make` with `tests` and the project on the path. Deterministic.

Figures come from `reference.py` (exact fractions), words and formats are written by hand. Only the papers are made by
the product's own Python: they are read by eye, and their facts are asserted in `tests/server/sales/test_receipt.py`.
"""

import json
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from vectors import papers, reference, sales
from vectors.histories import HISTORIES, digest_of, history

HERE = Path(__file__).parent
RATES = (0, 800, 1_000, 1_800, 2_000)


def main() -> None:
    """Write every file that is not hand-written."""
    for name, text in files().items():
        (HERE / f"{name}.json").write_text(text, encoding="utf-8")


def files() -> dict[str, str]:
    """The texts of the files by name."""
    makers: dict[str, Callable[[random.Random], Any]] = {
        "money": money,
        "allocate": allocate,
        "tax": tax,
        "pricing": pricing,
        "returns": returns,
        "fold": fold,
        "receipts": lambda _: papers.receipts(),
        "zpaper": lambda _: papers.reports(),
    }
    return {name: _text(make(random.Random(name))) for name, make in makers.items()}


def _text(cases: Any) -> str:
    """Compact, a case a line."""
    return json.dumps(cases, ensure_ascii=False, separators=(",", ":")).replace('},{"', '},\n{"') + "\n"


PLAIN = [
    (1250, "AZN", "12.50"),
    (5, "AZN", "0.05"),
    (-5, "AZN", "-0.05"),
    (0, "AZN", "0.00"),
    (-123456, "AZN", "-1234.56"),
    (100, "JPY", "100"),
    (1234, "KWD", "1.234"),
]
TYPED = {"12,50": 1250, "12.5": 1250, " 12 ": 1200, "0": 0, "-3,05": -305, "+1": 100, "12.": 1200}
NO_AMOUNTS = ("", "1.234", "1,2,3", "1e3", "abc", ".5", "٣", "1 000")
QUANTITY_AND_PRICE = [
    (1_000, 230),
    (1_235, 210),
    (-1_235, 210),
    (5, 100),
    (-5, 100),
    (4, 100),
    (999, 1),
    (500, 1),
    (499, 1),
]
AMOUNT_AND_RATE = [(230, 500), (-230, 500), (1, 5_000), (1, 4_999), (99_999, 10_000), (1_250, 333), (10, 500)]


def money(dice: random.Random) -> dict[str, Any]:
    """Products and percentages, also beyond 2^53; amounts as text."""
    return {
        "scaled": _scaled(dice),
        "line_amount": [
            {"quantity_milli": q, "unit_price_minor": p, "expected": reference.half_up(Fraction(q * p, 1000))}
            for q, p in QUANTITY_AND_PRICE
        ],
        "percent_of": [
            {"amount_minor": a, "rate_bp": r, "expected": reference.half_up(Fraction(a * r, 10_000))}
            for a, r in AMOUNT_AND_RATE
        ],
        "plain": [{"amount_minor": a, "currency": c, "expected": e} for a, c, e in PLAIN],
        "parse": [{"text": t, "expected": e} for t, e in [*TYPED.items(), *((text, None) for text in NO_AMOUNTS)]],
    }


def _scaled(dice: random.Random) -> list[dict[str, int]]:
    triples = [
        (1, 1, 2),
        (-1, 1, 2),
        (3, 1, 2),
        (-3, 1, 2),
        (1, 0, 7),
        (0, -5, 3),
        (10**9, 10**9, 1_000),
        (-(10**12), 9_999, 7),
    ]
    for size in (10, 1_000, 10**6, 10**9, 10**12):
        triples += [
            (dice.randint(-size, size), dice.randint(0, 10**6), dice.choice((2, 3, 7, 1_000, 10_000)))
            for _ in range(40)
        ]
    rounded = [(a, b, divisor, reference.half_up(Fraction(a * b, divisor))) for a, b, divisor in triples]
    return [{"a": a, "b": b, "divisor": d, "expected": e} for a, b, d, e in rounded if abs(e) < 2**53]


def allocate(dice: random.Random) -> list[dict[str, Any]]:
    """Amounts over weights, ties included."""
    cases = [
        (100, [1, 1, 1]),
        (1, [1, 1]),
        (-1, [1, 1]),
        (0, [0, 0]),
        (0, []),
        (5, [0, 3, 0]),
        (10, [5, 5, 5, 5]),
        (-10, [3, 3, 3]),
    ]
    for _ in range(150):
        weights = [dice.choice((0, 1, dice.randint(0, 20), dice.randint(0, 10**7))) for _ in range(dice.randint(1, 12))]
        cases.append((dice.randint(-(10**6), 10**6) if sum(weights) else 0, weights))
    cases.append((10**11 + 7, [10**11, 10**11 - 1, 3]))
    return [{"amount_minor": a, "weights": w, "expected": reference.allocate(a, w)} for a, w in cases]


def tax(dice: random.Random) -> dict[str, Any]:
    """Tax inside document amounts and its shares; tax on top of exact nets (Python only)."""
    inside = [
        ([118], 1_800),
        ([-118], 1_800),
        ([100, 100, 100], 1_800),
        ([1, 1, 1, -3], 1_800),
        ([], 1_800),
        ([500], 0),
    ]
    inside += [
        ([dice.randint(-3_000, 9_000) for _ in range(dice.randint(1, 9))], dice.choice(RATES)) for _ in range(120)
    ]
    return {
        "inside": [_inside(amounts, rate) for amounts, rate in inside],
        "on_top": [_on_top(dice) for _ in range(60)],
    }


def _inside(amounts: list[int], rate_bp: int) -> dict[str, Any]:
    exact = [reference.inside(amount, rate_bp) for amount in amounts]
    whole = reference.half_up(sum(exact, Fraction(0)))
    return {
        "amounts_minor": amounts,
        "rate_bp": rate_bp,
        "tax_minor": whole,
        "shares_minor": reference.spread(whole, exact),
        "per_line_minor": [reference.half_up(part) for part in exact],
    }


def _on_top(dice: random.Random) -> dict[str, Any]:
    nets = {rate: [dice.randint(1, 9_000_000) for _ in range(dice.randint(1, 4))] for rate in dice.sample(RATES, 2)}
    exact = {rate: Fraction(sum(values), 1_000) for rate, values in nets.items()}
    return {
        "nets": {str(rate): values for rate, values in nets.items()},
        "denominator": 1_000,
        "total_minor": reference.half_up(
            sum((net * (1 + Fraction(rate, 10_000)) for rate, net in exact.items()), Fraction(0))
        ),
        "taxes_minor": {str(rate): reference.half_up(net * Fraction(rate, 10_000)) for rate, net in exact.items()},
    }


def pricing(dice: random.Random) -> list[dict[str, Any]]:
    """Named sales and random ones."""
    cases = [*sales.NAMED, *(sales.random_sale(dice, number) for number in range(150))]
    return [
        {"name": name, "lines": lines, "sale_discounts": discounts, "expected": reference.price(lines, discounts)}
        for name, lines, discounts in cases
    ]


def returns(dice: random.Random) -> list[dict[str, Any]]:
    """Lines given back in several steps until nothing is left."""
    cases = [
        _returned(dice, 3_000, [1_000, 1_000, 1_000]),
        _returned(dice, 1_235, [1_235]),
        _returned(dice, 7_000, [1_000] * 7),
    ]
    for _ in range(60):
        sold, steps = dice.randint(1, 9) * 1_000, []
        while sum(steps) < sold:
            steps.append(min(dice.randint(1, sold), sold - sum(steps)))
        cases.append(_returned(dice, sold, steps))
    return cases


def _returned(dice: random.Random, sold_milli: int, quantities: list[int]) -> dict[str, Any]:
    names = ("discount_minor", "share_minor", "total_minor", "tax_minor")
    sold = {name: dice.randint(0, 2_000) for name in names}
    sold["gross_minor"] = sold["discount_minor"] + sold["share_minor"] + sold["total_minor"]
    paid, steps = dict.fromkeys(sold, 0), []
    for quantity in quantities:
        before = sum(step["quantity_milli"] for step in steps)
        back = reference.returned(sold, sold_milli, before, paid, quantity)
        steps.append({"quantity_milli": quantity, "expected": back})
        paid = {name: paid[name] + back[name] for name in paid}
    return {"sold": sold, "sold_milli": sold_milli, "steps": steps}


def fold(_: random.Random) -> dict[str, Any]:
    """The fingerprint of the state of every random history, and one state in full to read."""
    return {
        "digests": [digest_of(reference.fold(history(seed))) for seed in range(HISTORIES)],
        "example": {"seed": 7, "state": reference.fold(history(7))},
    }


if __name__ == "__main__":
    main()
