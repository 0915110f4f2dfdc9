"""A shelf's life from its first event: what each issue cost in the end, and what is left.

The events of one item in one warehouse, in the order (moved_at, id), go through the functions of `costing`. A rebuild
is a replay of everything; an event that comes late is put in its place and `recost` says by how much each cost that is
in the books has to be corrected, so that no fact is ever rewritten.

A receipt's changed value (late landed cost, a corrected price) counts from its own date: what is left of the layer is
re-costed, the rest goes to the issues that took from it, and through goods that came back into their layers.
All value that came = costs + what is on hand ± revaluations, to the last minor unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from server.stock import costing
from server.values.money import allocate
from server.values.rounding import round_half_up


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a shelf, and when. Ids order what happened in the same moment."""

    id: UUID
    moved_at: int


@dataclass(frozen=True, slots=True)
class Received(Event):
    """Goods of a known cost came."""

    quantity_milli: int
    value_minor: int


@dataclass(frozen=True, slots=True)
class Issued(Event):
    """Goods left."""

    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Returned(Event):
    """Goods of an issue came back, at the cost at which they left.

    An issue of another shelf is not known here: then `value_minor` says it, and without that the last known cost does.
    """

    quantity_milli: int
    issue_id: UUID | None = None
    value_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ValueChanged(Event):
    """A receipt turned out to have cost more or less."""

    receipt_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Revalued(Event):
    """A revaluation document: what is on hand is worth more or less from now on, or is costed by another method."""

    amount_minor: int = 0
    method: costing.Method | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a replay.

    `costs` is the cost of sales of each event that has one: an issue's, negative for goods that came back, and of a
    changed value what neither goods nor issues could bear. `takes` explain an issue's cost, oldest layer first; what is
    missing there is still owed. `revalued_minor` is what revaluations added in all.
    """

    shelf: costing.Shelf
    method: costing.Method
    costs: Mapping[UUID, int]
    takes: Mapping[UUID, tuple[costing.Take, ...]]
    revalued_minor: int


def replay(events: Iterable[Event], *, method: costing.Method = "fifo") -> Outcome:
    """Replay the events of one item in one warehouse, whatever order they are given in.

    Raises: ValueError for goods back of an issue, or a changed value of a receipt, that does not stand before it, and
    for a revaluation of nothing or below nothing.
    """
    life = _Life(method)
    for event in sorted(events, key=lambda event: (event.moved_at, event.id)):
        life.take_in(event)
    return Outcome(life.shelf, life.method, life.costs, life.takes(), life.revalued_minor)


def recost(
    recorded: Mapping[UUID, int], events: Iterable[Event], *, method: costing.Method = "fifo"
) -> dict[UUID, int]:
    """The corrections that make the books equal a rebuild; what is right already has none.

    `recorded` is each event's cost as booked with its earlier corrections, negative for goods back. What is not
    recorded yet (the late event itself) gets its whole cost; what is recorded and no longer happened gets it back.
    """
    costs = replay(events, method=method).costs
    differences = {id: costs.get(id, 0) - recorded.get(id, 0) for id in (*costs, *(recorded.keys() - costs.keys()))}
    return {id: difference for id, difference in differences.items() if difference}


@dataclass(slots=True)
class _Batch:
    """A layer's goods from the day they came: how many, and what each issue had of them."""

    id: UUID
    quantity_milli: int
    takers: dict[UUID, costing.Take] = field(default_factory=dict)


