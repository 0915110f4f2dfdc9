"""One sale while it is being booked, and the rows that it becomes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.cash.documents import Document
from server.cash.tills import ShiftState
from server.core.facts import Fact, Raised
from server.sales.pricing import PricedLine
from server.sales.sold import Returning
from server.stores.models import Branch
from server.values import times

COPIED = (
    "position", "kind", "parent", "origin_id", "name", "barcode", "quantity_milli", "unit_price_minor", "price_id",
    "priced_at", "discount_minor", "share_minor", "total_minor", "tax_rate_id", "weight_from", "returns_position",
    "approved_by", "note",
)  # fmt: skip
"""What a stored line takes over from the body as it is."""


@dataclass(slots=True)
class Work:
    """One sale while it is being booked."""

    fact: Fact
    body: Mapping[str, Any]
    cashier: int
    shift: ShiftState
    series: str
    raised: list[Raised] = field(default_factory=list)
    returning: Returning | None = None
    items: list[int | None] = field(default_factory=list)
    line_rows: list[dict[str, Any]] = field(default_factory=list)


def sale_row(work: Work, branch: Branch, warehouse_id: int, currency: str) -> dict[str, Any]:
    """The row of the sale itself."""
    body, fact, shift = work.body, work.fact, work.shift
    sums = {name: sum(row[name] for row in work.line_rows) for name in ("gross_minor", "cost_minor")}
    return {
        "id": fact.id,
        "number": body["number"],
        "series": work.series,
        "counter": body["counter"],
        "register_id": shift.register_id,
        "lease_id": body["lease_id"],
        "shift_id": shift.id,
        "company_id": branch.company_id,
        "branch_id": branch.id,
        "warehouse_id": warehouse_id,
        "terminal_id": fact.terminal_id,
        "cashier_id": work.cashier,
        "customer_id": body["customer_id"],
        "rung_at": fact.occurred_at,
        "local_hour": times.local_hour(fact.occurred_at, branch.timezone),
        "received_at": fact.received_at,
        "business_day": shift.business_day,
        "currency": currency,
        **sums,
        "discount_minor": sum(row["discount_minor"] + row["share_minor"] for row in work.line_rows),
        "tax_minor": sum(row["tax_minor"] for row in body["taxes"]),
        "total_minor": body["total_minor"],
        "lines": len(work.line_rows),
        "catalogue_cursor": body["catalogue_cursor"],
        "returns_sale_id": body["returns_sale_id"],
        "approved_by": body["approved_by"],
        "note": body["note"],
    }


def line_rows(
    work: Work, lines: Sequence[PricedLine], rates: Mapping[int, int], costs: Sequence[int]
) -> list[dict[str, Any]]:
    """The rows of its lines: amounts as the terminal said them, tax and cost as they were worked out here."""
    return [
        {name: row[name] for name in COPIED}
        | {
            "sale_id": work.fact.id,
            "item_id": item_id,
            "gross_minor": row["total_minor"] + row["discount_minor"] + row["share_minor"],
            "tax_minor": own.tax_minor,
            "rate_bp": rates[row["tax_rate_id"]],
            "cost_minor": cost,
        }
        for row, own, item_id, cost in zip(work.body["lines"], lines, work.items, costs, strict=True)
    ]


def document_of(work: Work) -> Document:
    """What the sale hands down to the cash."""
    body = work.body
    is_return = body["total_minor"] < 0
    return Document(
        kind="return" if is_return else "sale",
        number=body["number"],
        gross_minor=sum(row["gross_minor"] for row in work.line_rows),
        discount_minor=sum(row["discount_minor"] + row["share_minor"] for row in work.line_rows),
        total_minor=body["total_minor"],
        taxes=body["taxes"],
        tenders=body["tenders"],
    )


def discount_rows(work: Work) -> list[dict[str, Any]]:
    """The rows of its discounts, in the order in which they were given."""
    names = ("id", "position", "kind", "value", "amount_minor", "approved_by")
    return [
        {name: row[name] for name in names} | {"sale_id": work.fact.id, "by": work.cashier, "nth": nth}
        for nth, row in enumerate(work.body["discounts"], start=1)
    ]
