"""Counting money: what a drawer should hold, what it holds, and the sums of a Z report. Units: minor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

# Notes a customer pays with, smallest first; the browser's `core/change.ts` holds the same.
NOTES = {"AZN": (100, 500, 1_000, 2_000, 5_000, 10_000, 20_000)}


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """The tax of one rate in a document. `kind` (standard, zero, exempt) tells two rates of 0 % apart on paper."""

    tax_rate_id: int
    rate_bp: int
    base_minor: int
    tax_minor: int
    kind: str = "standard"


@dataclass(frozen=True, slots=True)
class DocumentTender:
    """One tender of a document; negative where money went back."""

    tender_type_id: int
    name: str
    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """A sale or a return as the cash sees it. `late_of` is the Z that it came too late for."""

    gross_minor: int
    discount_minor: int
    total_minor: int
    taxes: tuple[DocumentTax, ...] = ()
    tenders: tuple[DocumentTender, ...] = ()
    late_of: str | None = None


@dataclass(frozen=True, slots=True)
class Drawer:
    """A drawer over one shift. Moves in and out are positive; cash sales may be negative (more went back)."""

    float_minor: int
    cash_sales_minor: int
    in_minor: int
    out_minor: int

    @property
    def expected_minor(self) -> int:
        """What the drawer should hold at the close."""
        return self.float_minor + self.cash_sales_minor + self.in_minor - self.out_minor


@dataclass(frozen=True, slots=True)
class Totals:
    """Count and sums of sales, or of returns (whose sums are positive here)."""

    count: int = 0
    gross_minor: int = 0
    discount_minor: int = 0
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class ZSums:
    """The figures of a Z report. The running totals of sales and of returns only grow."""

    sales: Totals
    returns: Totals
    net_minor: int
    taxes: tuple[DocumentTax, ...]
    tenders: tuple[dict[str, Any], ...]
    drawer: dict[str, int]
    late: tuple[dict[str, Any], ...]
    opening_sales_minor: int
    closing_sales_minor: int
    opening_returns_minor: int
    closing_returns_minor: int

    def as_json(self) -> dict[str, Any]:
        """The snapshot as it is stored and printed."""
        return asdict(self) | {name: list(map(_plain, getattr(self, name))) for name in ("taxes", "tenders", "late")}


@dataclass(frozen=True, slots=True)
class Running:
    """The two running totals of a register, before this Z."""

    sales_minor: int = 0
    returns_minor: int = 0


def over_short(*, counted_minor: int, expected_minor: int) -> int:
    """How much more (positive) or less (negative) than expected was counted."""
    return counted_minor - expected_minor


def counted(pieces: Mapping[int, int]) -> int:
    """The cash that a count of notes and coins makes, by their worth in minor units."""
    return sum(worth * count for worth, count in pieces.items())


def quick_amounts(due_minor: int, notes: Sequence[int] = NOTES["AZN"], limit: int = 4) -> list[int]:
    """Round sums above the one due that notes make, smallest first: 24.74 → 25, 30, 40, 50."""
    if due_minor <= 0:
        return []
    return sorted({-(-due_minor // note) * note for note in notes} - {due_minor})[:limit]


def z_sums(documents: Sequence[Document], drawer: Drawer, *, counted_minor: int, running: Running) -> ZSums:
    """The sums over a shift's documents and the late ones that this Z counts.

    A document whose total is negative is a return, an exchange counts by its total.
    """
    sales = _totals([document for document in documents if document.total_minor >= 0], sign=1)
    returns = _totals([document for document in documents if document.total_minor < 0], sign=-1)
    return ZSums(
        sales=sales,
        returns=returns,
        net_minor=sales.total_minor - returns.total_minor,
        taxes=_taxes(documents),
        tenders=_tenders(documents),
        drawer=_drawer(drawer, counted_minor),
        late=_late(documents),
        opening_sales_minor=running.sales_minor,
        closing_sales_minor=running.sales_minor + sales.total_minor,
        opening_returns_minor=running.returns_minor,
        closing_returns_minor=running.returns_minor + returns.total_minor,
    )


def _totals(documents: Sequence[Document], *, sign: int) -> Totals:
    return Totals(
        count=len(documents),
        gross_minor=sign * sum(document.gross_minor for document in documents),
        discount_minor=sign * sum(document.discount_minor for document in documents),
        total_minor=sign * sum(document.total_minor for document in documents),
    )


def _taxes(documents: Iterable[Document]) -> tuple[DocumentTax, ...]:
    rows: dict[int, DocumentTax] = {}
    for tax in (tax for document in documents for tax in document.taxes):
        so_far = rows.get(tax.tax_rate_id)
        base, amount = (so_far.base_minor, so_far.tax_minor) if so_far else (0, 0)
        rows[tax.tax_rate_id] = replace(tax, base_minor=base + tax.base_minor, tax_minor=amount + tax.tax_minor)
    return tuple(rows[rate] for rate in sorted(rows))


def _tenders(documents: Iterable[Document]) -> tuple[dict[str, Any], ...]:
    rows: dict[int, dict[str, Any]] = {}
    for tender in (tender for document in documents for tender in document.tenders):
        named = {"tender_type_id": tender.tender_type_id, "name": tender.name, "kind": tender.kind}
        row = rows.setdefault(tender.tender_type_id, named | {"count": 0, "amount_minor": 0})
        row["count"] += 1
        row["amount_minor"] += tender.amount_minor
    return tuple(rows[tender_type] for tender_type in sorted(rows))


def _drawer(drawer: Drawer, counted_minor: int) -> dict[str, int]:
    expected = drawer.expected_minor
    return asdict(drawer) | {
        "expected_minor": expected,
        "counted_minor": counted_minor,
        "difference_minor": over_short(counted_minor=counted_minor, expected_minor=expected),
    }


def _late(documents: Iterable[Document]) -> tuple[dict[str, Any], ...]:
    rows: dict[str, dict[str, Any]] = {}
    for document in documents:
        if document.late_of is not None:
            row = rows.setdefault(document.late_of, {"z": document.late_of, "count": 0, "total_minor": 0})
            row["count"] += 1
            row["total_minor"] += document.total_minor
    return tuple(rows[z] for z in sorted(rows))


def _plain(row: Any) -> dict[str, Any]:
    return row if isinstance(row, dict) else asdict(row)
