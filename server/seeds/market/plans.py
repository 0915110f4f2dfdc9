"""What a till is planned to do: quantities, discounts and how a customer means to pay. The totals are booking's work.

Times are milliseconds UTC. Rows name items by SKU, people by key, registers by code, baskets by their own key.
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Discount:
    """Taken off a line or a whole basket. `kind` is percent or amount. Units: basis points, or minor units."""

    kind: str
    value: int
    approved_by: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One good of a basket. `barcode` was scanned, `weight_from` is scale, label or none. Units: thousandths."""

    sku: str
    quantity_milli: int
    barcode: str | None
    weight_from: str
    discount: Discount | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """How a customer means to pay a part: at most `amount_minor`, or what is left when there is none.

    Cash is handed over in multiples of `note_minor`; without one it is counted out exactly.
    """

    tender: str
    amount_minor: int | None = None
    note_minor: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Basket:
    """A sale."""

    key: str
    rung_at: int
    lines: tuple[Line, ...]
    payments: tuple[Payment, ...]
    discount: Discount | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """Goods of an earlier basket that come back. `lines` are its positions (from 1) and thousandths, both positive."""

    key: str
    rung_at: int
    basket: str
    lines: tuple[tuple[int, int], ...]
    tender: str
    approved_by: str
    note: str


@dataclass(frozen=True, slots=True)
class CashMove:
    """Cash into the drawer (`direction` in) or out of it; `place` is safe or outside. Units: minor units, positive."""

    moved_at: int
    direction: str
    place: str
    amount_minor: int
    reason: str


Event: TypeAlias = Basket | Return | CashMove


@dataclass(frozen=True, slots=True)
class Shift:
    """One cashier at one register. `difference_minor` is how far the count at the close lies from what it should be."""

    register: str
    cashier: str
    opened_at: int
    closed_at: int
    float_minor: int
    events: tuple[Event, ...]
    difference_minor: int = 0
    reason: str = ""

    @property
    def baskets(self) -> tuple[Basket, ...]:
        """The sales of the shift, in order of time."""
        return tuple(event for event in self.events if isinstance(event, Basket))

    @property
    def returns(self) -> tuple[Return, ...]:
        """The returns of the shift, in order of time."""
        return tuple(event for event in self.events if isinstance(event, Return))

    @property
    def cash_moves(self) -> tuple[CashMove, ...]:
        """Cash in and out of the shift, in order of time."""
        return tuple(event for event in self.events if isinstance(event, CashMove))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the market: one shift at each register."""

    day: date
    shifts: tuple[Shift, ...]
