"""Sales to price: named ones for each rule, and random ones."""

import random
from typing import Any

Sale = tuple[str, list[dict[str, Any]], list[dict[str, Any]]]


def line(quantity_milli: int, price: int, rate: int = 1, *discounts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A line; rate 1 is 18 %, 2 is 0 %, 3 is exempt, 4 is 8 %."""
    rate_bp = {1: 1_800, 2: 0, 3: 0, 4: 800}[rate]
    named = {"quantity_milli": quantity_milli, "unit_price_minor": price, "tax_rate_id": rate, "rate_bp": rate_bp}
    return named | {"discounts": list(discounts)} | more


def percent(value: int) -> dict[str, Any]:
    """A percentage in basis points."""
    return {"kind": "percent", "value": value}


def amount(value: int) -> dict[str, Any]:
    """An amount in minor units."""
    return {"kind": "amount", "value": value}


BACK = {"gross_minor": -500, "discount_minor": -25, "share_minor": -10, "total_minor": -465, "tax_minor": -71}
NAMED: list[Sale] = [
    ("an empty sale", [], []),
    ("an empty sale with a discount", [], [percent(1_000)]),
    ("one piece", [line(1_000, 118)], []),
    ("two pieces of 2.45", [line(2_000, 245)], []),
    ("a weight: 1.235 kg at 2.10", [line(1_235, 210, 2)], []),
    ("a weight that rounds exactly half", [line(500, 1)], []),
    ("five percent of 2.30 is 0.12", [line(1_000, 230, 1, percent(500))], []),
    ("an amount off a line", [line(3_000, 199, 1, amount(97))], []),
    ("two discounts on a line, one after the other", [line(1_000, 1_000, 1, percent(1_000), percent(1_000))], []),
    ("an amount and then a percentage", [line(1_000, 1_000, 1, amount(101), percent(3_333))], []),
    ("a percentage and then an amount", [line(1_000, 1_000, 1, percent(3_333), amount(101))], []),
    ("a discount larger than the line", [line(1_000, 100, 1, amount(500))], []),
    ("100 % off a line", [line(1_000, 999, 1, percent(10_000)), line(1_000, 50)], []),
    ("100 % off the sale", [line(1_000, 999), line(2_000, 33, 2)], [percent(10_000)]),
    ("everything is already free, and a discount on top", [line(1_000, 999, 1, percent(10_000))], [percent(500)]),
    ("a discount larger than the sale", [line(1_000, 100), line(1_000, 50, 3)], [amount(5_000)]),
    (
        "10 % of the sale over three like lines",
        [line(1_000, 333), line(1_000, 333), line(1_000, 333)],
        [percent(1_000)],
    ),
    ("one qəpik over three like lines", [line(1_000, 100), line(1_000, 100), line(1_000, 100)], [amount(1)]),
    ("two qəpik over three like lines", [line(1_000, 100), line(1_000, 100), line(1_000, 100)], [amount(2)]),
    ("two discounts of the sale", [line(1_000, 777), line(1_000, 223, 2)], [percent(1_000), amount(33)]),
    ("line and sale discounts together", [line(2_000, 450, 1, percent(1_000)), line(1_000, 120, 3)], [percent(500)]),
    ("18 %, 0 % and exempt", [line(1_000, 245), line(1_000, 120, 2), line(1_000, 65, 3)], []),
    (
        "18 %, 0 %, exempt and 8 % with a discount",
        [line(1_000, 245), line(1_000, 120, 2), line(1_000, 65, 3), line(3_000, 99, 4)],
        [percent(700)],
    ),
    ("tax from the sum, not from the lines", [line(1_000, 3), line(1_000, 3), line(1_000, 3), line(1_000, 3)], []),
    ("many small lines", [line(1_000, 1) for _ in range(50)], []),
    ("a free line among others", [line(1_000, 0), line(1_000, 500)], [percent(1_000)]),
    ("a sale of nothing", [line(1_000, 0)], []),
    ("the mirror of one piece", [line(-1_000, 118)], []),
    ("the mirror of a weight", [line(-1_235, 210)], []),
    ("the mirror of half", [line(-500, 1)], []),
    (
        "the mirror with discounts",
        [line(-1_000, 230, 1, percent(500)), line(-2_000, 450, 1, amount(7))],
        [percent(500)],
    ),
    ("an exchange: what is sold carries the discount", [line(-1_000, 800), line(1_000, 1_000)], [percent(1_000)]),
    ("an exchange at even", [line(-1_000, 800), line(1_000, 800)], []),
    ("a return with its own amounts", [line(-1_000, 500, returned=BACK)], []),
    (
        "a return beside a sale in the same class",
        [line(-1_000, 500, returned=BACK), line(1_000, 900), line(1_000, 301)],
        [],
    ),
    ("a return beside a discounted sale", [line(-1_000, 500, returned=BACK), line(1_000, 900)], [percent(1_000)]),
    (
        "a return in another class",
        [line(-1_000, 500, 4, returned=BACK | {"tax_minor": -34}), line(1_000, 900)],
        [amount(50)],
    ),
    ("a label with a printed price", [line(41, 2_990, 2, label_minor=124)], []),
    ("a label with a printed price, discounted", [line(41, 2_990, 1, percent(1_000), label_minor=125)], [amount(3)]),
    ("a large sale", [line(999_999_000, 9_999_99), line(123_456_789, 4_321)], [percent(1_234)]),
]


def random_sale(dice: random.Random, number: int) -> Sale:
    """Up to twelve lines of all kinds, with up to two discounts of the whole."""
    sign = -1 if number % 10 == 0 else 1
    lines = [_random_line(dice, sign) for _ in range(dice.randint(1, 12))]
    if number % 7 == 0:
        lines.append(line(-1_000, 500, dice.choice((1, 4)), returned=BACK))
    return (f"random {number}", lines, [_random_discount(dice) for _ in range(dice.choice((0, 0, 1, 2)))])


def _random_line(dice: random.Random, sign: int) -> dict[str, Any]:
    quantity = dice.choice((1_000, 1_000, 2_000, 12_000, dice.randint(5, 4_000)))
    sign = -sign if dice.randint(0, 15) == 0 else sign
    discounts = [_random_discount(dice) for _ in range(dice.choice((0, 0, 0, 1, 2)))]
    return line(
        sign * quantity, dice.choice((1, 99, 245, 1_999, dice.randint(0, 50_000))), dice.randint(1, 4), *discounts
    )


def _random_discount(dice: random.Random) -> dict[str, Any]:
    return (
        percent(dice.choice((100, 500, 1_000, 3_333, 10_000))) if dice.randint(0, 1) else amount(dice.randint(0, 300))
    )
