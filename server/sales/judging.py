"""What a person should look at in a sale: its arithmetic, its prices, and whether someone was allowed to do it. Pure.

A completed sale is never refused for any of this; each finding is a flag.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.catalog.prices import PriceRow, price_valid_at
from server.core.actor import Cap
from server.core.facts import Raised
from server.sales.pricing import Amounts, Discount, Line, Priced, price
from server.values.money import BASIS, line_amount
from server.values.tax import tax_inside

Body = Mapping[str, Any]
Rights = Mapping[int, Mapping[str, Cap]]
DIFFERENCES_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A body priced by our own arithmetic, and what of it differs from what the terminal said."""

    priced: Priced
    differences: tuple[str, ...]


def check_arithmetic(body: Body, rates: Mapping[int, int], returned: Sequence[Amounts | None]) -> Judged:
    """Price the sale again. `returned` holds, line by line, the negative amounts of goods that come back."""
    lines = [_line(row, body["discounts"], rates, back) for row, back in zip(body["lines"], returned, strict=True)]
    of_sale = [_discount(row) for row in body["discounts"] if row["position"] is None]
    priced = price(lines, of_sale)
    return Judged(priced, tuple(_differences(body, priced))[:DIFFERENCES_AT_MOST])


def stated_amounts(row: Body, rate_bp: int) -> Amounts:
    """The amounts of a return line as the terminal said them, where what it returns is not known."""
    total = row["total_minor"]
    return Amounts(
        gross_minor=total + row["discount_minor"] + row["share_minor"],
        discount_minor=row["discount_minor"],
        share_minor=row["share_minor"],
        total_minor=total,
        tax_minor=tax_inside(total, rate_bp=rate_bp),
    )


def _line(row: Body, discounts: Iterable[Body], rates: Mapping[int, int], returned: Amounts | None) -> Line:
    own = tuple(_discount(one) for one in discounts if one["position"] == row["position"])
    return Line(
        quantity_milli=row["quantity_milli"],
        unit_price_minor=row["unit_price_minor"],
        tax_rate_id=row["tax_rate_id"],
        rate_bp=rates[row["tax_rate_id"]],
        discounts=own,
        label_minor=_label(row),
        returned=returned,
    )


def _label(row: Body) -> int | None:
    """The price printed on a label, from which the quantity was worked out: within half a gram's worth of it."""
    stated = row["total_minor"] + row["discount_minor"] + row["share_minor"]
    computed = line_amount(quantity_milli=row["quantity_milli"], unit_price_minor=row["unit_price_minor"])
    is_near = 1000 * abs(stated - computed) <= row["unit_price_minor"] + 1000
    return int(stated) if row["weight_from"] == "label" and stated != computed and is_near else None


def _discount(row: Body) -> Discount:
    return Discount(row["kind"], row["value"])


def _differences(body: Body, priced: Priced) -> Iterable[str]:
    for row, own in zip(body["lines"], priced.lines, strict=True):
        for name in ("discount_minor", "share_minor", "total_minor"):
            if row[name] != getattr(own, name):
                yield f"line {row['position']} {name}: {row[name]} told, {getattr(own, name)} computed"
    yield from _discount_differences(body, priced)
    told = {row["tax_rate_id"]: (row["base_minor"], row["tax_minor"]) for row in body["taxes"]}
    own_taxes = {tax.tax_rate_id: (tax.base_minor, tax.tax_minor) for tax in priced.taxes}
    if told != own_taxes:
        yield f"taxes: {told} told, {own_taxes} computed"
    if body["total_minor"] != priced.total_minor:
        yield f"total_minor: {body['total_minor']} told, {priced.total_minor} computed"


def _discount_differences(body: Body, priced: Priced) -> Iterable[str]:
    own = {line["position"]: list(one.discounts_minor) for line, one in zip(body["lines"], priced.lines, strict=True)}
    own[None] = list(priced.sale_discounts_minor)
    for row in body["discounts"]:
        computed = own[row["position"]].pop(0)
        if row["amount_minor"] != computed:
            yield f"discount {row['id']}: {row['amount_minor']} told, {computed} computed"


