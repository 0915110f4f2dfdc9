"""What a sale comes to: discounts, shares, taxes and totals of its lines; what a return pays back; change.

Pure arithmetic at prices with tax inside. Negative quantities mirror positive ones. The browser's `core/pricing.ts`
is the same function, on the same vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.values.money import BASIS, allocate, line_amount, percent_of
from server.values.rounding import round_half_up
from server.values.tax import Tax, per_line_inside, shares_inside


@dataclass(frozen=True, slots=True)
class Discount:
    """A percentage (value in basis points) or an amount (value in minor units), never negative."""

    kind: Literal["percent", "amount"]
    value: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a line was sold for; gross = total + discount + share. Units: minor."""

    gross_minor: int = 0
    discount_minor: int = 0
    share_minor: int = 0
    total_minor: int = 0
    tax_minor: int = 0
    cost_minor: int = 0

    def mirrored(self) -> "Amounts":
        """The same with every sign turned: a return line of what was paid back."""
        return Amounts(
            gross_minor=-self.gross_minor,
            discount_minor=-self.discount_minor,
            share_minor=-self.share_minor,
            total_minor=-self.total_minor,
            tax_minor=-self.tax_minor,
            cost_minor=-self.cost_minor,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One line to price. `label_minor` is the printed price of a label, which stands for quantity × price.

    `returned` holds the signed amounts of a line that comes back (`return_of(…).mirrored()`): they are not computed
    again, take no part in discounts, and bring their own tax.
    """

    quantity_milli: int
    unit_price_minor: int
    tax_rate_id: int
    rate_bp: int
    discounts: tuple[Discount, ...] = ()
    label_minor: int | None = None
    returned: Amounts | None = None


@dataclass(frozen=True, slots=True)
class PricedLine:
    """total = gross − discount − share; `discounts` are the amounts of the line's discounts in their order."""

    gross_minor: int
    discounts_minor: tuple[int, ...]
    discount_minor: int
    share_minor: int
    total_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Priced:
    """A priced sale: total = Σ line totals = Σ base + Σ tax = gross − discount."""

    lines: tuple[PricedLine, ...]
    sale_discounts_minor: tuple[int, ...]
    gross_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    taxes: tuple[Tax, ...]


def price(
    lines: Sequence[Line],
    sale_discounts: Sequence[Discount] = (),
    tax_rounding: Literal["document", "line"] = "document",
) -> Priced:
    """Price a whole sale. Each discount is taken from what the ones before it left, and never more than that."""
    gross = [_gross(line) for line in lines]
    discounts = [_taken(line.discounts, amount) for line, amount in zip(lines, gross, strict=True)]
    line_discounts = [
        line.returned.discount_minor if line.returned else sum(taken)
        for line, taken in zip(lines, discounts, strict=True)
    ]
    sale_discounts_minor, shares = _shares(lines, sale_discounts, gross, line_discounts)
    totals = [g - d - s for g, d, s in zip(gross, line_discounts, shares, strict=True)]
    taxes = _line_taxes(lines, totals, tax_rounding)
    return Priced(
        lines=tuple(map(PricedLine, gross, discounts, line_discounts, shares, totals, taxes)),
        sale_discounts_minor=sale_discounts_minor,
        gross_minor=sum(gross),
        discount_minor=sum(line_discounts) + sum(shares),
        tax_minor=sum(taxes),
        total_minor=sum(totals),
        taxes=_taxes(lines, totals, taxes),
    )


def return_of(
    sold: Amounts, *, sold_milli: int, returned_milli: int, paid_back: Amounts, quantity_milli: int
) -> Amounts:
    """What giving back a quantity of a sold line pays: round(sold × (returned + q) / sold quantity) − paid back.

    All positive; the last piece brings exactly the rest. The terminal refuses more than was sold; for such a return
    pushed late the formula goes on in proportion. Units: thousandths; amounts in minor units.
    """
    reached = returned_milli + quantity_milli

    def part(whole: int, paid: int) -> int:
        return round_half_up(whole * reached, sold_milli) - paid

    discount = part(sold.discount_minor, paid_back.discount_minor)
    share = part(sold.share_minor, paid_back.share_minor)
    total = part(sold.total_minor, paid_back.total_minor)
    return Amounts(
        gross_minor=total + discount + share,
        discount_minor=discount,
        share_minor=share,
        total_minor=total,
        tax_minor=part(sold.tax_minor, paid_back.tax_minor),
        cost_minor=part(sold.cost_minor, paid_back.cost_minor),
    )


def needed_bp(*, amount_minor: int, base_minor: int) -> int:
    """How large a right a discount needs: the smallest percentage (basis points) whose rounded amount reaches it."""
    if amount_minor == 0:
        return 0
    if base_minor == 0:
        return BASIS
    return -(-(2 * abs(amount_minor) - 1) * BASIS // (2 * abs(base_minor)))


def change_of(*, due_minor: int, given_minor: int) -> tuple[int, int]:
    """What of the cash given counts towards the sum due, and the change: (20.00 for 15.00) → (15.00, 5.00)."""
    amount = min(given_minor, due_minor)
    return amount, given_minor - amount


def _gross(line: Line) -> int:
    if line.returned:
        return line.returned.gross_minor
    if line.label_minor is not None:
        return line.label_minor
    return line_amount(quantity_milli=line.quantity_milli, unit_price_minor=line.unit_price_minor)


def _taken(discounts: Sequence[Discount], amount: int) -> tuple[int, ...]:
    """The amounts of discounts in their order, with the sign of what they are taken from."""
    sign, left, taken = (-1 if amount < 0 else 1), abs(amount), []
    for discount in discounts:
        wanted = percent_of(left, rate_bp=discount.value) if discount.kind == "percent" else discount.value
        taken.append(sign * min(wanted, left))
        left -= min(wanted, left)
    return tuple(taken)


def _shares(
    lines: Sequence[Line], sale_discounts: Sequence[Discount], gross: Sequence[int], line_discounts: Sequence[int]
) -> tuple[tuple[int, ...], list[int]]:
    """Amounts of the sale's discounts and each line's share of them.

    They are taken from what is sold. Only where nothing is sold (a sale turned round as a whole) from what comes back.
    """
    left = [0 if line.returned else g - d for line, g, d in zip(lines, gross, line_discounts, strict=True)]
    sign = 1 if any(amount > 0 for amount in left) else -1
    weights = [max(0, sign * amount) for amount in left]
    taken = _taken(sale_discounts, sign * sum(weights))
    own = allocate(sum(taken), weights)
    shares = [line.returned.share_minor if line.returned else share for line, share in zip(lines, own, strict=True)]
    return taken, shares


def _line_taxes(lines: Sequence[Line], totals: Sequence[int], rounding: Literal["document", "line"]) -> list[int]:
    """Each line's part of its rate's tax; a line that comes back brings the tax of the return arithmetic."""
    taxes = [line.returned.tax_minor if line.returned else 0 for line in lines]
    spread = shares_inside if rounding == "document" else per_line_inside
    for rate_id, rate_bp in {line.tax_rate_id: line.rate_bp for line in lines}.items():
        own = [i for i, line in enumerate(lines) if line.tax_rate_id == rate_id and not line.returned]
        for index, tax in zip(own, spread([totals[i] for i in own], rate_bp=rate_bp), strict=True):
            taxes[index] = tax
    return taxes


def _taxes(lines: Sequence[Line], totals: Sequence[int], taxes: Sequence[int]) -> tuple[Tax, ...]:
    rates = {line.tax_rate_id: line.rate_bp for line in lines}
    rows = []
    for rate_id in sorted(rates):
        own = [i for i, line in enumerate(lines) if line.tax_rate_id == rate_id]
        tax, total = sum(taxes[i] for i in own), sum(totals[i] for i in own)
        rows.append(Tax(rate_id, rates[rate_id], total - tax, tax))
    return tuple(rows)
