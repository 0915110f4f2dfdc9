"""Landed cost: freight, customs and other charges, spread over the lines of the receipts that they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from server.values.money import allocate

By = Literal["value", "quantity", "weight"]


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One line of goods as received. Units: minor units after discounts, thousandths, grams of the whole line."""

    value_minor: int
    quantity_milli: int
    weight_g: int = 0


def spread_charge(amount_minor: int, lines: Sequence[ReceivedLine], by: By) -> list[int]:
    """What each line bears of a charge: the shares add up to it, and none has the other sign.

    Largest remainder, the earlier line first among equals. By value, free goods bear nothing; when all goods were
    free, quantity decides. Raises: ValueError when there are no goods, and by weight when nothing weighs anything.
    """
    weights = [_measure(line, by) for line in lines]
    if by == "value" and not any(weights):
        weights = [line.quantity_milli for line in lines]
    return allocate(amount_minor, weights)


def _measure(line: ReceivedLine, by: By) -> int:
    return {"value": line.value_minor, "quantity": line.quantity_milli, "weight": line.weight_g}[by]