def check_prices(
    body: Body,
    prices: Mapping[int, Sequence[PriceRow]],
    *,
    known: Container[int],
    branch_id: int,
    drift_ms: int,
    cashier: int,
    rights: Rights,
) -> list[Raised]:
    """Flag unit prices that were not the valid ones where the terminal's catalogue stood, and that nobody might set.

    `known` are the items there are; `drift_ms` is how far the device's clock was
    behind; it is put right before a price's time is asked.
    """
    found = []
    for row in body["lines"]:
        if row["item_id"] not in known or row["quantity_milli"] <= 0 or row["kind"] != "item":
            continue
        valid: Any = price_valid_at(
            prices.get(row["item_id"], ()),
            row["priced_at"] + drift_ms,
            branch_id=branch_id,
            known_until=body["catalogue_cursor"],
        )
        expected = None if valid is None else valid.amount_minor
        if row["unit_price_minor"] == expected and row["price_id"] in (None, valid.id):
            continue
        approvers = (cashier, row["approved_by"], body["approved_by"])
        if not _covered(rights, "sale.price", approvers, _gap(row, expected), _worth(row, expected)):
            detail = {"position": row["position"], "told_minor": row["unit_price_minor"], "valid_minor": expected}
            found.append(Raised("price_differs", detail))
    return found


def _gap(row: Body, expected: int | None) -> int:
    return abs(_worth(row, expected) - _worth(row, row["unit_price_minor"]))


def _worth(row: Body, unit_price_minor: int | None) -> int:
    return line_amount(quantity_milli=row["quantity_milli"], unit_price_minor=unit_price_minor or 0)


def check_caps(body: Body, cashier: int, rights: Rights) -> list[Raised]:
    """Flag discounts that nobody involved might give: without the right, or above its cap."""
    lines = {row["position"]: row for row in body["lines"]}
    by_place: dict[int | None, list[Body]] = {}
    for discount in body["discounts"]:
        by_place.setdefault(discount["position"], []).append(discount)
    found = []
    for position, discounts in by_place.items():
        right = "sale.discount_sale" if position is None else "sale.discount_line"
        amount = abs(sum(discount["amount_minor"] for discount in discounts))
        base = _base(body) if position is None else abs(_gross(lines[position]))
        own = [None] if position is None else [lines[position]["approved_by"]]
        approvers = (cashier, body["approved_by"], *own, *(discount["approved_by"] for discount in discounts))
        if not any(right in rights.get(id or 0, {}) for id in approvers):
            found.append(Raised("missing_right", {"right": right, "position": position}))
        elif not _covered(rights, right, approvers, amount, base):
            found.append(Raised("over_cap", {"right": right, "position": position, "amount_minor": amount}))
    return found


def check_rights(body: Body, cashier: int, rights: Rights) -> list[Raised]:
    """Flag what neither the cashier nor an approver might do: ring, take back, sell what is in no catalogue."""
    found = []
    if "sale.ring" not in rights.get(cashier, {}):
        found.append(Raised("missing_right", {"right": "sale.ring"}))
    asked: dict[str, tuple[int | None, ...]] = {}
    for row in body["lines"]:
        who = (cashier, row["approved_by"], body["approved_by"])
        if row["quantity_milli"] < 0:
            asked.setdefault("sale.return", who)
        elif row["item_id"] is None and row["kind"] == "item":
            asked.setdefault("sale.open_item", who)
    for right, askers in asked.items():
        if not any(right in rights.get(id or 0, {}) for id in askers):
            found.append(Raised("missing_right", {"right": right}))
    return found


def needed_bp(amount_minor: int, base_minor: int) -> int:
    """The smallest percentage, in basis points, whose rounded amount reaches a discount."""
    if amount_minor == 0:
        return 0
    if base_minor == 0:
        return BASIS
    return -(-(2 * abs(amount_minor) - 1) * BASIS // (2 * abs(base_minor)))


def _covered(rights: Rights, right: str, people: Iterable[int | None], amount: int, base: int) -> bool:
    caps = (rights.get(id, {}).get(right) for id in people if id is not None)
    bp = needed_bp(amount, base)
    return any(cap is not None and cap.covers(bp=bp, minor=amount) for cap in caps)


def _gross(row: Body) -> int:
    return int(row["total_minor"] + row["discount_minor"] + row["share_minor"])


def _base(body: Body) -> int:
    """What the sale's discounts are taken from: the lines that are sold, after their own discounts."""
    sold = sum(row["total_minor"] + row["share_minor"] for row in body["lines"] if row["quantity_milli"] > 0)
    return abs(sold) or abs(sum(row["total_minor"] + row["share_minor"] for row in body["lines"]))
