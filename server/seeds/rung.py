"""What a till rings, as values: goods, lines, payments, and what a till remembers of its receipts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from server.sales.pricing import Amounts, Discount, Line


@dataclass(frozen=True, slots=True)
class Ware:
    """A good as the terminal's catalogue has it. Units: minor, basis points."""

    item_id: int | None
    name: str
    tax_rate_id: int
    rate_bp: int
    unit_price_minor: int
    price_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A line to sell; `back` is the position of an earlier receipt's line of which a quantity comes back (positive)."""

    ware: Ware
    quantity_milli: int = 1_000
    discounts: tuple[Discount, ...] = ()
    barcode: str | None = None
    weight_from: str = "none"
    approved_by: int | None = None
    origin_id: uuid.UUID | None = None
    back: int | None = None


@dataclass(frozen=True, slots=True)
class Pay:
    """A way to pay: at most `amount_minor` (what is left, when not said), with what was handed over."""

    tender_type_id: int
    amount_minor: int | None = None
    given_minor: int | None = None
    note_minor: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What holds for a whole sale."""

    discounts: tuple[Discount, ...] = ()
    approved_by: int | None = None
    returns: uuid.UUID | None = None
    note: str = ""
    prints: bool = False


@dataclass(slots=True)
class Receipt:
    """A sale as the till remembers it: its lines, and what came back of each."""

    lines: dict[int, tuple[Sold, Amounts]]
    back: dict[int, tuple[int, Amounts]] = field(default_factory=dict)


def line_of(line: Sold, returned: Amounts | None) -> Line:
    """A line as the pricing takes it."""
    return Line(
        quantity_milli=line.quantity_milli,
        unit_price_minor=line.ware.unit_price_minor,
        tax_rate_id=line.ware.tax_rate_id,
        rate_bp=line.ware.rate_bp,
        discounts=line.discounts,
        returned=returned,
    )


def paid(pays: Sequence[Pay], total_minor: int) -> list[Pay]:
    """Payments with their amounts. One that finds nothing left to pay is dropped, so a sale of nothing has none."""
    left, paid = total_minor, []
    for pay in pays:
        amount = left if pay.amount_minor is None else min(left, pay.amount_minor)
        if left < 0 or amount > 0:
            given = -(-amount // pay.note_minor) * pay.note_minor if pay.note_minor and amount > 0 else pay.given_minor
            paid.append(replace(pay, amount_minor=amount, given_minor=given))
            left -= amount
    if left:
        raise ValueError(f"{left} of {total_minor} is not paid")
    return paid


def plus(one: Amounts, other: Amounts) -> Amounts:
    """Both together."""
    names = ("gross_minor", "discount_minor", "share_minor", "total_minor", "tax_minor", "cost_minor")
    return Amounts(**{name: getattr(one, name) + getattr(other, name) for name in names})
