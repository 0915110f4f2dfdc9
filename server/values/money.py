"""Money: an integer in minor units (qəpik, cents) with a currency beside it. No float ever."""

import re
from collections.abc import Sequence

from server.values.rounding import round_half_up, share_out

MILLI = 1_000  # thousandths in one unit of quantity
BASIS = 10_000  # basis points in a whole: 18 % is 1,800
# Digits after the decimal point, where a currency does not have two.
EXPONENTS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3, "OMR": 3, "JOD": 3, "TND": 3}
_AMOUNT = re.compile(r"([+-]?)(\d{1,15})(?:[.,](\d{0,3}))?\Z", re.ASCII)


def exponent(currency: str) -> int:
    """How many digits the minor unit of a currency has: 2 for AZN."""
    return EXPONENTS.get(currency, 2)


def line_amount(*, quantity_milli: int, unit_price_minor: int) -> int:
    """Quantity times price, rounded once, half up. Units: thousandths and minor units in, minor units out."""
    return round_half_up(quantity_milli * unit_price_minor, MILLI)


def percent_of(amount_minor: int, *, rate_bp: int) -> int:
    """A percentage of an amount, rounded once, half up. Units: basis points (5 % is 500)."""
    return round_half_up(amount_minor * rate_bp, BASIS)


def part_of(amount_minor: int, *, part: int, whole: int) -> int:
    """`part / whole` of an amount, rounded half up. Raises: ValueError when the whole is not positive."""
    return round_half_up(amount_minor * part, whole)


def allocate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount over weights by largest remainder: the parts always add up to the amount.

    Equal remainders go to the earlier weight. While |amount| is at most the sum of the weights, no part is larger
    than its weight. Raises: ValueError for negative weights, or when there is an amount but no weight.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    if amount_minor == 0:
        return [0] * len(weights)
    if whole == 0:
        raise ValueError("there is nothing to share the amount over")
    return share_out(amount_minor, [amount_minor * weight for weight in weights], whole)


def plain(amount_minor: int, currency: str = "AZN") -> str:
    """The amount as a plain decimal with a point, for files and logs: 1250 → "12.50"."""
    digits = exponent(currency)
    sign = "-" if amount_minor < 0 else ""
    text = str(abs(amount_minor)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}" if digits else sign + text


def parse(text: str, currency: str = "AZN") -> int:
    """Minor units of a typed amount; comma or point before the decimals. Raises: ValueError."""
    match = _AMOUNT.match(text.strip())
    digits = exponent(currency)
    if match is None or len(match[3] or "") > digits:
        raise ValueError(f"not an amount: {text!r}")
    amount = int(match[2] + (match[3] or "").ljust(digits, "0"))
    return -amount if match[1] == "-" else amount
