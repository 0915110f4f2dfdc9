"""How customers of the demo market mean to pay, and about how much cash that brings. Units: minor units."""

from collections.abc import Mapping, Sequence
from random import Random

from server.seeds.market.plans import Basket, Discount, Line, Payment
from server.values.money import line_amount

NOTES = ((None, 100, 500, 1_000, 2_000, 5_000), (22, 12, 22, 22, 14, 8))
LARGE_MINOR, LARGE_NOTES = 5_000, ((None, 1_000, 5_000), (20, 45, 35))
BANK_FROM_MINOR = 3_000
MIXED_FROM_MINOR, MIXED_STEP_MINOR = 1_000, 500
SALE_PERCENT = Discount("percent", 500)
SALE_AMOUNT_MINOR = 50


def gross_of(lines: Sequence[Line], prices: Mapping[str, int]) -> int:
    """What the lines cost before any discount."""
    return sum(line_amount(quantity_milli=line.quantity_milli, unit_price_minor=prices[line.sku]) for line in lines)


def payments_for(gross_minor: int, chance: Random) -> tuple[Payment, ...]:
    """Cash, card, both or a bank transfer. The last payment takes whatever is left."""
    lot = chance.random()
    if lot < 0.56:
        return (Payment("cash", note_minor=_note(gross_minor, chance)),)
    if lot < 0.60 and gross_minor >= BANK_FROM_MINOR:
        return (Payment("bank", reference=f"KÖ-{chance.randrange(10_000):04}"),)
    if lot < 0.66 and gross_minor >= MIXED_FROM_MINOR:
        return _mixed(gross_minor, chance)
    return (_card(chance),)


def sale_discount(gross_minor: int, chance: Random) -> Discount | None:
    """Mostly none; sometimes five percent or half a manat off the whole basket."""
    lot = chance.random()
    if lot < 0.025:
        return SALE_PERCENT
    if lot < 0.035 and gross_minor >= MIXED_FROM_MINOR:
        return Discount("amount", SALE_AMOUNT_MINOR)
    return None


def cash_of(basket: Basket, prices: Mapping[str, int]) -> int:
    """About how much cash a basket leaves in the drawer: discounts are not taken off."""
    gross = gross_of(basket.lines, prices)
    return sum(payment.amount_minor or gross for payment in basket.payments if payment.tender == "cash")


def _mixed(gross_minor: int, chance: Random) -> tuple[Payment, ...]:
    cash = chance.randrange(MIXED_STEP_MINOR, gross_minor, MIXED_STEP_MINOR)
    return (Payment("cash", amount_minor=cash, note_minor=chance.choice((None, 1_000, 2_000))), _card(chance))


def _card(chance: Random) -> Payment:
    return Payment("card", reference=f"{chance.randrange(10**12):012}")


def _note(gross_minor: int, chance: Random) -> int | None:
    return chance.choices(*(NOTES if gross_minor < LARGE_MINOR else LARGE_NOTES))[0]
