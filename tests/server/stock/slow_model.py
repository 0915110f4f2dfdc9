"""A shelf piece by piece: slow, plain, and without a line of the product, to say what `server.stock.replay` must say.

Every piece is an entry of a list: where it lies, or who has it. A piece is the greatest quantity that divides all
quantities of the case. Money is rounded at the same places as in the product, in exact fractions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd
from typing import Any

from vectors.reference import allocate, half_up

LEFT = None
"""Who has a piece that still lies on the shelf."""


@dataclass
class Goods:
    """What came at once: who has each piece, oldest taken first, and what the pieces left are worth."""

    holders: list[str | None]
    worth: int

    @property
    def left(self) -> int:
        return self.holders.count(LEFT)

    def give(self, taker: str) -> None:
        self.holders[self.holders.index(LEFT)] = taker


@dataclass
class Debt:
    """Pieces that left without being there, at a provisional value."""

    taker: str
    pieces: int
    value: int
    settled: int = 0

    def value_of(self, settled: int) -> int:
        return half_up(Fraction(self.value * settled, self.pieces))


@dataclass
class SlowShelf:
    """What `run` has made of the events so far."""

    method: str
    piece: int
    goods: dict[str, Goods] = field(default_factory=dict)
    debts: list[Debt] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)
    issued: dict[str, int] = field(default_factory=dict)
    returned: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    last: Fraction | None = None
    last_receipt: tuple[str, int, int] | None = None
    revalued: int = 0

    @property
    def on_hand_milli(self) -> int:
        left = sum(goods.left for goods in self.goods.values())
        return self.piece * (left - sum(debt.pieces - debt.settled for debt in self.debts))

    @property
    def value_minor(self) -> int:
        owed = sum(debt.value - debt.value_of(debt.settled) for debt in self.debts)
        return sum(goods.worth for goods in self.goods.values()) - owed

    @property
    def layers(self) -> list[list[int]]:
        return [[goods.left * self.piece, goods.worth] for goods in self.goods.values() if goods.left]

    @property
    def owed(self) -> list[tuple[str, int]]:
        return [(debt.taker, (debt.pieces - debt.settled) * self.piece) for debt in self.debts]

    def take(self, event: dict[str, Any]) -> None:
        getattr(self, "_" + event["kind"])(event)

    def _receipt(self, event: dict[str, Any]) -> None:
        self.last_receipt = (event["id"], event["value_minor"], event["quantity_milli"])
        self.last = Fraction(event["value_minor"], event["quantity_milli"])
        self._lay_down(event["id"], event["quantity_milli"], event["value_minor"])

    def _return(self, event: dict[str, Any]) -> None:
        value = event.get("value_minor")
        if "of" in event:
            earlier = self.returned.setdefault(event["of"], [])
            reached = sum(quantity for _, quantity in earlier) + event["quantity_milli"]
            whole = half_up(Fraction(self.costs[event["of"]] * reached, self.issued[event["of"]]))
            value = max(0, whole - sum(-self.costs[id] for id, _ in earlier))
            earlier.append((event["id"], event["quantity_milli"]))
        if value is None:
            value = self._at_last_cost(event["quantity_milli"])
        self.costs[event["id"]] = -value
        self._lay_down(event["id"], event["quantity_milli"], value)

    def _lay_down(self, id: str, quantity_milli: int, value: int) -> None:
        goods = self.goods[id] = Goods([LEFT] * (quantity_milli // self.piece), value)
        while self.debts and goods.left:
            debt = self.debts[0]
            covered, before = 0, goods.left
            while goods.left and debt.settled + covered < debt.pieces:
                goods.give(debt.taker)
                covered += 1
            paid = half_up(Fraction(goods.worth * covered, before))
            provisional = debt.value_of(debt.settled + covered) - debt.value_of(debt.settled)
            goods.worth -= paid
            self.costs[debt.taker] += paid - provisional
            debt.settled += covered
            if debt.settled == debt.pieces:
                self.debts.pop(0)

    def _issue(self, event: dict[str, Any]) -> None:
        wanted = event["quantity_milli"] // self.piece
        self.issued[event["id"]] = event["quantity_milli"]
        whole = (sum(goods.left for goods in self.goods.values()), sum(goods.worth for goods in self.goods.values()))
        cost, taken = 0, 0
        stacks = [goods for goods in self.goods.values() if goods.left]
        for goods in reversed(stacks) if self.method == "lifo" else stacks:
            before, here = goods.left, 0
            while goods.left and taken < wanted:
                goods.give(event["id"])
                here, taken = here + 1, taken + 1
            value = half_up(Fraction(goods.worth * here, before))
            goods.worth -= value
            cost += value
        if self.method == "average" and taken:
            cost = half_up(Fraction(whole[1] * taken, whole[0]))
            self._mix(whole[1] - cost)
        if taken < wanted:
            provisional = self._at_last_cost((wanted - taken) * self.piece)
            self.debts.append(Debt(event["id"], wanted - taken, provisional))
            cost += provisional
        self.costs[event["id"]] = cost

    def _mix(self, value: int) -> None:
        stacks = [goods for goods in self.goods.values()]
        for goods, worth in zip(stacks, allocate(value, [goods.left for goods in stacks]), strict=True):
            goods.worth = worth

    def _at_last_cost(self, quantity_milli: int) -> int:
        return half_up(self.last * quantity_milli) if self.last is not None else 0

    def _change(self, event: dict[str, Any]) -> None:
        """Walk over everything that came, oldest first, and hand each what has arrived for it."""
        arrived = {event["of"]: event["amount_minor"]}
        passed: set[str] = set()
        for id, goods in self.goods.items():
            passed.add(id)
            amount = arrived.get(id, 0)
            if amount:
                self._hand_out(event["id"], goods, amount, arrived, passed)
        if self.last_receipt and self.last_receipt[0] == event["of"]:
            id, value, quantity = self.last_receipt
            self.last_receipt = (id, max(0, value + event["amount_minor"]), quantity)
            self.last = Fraction(self.last_receipt[1], quantity)

    def _hand_out(self, cause: str, goods: Goods, amount: int, arrived: dict[str, int], passed: set[str]) -> None:
        takers = list(dict.fromkeys(holder for holder in goods.holders if holder is not LEFT))
        rest = [each for each in self.goods.values() if each.left] if self.method == "average" else [goods]
        bearing = [sum(each.worth for each in rest), *(max(0, self.costs[taker]) for taker in takers)]
        pieces = [goods.left, *(goods.holders.count(taker) for taker in takers)]
        shares = _bearable(amount, pieces, bearing)
        if amount != sum(shares):
            self.costs[cause] = self.costs.get(cause, 0) + amount - sum(shares)
        self._gain(rest, shares[0])
        for taker, share in zip(takers, shares[1:], strict=True):
            self.costs[taker] += share
            back = self.returned.get(taker, [])
            kept = max(0, self.issued[taker] - sum(quantity for _, quantity in back))
            parts = allocate(share, [*(quantity for _, quantity in back), kept])
            for (id, _), part in zip(back, parts, strict=False):
                if id not in passed:
                    self.costs[id] -= part
                    arrived[id] = arrived.get(id, 0) + part

    def _gain(self, stacks: Sequence[Goods], amount: int) -> None:
        if amount:
            shares = _bearable(amount, [goods.left for goods in stacks], [goods.worth for goods in stacks])
            for goods, share in zip(stacks, shares, strict=True):
                goods.worth += share

    def _revaluation(self, event: dict[str, Any]) -> None:
        amount = event.get("amount_minor", 0)
        self._gain([goods for goods in self.goods.values() if goods.left], amount)
        self.revalued += amount
        if "method" in event:
            if "average" in (self.method, event["method"]):
                self._mix(sum(goods.worth for goods in self.goods.values()))
            self.method = event["method"]


def run(events: Sequence[dict[str, Any]], method: str) -> SlowShelf:
    """The events of a case, put in order, one after the other."""
    shelf = SlowShelf(method, gcd(*(event.get("quantity_milli", 0) for event in events)) or 1)
    for event in sorted(events, key=lambda event: (event["at"], event["id"])):
        shelf.take(event)
    return shelf


def _bearable(amount: int, pieces: Sequence[int], worth: Sequence[int]) -> list[int]:
    """By pieces, then coin by coin: who would fall below nothing gives the coin to the first who can bear it."""
    shares = allocate(amount, pieces)
    homeless = 0
    for index in range(len(shares)):
        while shares[index] < 0 and worth[index] + shares[index] < 0:
            shares[index] += 1
            homeless += 1
    for index in range(len(shares)):
        while homeless and worth[index] + shares[index] > 0:
            shares[index] -= 1
            homeless -= 1
    return shares
