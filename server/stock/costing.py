"""Cost layers: what stock is worth, and what leaves with each issue.

A shelf is the stock of one item in one warehouse: layers with the quantity and the total value that are left, oldest
first, what was issued below zero at a provisional cost and is not settled yet, and the last known cost as a ratio.
Functions take a shelf and return the new one with what happened; an operation fetches the shelves of a whole batch,
applies issues and receipts to them in order, and writes the results. Value is never lost: an issue takes
round(value × taken / left) of a layer, and the last issue takes the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from server.values.money import allocate
from server.values.rounding import round_half_up

Method = Literal["fifo", "lifo", "average"]


@dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one receipt. Units: thousandths and the minor units of their total value."""

    id: UUID
    position: int
    left_milli: int
    left_minor: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A take without a layer: issued below zero at a provisional value, `settled_milli` of it settled so far."""

    take_id: UUID
    quantity_milli: int
    value_minor: int
    settled_milli: int = 0

    @property
    def left_milli(self) -> int:
        """What the next receipt has to settle."""
        return self.quantity_milli - self.settled_milli

    def provisional(self, quantity_milli: int) -> int:
        """The provisional value of the next quantity of this take; all parts add up to its value."""
        reached = _part(self.value_minor, self.settled_milli + quantity_milli, self.quantity_milli)
        return reached - _part(self.value_minor, self.settled_milli, self.quantity_milli)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One item in one warehouse. The last cost is last_minor for last_milli (0 for 0 when nothing ever came).

    `unread_*` is what is owed by takes that were not fetched, as sums: an issue needs no more of them, however many
    there are in a shop that books no receipts.
    """

    layers: tuple[Layer, ...] = ()
    owed: tuple[Owed, ...] = ()
    last_minor: int = 0
    last_milli: int = 0
    unread_milli: int = 0
    unread_minor: int = 0

    @property
    def quantity_milli(self) -> int:
        """On hand, negative while something is owed."""
        owed = sum(owed.left_milli for owed in self.owed) + self.unread_milli
        return sum(layer.left_milli for layer in self.layers) - owed

    @property
    def value_minor(self) -> int:
        """The value on hand, negative (provisional) while something is owed."""
        owed = sum(owed.provisional(owed.left_milli) for owed in self.owed) + self.unread_minor
        return sum(layer.left_minor for layer in self.layers) - owed


@dataclass(frozen=True, slots=True)
class Take:
    """What an issue took from one layer; without a layer it is provisional."""

    layer_id: UUID | None
    quantity_milli: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue's takes and their whole value: the cost of what left. `changed` are the layers to write back."""

    shelf: Shelf
    takes: tuple[Take, ...]
    value_minor: int
    changed: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A part of a provisional take that a receipt covered.

    `value_minor` is its cost in the receipt; `correction_minor` what that is above the provisional value (a cost
    correction, with a stock move of quantity 0 and value −correction).
    """

    take_id: UUID
    layer_id: UUID
    quantity_milli: int
    value_minor: int
    correction_minor: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A new layer as it stands after settling what was owed, and those settlements."""

    shelf: Shelf
    layer: Layer
    settlements: tuple[Settlement, ...]

    @property
    def correction_minor(self) -> int:
        """All corrections together."""
        return sum(settlement.correction_minor for settlement in self.settlements)


def issue(shelf: Shelf, quantity_milli: int, *, provisional_id: UUID, method: Method = "fifo") -> Issue:
    """Take a quantity off the shelf. What the layers lack leaves at the last known cost under `provisional_id`.

    FIFO takes the oldest layer first, LIFO the newest; average takes its part of the whole value, of the oldest pieces
    first, and leaves the rest evenly in the layers. Raises: ValueError when the quantity is not positive.
    """
    if quantity_milli <= 0:
        raise ValueError("an issue takes a positive quantity")
    oldest_first = sorted(shelf.layers, key=lambda layer: layer.position)
    before = oldest_first[::-1] if method == "lifo" else oldest_first
    layers, takes = (_take_average if method == "average" else _take)(before, quantity_milli)
    missing = quantity_milli - sum(take.quantity_milli for take in takes)
    owed = shelf.owed
    if missing:
        provisional = at_last_cost(shelf, missing)
        takes.append(Take(None, missing, provisional))
        owed = (*owed, Owed(provisional_id, missing, provisional))
    kept = tuple(layer for layer in (layers[::-1] if method == "lifo" else layers) if layer.left_milli)
    changed = tuple(now for now, was in zip(layers, before, strict=True) if now is not was and now != was)
    return Issue(replace(shelf, layers=kept, owed=owed), tuple(takes), sum(take.value_minor for take in takes), changed)


def receive(shelf: Shelf, quantity_milli: int, value_minor: int, *, layer_id: UUID, position: int) -> Receipt:
    """Put goods of a known cost on the shelf: a new layer, whose cost is the last known one from now on.

    What is owed is settled first, oldest first, each piece exactly once. Raises: ValueError.
    """
    receipt = put_back(shelf, quantity_milli, value_minor, layer_id=layer_id, position=position)
    return replace(receipt, shelf=replace(receipt.shelf, last_minor=value_minor, last_milli=quantity_milli))