@dataclass(slots=True)
class _Life:
    method: costing.Method
    shelf: costing.Shelf = field(default_factory=costing.Shelf)
    costs: dict[UUID, int] = field(default_factory=dict)
    revalued_minor: int = 0
    batches: list[_Batch] = field(default_factory=list)
    places: dict[UUID, int] = field(default_factory=dict)
    """Where the batch of a receipt, or of goods back, stands in `batches`."""
    issued: dict[UUID, int] = field(default_factory=dict)
    returns: dict[UUID, dict[UUID, int]] = field(default_factory=dict)
    last_receipt: UUID | None = None

    def take_in(self, event: Event) -> None:
        match event:
            case Received():
                self._receive(event)
            case Issued():
                self._issue(event)
            case Returned():
                self._put_back(event)
            case ValueChanged():
                self._change_value(event)
            case Revalued():
                self._revalue(event)
            case _:
                raise TypeError(f"no event of a shelf: {event!r}")

    def takes(self) -> dict[UUID, tuple[costing.Take, ...]]:
        found: dict[UUID, list[costing.Take]] = {id: [] for id in self.issued}
        for batch in self.batches:
            for taker, take in batch.takers.items():
                found[taker].append(take)
        return {id: tuple(takes) for id, takes in found.items()}

    def _receive(self, event: Received) -> None:
        place = self._new_batch(event.id, event.quantity_milli)
        receipt = costing.receive(
            self.shelf, event.quantity_milli, event.value_minor, layer_id=event.id, position=place
        )
        self.last_receipt = event.id
        self._settle(receipt)

    def _issue(self, event: Issued) -> None:
        issue = costing.issue(self.shelf, event.quantity_milli, provisional_id=event.id, method=self.method)
        self.shelf = issue.shelf
        self.issued[event.id] = event.quantity_milli
        self.costs[event.id] = issue.value_minor
        for take in issue.takes:
            if take.layer_id is not None:
                self.batches[self.places[take.layer_id]].takers[event.id] = take

    def _put_back(self, event: Returned) -> None:
        value = self._value_back(event)
        place = self._new_batch(event.id, event.quantity_milli)
        receipt = costing.put_back(self.shelf, event.quantity_milli, value, layer_id=event.id, position=place)
        if event.issue_id is not None:
            self.returns.setdefault(event.issue_id, {})[event.id] = event.quantity_milli
        self.costs[event.id] = -value
        self._settle(receipt)

    def _value_back(self, event: Returned) -> int:
        if event.issue_id is None:
            known = event.value_minor
            return costing.at_last_cost(self.shelf, event.quantity_milli) if known is None else known
        if event.issue_id not in self.issued:
            raise ValueError("goods came back of an issue that does not stand before it")
        earlier = self.returns.get(event.issue_id, {})
        reached = sum(earlier.values()) + event.quantity_milli
        whole = round_half_up(self.costs[event.issue_id] * reached, self.issued[event.issue_id])
        return max(0, whole + sum(self.costs[id] for id in earlier))

    def _new_batch(self, id: UUID, quantity_milli: int) -> int:
        self.places[id] = len(self.batches)
        self.batches.append(_Batch(id, quantity_milli))
        return self.places[id]

    def _settle(self, receipt: costing.Receipt) -> None:
        self.shelf = receipt.shelf
        for part in receipt.settlements:
            self.costs[part.take_id] += part.correction_minor
            take = costing.Take(part.layer_id, part.quantity_milli, part.value_minor)
            self.batches[self.places[part.layer_id]].takers[part.take_id] = take

    def _change_value(self, event: ValueChanged) -> None:
        """From layer to layer in the order in which they came: goods back stand behind the issue that they left with.

        Goods that covered a debt older than themselves could lead back to a layer that was passed: there the amount
        stays with the issue.
        """
        if event.receipt_id not in self.places:
            raise ValueError("the value of a receipt changed that does not stand before it")
        coming = {self.places[event.receipt_id]: event.amount_minor}
        while coming:
            place = min(coming)
            amount = coming.pop(place)
            over = amount - self._share_out(place, amount, coming)
            if over:
                self.costs[event.id] = self.costs.get(event.id, 0) + over
        if event.receipt_id == self.last_receipt:
            last = max(0, self.shelf.last_minor + event.amount_minor)
            self.shelf = replace(self.shelf, last_minor=last)

    def _share_out(self, place: int, amount_minor: int, coming: dict[int, int]) -> int:
        """Share an amount over what is left of a batch and who took from it; return what they bear together."""
        batch = self.batches[place]
        taken = [take.quantity_milli for take in batch.takers.values()]
        left = batch.quantity_milli - sum(taken)
        worth = [self._worth_of_the_rest(batch.id), *(max(0, self.costs[taker]) for taker in batch.takers)]
        shares = costing.spread(amount_minor, [left, *taken], worth)
        if shares[0]:
            layer_id = None if self.method == "average" else batch.id
            self.shelf = costing.add_value(self.shelf, shares[0], layer_id=layer_id)
        for taker, share in zip(batch.takers, shares[1:], strict=True):
            self.costs[taker] += share
            take = batch.takers[taker]
            batch.takers[taker] = replace(take, value_minor=take.value_minor + share)
            self._carry_back(taker, share, place, coming)
        return sum(shares)

    def _worth_of_the_rest(self, layer_id: UUID) -> int:
        """Of the average's layers each bears for all."""
        layers = self.shelf.layers
        return sum(layer.left_minor for layer in layers if self.method == "average" or layer.id == layer_id)

    def _carry_back(self, issue_id: UUID, share_minor: int, place: int, coming: dict[int, int]) -> None:
        """Goods that came back came back at what they cost: their part of the share goes on to their layer."""
        back = self.returns.get(issue_id, {})
        kept = max(0, self.issued[issue_id] - sum(back.values()))
        parts = allocate(share_minor, [*back.values(), kept])
        for id, part in zip(back, parts, strict=False):
            if part and self.places[id] > place:
                self.costs[id] -= part
                coming[self.places[id]] = coming.get(self.places[id], 0) + part

    def _revalue(self, event: Revalued) -> None:
        if event.amount_minor:
            self.shelf = costing.add_value(self.shelf, event.amount_minor)
            self.revalued_minor += event.amount_minor
        if event.method is not None:
            if "average" in (self.method, event.method):
                self.shelf = costing.level(self.shelf)
            self.method = event.method
