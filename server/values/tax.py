"""Value added tax per document and tax rate: parts that always add up to the total.

The first slice sells at prices with tax inside. A tenant may work tax-exclusive, or round per line instead of per
document; both sides (server and browser) then use that mode.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from server.values.rounding import round_half_up, share_out

BASIS = 10_000
Kind = Literal["standard", "zero", "exempt"]


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of one rate in a document; base + tax = total of its lines."""

    tax_rate_id: int
    rate_bp: int
    base_minor: int
    tax_minor: int


def tax_inside(gross_minor: int, *, rate_bp: int) -> int:
    """The tax that a gross amount contains: round(gross × r / (100 + r)). A rate of 0 (zero, exempt) gives 0."""
    return round_half_up(gross_minor * rate_bp, BASIS + rate_bp)


def tax_on_top(net_numerator: int, *, rate_bp: int, denominator: int = 1) -> int:
    """The tax on an exact net amount numerator / denominator: round(net × r)."""
    return round_half_up(net_numerator * rate_bp, denominator * BASIS)


def shares_inside(amounts_minor: Sequence[int], *, rate_bp: int) -> list[int]:
    """What each line carries of its rate's document tax (largest remainder): the shares add up to the tax."""
    tax = tax_inside(sum(amounts_minor), rate_bp=rate_bp)
    return share_out(tax, [amount * rate_bp for amount in amounts_minor], BASIS + rate_bp)


def per_line_inside(amounts_minor: Sequence[int], *, rate_bp: int) -> list[int]:
    """The taxes of the lines where a tenant rounds per line: the document's tax is their sum."""
    return [tax_inside(amount, rate_bp=rate_bp) for amount in amounts_minor]


@dataclass(frozen=True, slots=True)
class ExclusiveTotal:
    """A tax-exclusive document: total = Σ base + Σ tax."""

    total_minor: int
    base_minor: int
    taxes: tuple[Tax, ...]


def exclusive(nets: Mapping[int, Iterable[int]], rates_bp: Mapping[int, int], *, denominator: int) -> ExclusiveTotal:
    """Total and taxes of exact net amounts by rate id; each net is numerator / denominator, unrounded.

    total = round(Σ net × (1 + r)), tax per rate = round(Σ net × r), base = total − Σ tax. The bases of the rates
    add up to that base as well. Units: the quotient is in minor units.
    """
    sums = {rate: sum(values) for rate, values in nets.items()}
    whole = sum(net * (BASIS + rates_bp[rate]) for rate, net in sums.items())
    total = round_half_up(whole, denominator * BASIS)
    taxes = {rate: tax_on_top(net, rate_bp=rates_bp[rate], denominator=denominator) for rate, net in sums.items()}
    base = total - sum(taxes.values())
    bases = _rounded_bases(base, sums, denominator)
    rows = tuple(Tax(rate, rates_bp[rate], bases[rate], taxes[rate]) for rate in sums)
    return ExclusiveTotal(total, base, rows)


def _rounded_bases(base: int, sums: Mapping[int, int], denominator: int) -> dict[int, int]:
    # The base closes the document, so it can lie a cent or two away from the exact nets' sum. The drift goes to the
    # rate with the largest net: there it weighs least.
    bases = {rate: round_half_up(net, denominator) for rate, net in sums.items()}
    if bases:
        largest = max(bases, key=lambda rate: abs(bases[rate]))
        bases[largest] += base - sum(bases.values())
    return bases