def put_back(shelf: Shelf, quantity_milli: int, value_minor: int, *, layer_id: UUID, position: int) -> Receipt:
    """Put returned goods back at the cost at which they left; the last known cost stays. Raises: ValueError."""
    if quantity_milli <= 0 or value_minor < 0:
        raise ValueError("a receipt brings a positive quantity and no negative value")
    if shelf.unread_milli or shelf.unread_minor:
        raise ValueError("a receipt settles what is owed, so all of it must be read")
    layer = Layer(layer_id, position, quantity_milli, value_minor)
    settlements, still_owed = [], []
    for owed in shelf.owed:
        covered = min(owed.left_milli, layer.left_milli)
        if covered:
            layer, settlement = _settle(layer, owed, covered)
            settlements.append(settlement)
        if covered < owed.left_milli:
            still_owed.append(replace(owed, settled_milli=owed.settled_milli + covered))
    layers = (*shelf.layers, layer) if layer.left_milli else shelf.layers
    return Receipt(replace(shelf, layers=layers, owed=tuple(still_owed)), layer, tuple(settlements))


def level(shelf: Shelf) -> Shelf:
    """Spread the whole value evenly over the pieces: what is to be done when the average begins or ends."""
    return replace(shelf, layers=tuple(_levelled(shelf.layers, sum(layer.left_minor for layer in shelf.layers))))


def add_value(shelf: Shelf, amount_minor: int, *, layer_id: UUID | None = None) -> Shelf:
    """Make what is left of one layer, or of all, worth more or less: by pieces, and no layer below zero.

    Raises: ValueError when nothing is left there, or when that is worth less than what is taken off.
    """
    chosen = [layer for layer in shelf.layers if layer_id in (None, layer.id)]
    shares = spread(amount_minor, [layer.left_milli for layer in chosen], [layer.left_minor for layer in chosen])
    if sum(shares) != amount_minor:
        raise ValueError("what is left is worth less than what is taken off")
    gains = {layer.id: share for layer, share in zip(chosen, shares, strict=True)}
    layers = tuple(replace(layer, left_minor=layer.left_minor + gains.get(layer.id, 0)) for layer in shelf.layers)
    return replace(shelf, layers=layers)


def spread(amount_minor: int, quantities_milli: Sequence[int], worth_minor: Sequence[int]) -> list[int]:
    """Share an amount over goods by their quantity, so that none becomes worth less than nothing.

    What one cannot bear goes on to the others in their order; the shares fall short of the amount when all together
    cannot. Raises: ValueError when there is an amount and no goods.
    """
    shares = allocate(amount_minor, quantities_milli)
    bearable = [max(share, -worth) for share, worth in zip(shares, worth_minor, strict=True)]
    over = amount_minor - sum(bearable)
    for index, worth in enumerate(worth_minor):
        more = max(over, -worth - bearable[index])
        bearable[index] += more
        over -= more
    return bearable


def at_last_cost(shelf: Shelf, quantity_milli: int) -> int:
    """The value of a quantity at the last known cost; 0 when no cost was ever known. Units: minor."""
    return _part(shelf.last_minor, quantity_milli, shelf.last_milli) if shelf.last_milli else 0


def _levelled(layers: Sequence[Layer], value_minor: int) -> list[Layer]:
    values = allocate(value_minor, [layer.left_milli for layer in layers])
    return [replace(layer, left_minor=value) for layer, value in zip(layers, values, strict=True)]


def _take_average(layers: Sequence[Layer], quantity_milli: int) -> tuple[list[Layer], list[Take]]:
    whole_milli, whole_minor = sum(layer.left_milli for layer in layers), sum(layer.left_minor for layer in layers)
    after, takes = _take(layers, quantity_milli)
    if not takes:
        return after, takes
    taken = sum(take.quantity_milli for take in takes)
    value = _part(whole_minor, taken, whole_milli)
    values = allocate(value, [take.quantity_milli for take in takes])
    takes = [replace(take, value_minor=share) for take, share in zip(takes, values, strict=True)]
    return _levelled(after, whole_minor - value), takes


def _take(layers: Sequence[Layer], quantity_milli: int) -> tuple[list[Layer], list[Take]]:
    after, takes = [], []
    for layer in layers:
        if not quantity_milli:
            break
        taken = min(quantity_milli, layer.left_milli)
        if taken:
            value = _part(layer.left_minor, taken, layer.left_milli)
            takes.append(Take(layer.id, taken, value))
            layer = replace(layer, left_milli=layer.left_milli - taken, left_minor=layer.left_minor - value)
            quantity_milli -= taken
        after.append(layer)
    return [*after, *layers[len(after) :]], takes


def _settle(layer: Layer, owed: Owed, covered: int) -> tuple[Layer, Settlement]:
    value = _part(layer.left_minor, covered, layer.left_milli)
    settlement = Settlement(owed.take_id, layer.id, covered, value, value - owed.provisional(covered))
    return replace(layer, left_milli=layer.left_milli - covered, left_minor=layer.left_minor - value), settlement


def _part(value_minor: int, part: int, whole: int) -> int:
    return round_half_up(value_minor * part, whole)
