"""What was sold earlier and what of it came back: the ground on which returns are priced."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from server.core.transaction import session
from server.sales.models import Sale, SaleLine
from server.sales.pricing import Amounts, return_of

SALE, LINE = Sale.__table__, SaleLine.__table__
AMOUNTS = ("gross_minor", "discount_minor", "share_minor", "total_minor", "tax_minor", "cost_minor")
NOTHING = Amounts()


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line as it was sold. Units: thousandths, minor."""

    item_id: int | None
    quantity_milli: int
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Back:
    """What came back of a line so far; all positive."""

    quantity_milli: int = 0
    amounts: Amounts = NOTHING

    def plus(self, quantity_milli: int, amounts: Amounts) -> "Back":
        """With one more return of it (positive amounts)."""
        return Back(self.quantity_milli + quantity_milli, _sum(self.amounts, amounts))


@dataclass(slots=True)
class Earlier:
    """Sales that a batch names as returned, with their lines and what came back of each."""

    lines: dict[uuid.UUID, dict[int, SoldLine]] = field(default_factory=dict)
    back: dict[tuple[uuid.UUID, int], Back] = field(default_factory=dict)

    @classmethod
    def of(cls, sale_ids: Iterable[uuid.UUID]) -> "Earlier":
        """Read them with two queries."""
        wanted = list(set(sale_ids))
        if not wanted:
            return cls()
        lines: dict[uuid.UUID, dict[int, SoldLine]] = {}
        for row in session().execute(sa.select(LINE).where(LINE.c.sale_id.in_(wanted))):
            lines.setdefault(row.sale_id, {})[row.position] = SoldLine(row.item_id, row.quantity_milli, amounts_of(row))
        return cls(lines, _back(wanted))

    def knows(self, sale_id: uuid.UUID) -> bool:
        """Whether the sale has arrived."""
        return sale_id in self.lines

    def line(self, sale_id: uuid.UUID, position: int) -> SoldLine | None:
        """A sold line that can come back."""
        found = self.lines.get(sale_id, {}).get(position)
        return found if found is not None and found.quantity_milli > 0 else None

    def add(self, sale_id: uuid.UUID, lines: Iterable[Mapping[str, Any]]) -> None:
        """A sale of this batch is booked: a return later in the batch finds it."""
        self.lines[sale_id] = {
            row["position"]: SoldLine(
                row["item_id"], row["quantity_milli"], Amounts(**{name: row[name] for name in AMOUNTS})
            )
            for row in lines
        }


@dataclass(slots=True)
class Returning:
    """The return lines of one sale, priced one after the other on what came back before."""

    earlier: Earlier
    sale_id: uuid.UUID
    back: dict[int, Back] = field(default_factory=dict)
    too_much: list[int] = field(default_factory=list)

    def price(self, position: int, quantity_milli: int) -> Amounts | None:
        """The positive amounts of a quantity of a sold line; None where that line is not known."""
        sold = self.earlier.line(self.sale_id, position)
        if sold is None:
            return None
        so_far = self.back.get(position) or self.earlier.back.get((self.sale_id, position), Back())
        amounts = return_of(
            sold.amounts,
            sold_milli=sold.quantity_milli,
            returned_milli=so_far.quantity_milli,
            paid_back=so_far.amounts,
            quantity_milli=quantity_milli,
        )
        self.back[position] = so_far.plus(quantity_milli, amounts)
        if self.back[position].quantity_milli > sold.quantity_milli:
            self.too_much.append(position)
        return amounts

    def accept(self) -> None:
        """The return is booked: the next one counts it."""
        self.earlier.back.update({(self.sale_id, position): back for position, back in self.back.items()})


def returned_so_far(sale_id: uuid.UUID) -> dict[int, Back]:
    """What came back of each line of a sale."""
    return {position: back for (_, position), back in _back([sale_id]).items()}


def amounts_of(row: Any) -> Amounts:
    """The amounts of a line's row."""
    return Amounts(**{name: getattr(row, name) for name in AMOUNTS})


def _back(sale_ids: list[uuid.UUID]) -> dict[tuple[uuid.UUID, int], Back]:
    sums = [sa.func.sum(LINE.c[name]) for name in ("quantity_milli", *AMOUNTS)]
    query = (
        sa.select(SALE.c.returns_sale_id, LINE.c.returns_position, *sums)
        .join(LINE, LINE.c.sale_id == SALE.c.id)
        .where(SALE.c.returns_sale_id.in_(sale_ids), LINE.c.returns_position.is_not(None))
        .group_by(SALE.c.returns_sale_id, LINE.c.returns_position)
    )
    found = {}
    for sale_id, position, milli, *amounts in session().execute(query):
        positive = (-int(amount) for amount in amounts)
        found[sale_id, position] = Back(-int(milli), Amounts(**dict(zip(AMOUNTS, positive, strict=True))))
    return found


def _sum(one: Amounts, other: Amounts) -> Amounts:
    return Amounts(**{name: getattr(one, name) + getattr(other, name) for name in AMOUNTS})
