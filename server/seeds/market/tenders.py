"""Payments become tenders once the total is known: their amounts add up to it exactly."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.seeds.market.plans import Payment


@dataclass(frozen=True, slots=True)
class Tendered:
    """What counts, what was handed over and what went back. Units: minor units; given − change = amount."""

    tender: str
    amount_minor: int
    given_minor: int
    change_minor: int
    reference: str


def settled(payments: Sequence[Payment], total_minor: int) -> tuple[Tendered, ...]:
    """The tenders of a sale. A payment that finds nothing left to pay is dropped, so a sale of nothing has none.

    Raises: ValueError when the payments do not cover the total.
    """
    tenders = []
    left = total_minor
    for payment in payments:
        amount = left if payment.amount_minor is None else min(left, payment.amount_minor)
        if amount > 0:
            tenders.append(_tendered(payment, amount))
            left -= amount
    if left:
        raise ValueError(f"{left} of {total_minor} is not paid")
    return tuple(tenders)


def _tendered(payment: Payment, amount_minor: int) -> Tendered:
    note = payment.note_minor
    given = -(-amount_minor // note) * note if note else amount_minor
    return Tendered(payment.tender, amount_minor, given, given - amount_minor, payment.reference)
