"""Quantities: integer thousandths of a unit (pieces, kilograms, litres, metres)."""

import re

from server.values.rounding import round_half_up

ONE = 1_000
_QUANTITY = re.compile(r"([+-]?)(\d{1,12})(?:[.,](\d{0,3}))?\Z", re.ASCII)


def plain(quantity_milli: int) -> str:
    """The quantity as a plain decimal without trailing zeros: 1235 → "1.235", 2000 → "2"."""
    sign = "-" if quantity_milli < 0 else ""
    whole, rest = divmod(abs(quantity_milli), ONE)
    decimals = f"{rest:03}".rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def parse(text: str) -> int:
    """Thousandths of a typed quantity; comma or point before the decimals. Raises: ValueError."""
    match = _QUANTITY.match(text.strip())
    if match is None:
        raise ValueError(f"not a quantity: {text!r}")
    quantity = int(match[2] + (match[3] or "").ljust(3, "0"))
    return -quantity if match[1] == "-" else quantity


def for_price(*, price_minor: int, unit_price_minor: int, division_milli: int = 1) -> int:
    """The quantity that a printed price stands for, rounded to the scale's division. Units: thousandths."""
    return round_half_up(price_minor * ONE, unit_price_minor * division_milli) * division_milli
