"""The arithmetic of the vectors, worked out slowly and apart from the product: exact fractions, no shared code.

What `make.py` writes is what these say; Python and TypeScript must both agree with it.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from typing import Any


def half_up(exact: Fraction) -> int:
    """To the nearest integer, a half away from zero."""
    nearest = floor(abs(exact) + Fraction(1, 2))
    return nearest if exact >= 0 else -nearest


def spread(whole: int, exact: Sequence[Fraction]) -> list[int]:
    """Largest remainder by repeated search: a missing unit goes to the part furthest below its exact one."""
    if whole < 0 or (whole == 0 and sum(exact) < 0):
        return [-part for part in spread(-whole, [-part for part in exact])]
    parts = [floor(part) for part in exact]
    served: set[int] = set()
    while sum(parts) < whole:
        candidates = [index for index in range(len(parts)) if index not in served]
        best = max(candidates, key=lambda index: (exact[index] - floor(exact[index]), -index))
        parts[best] += 1
        served.add(best)
    return parts


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount over weights."""
    if amount == 0:
        return [0 for _ in weights]
    return spread(amount, [Fraction(amount * weight, sum(weights)) for weight in weights])


def inside(gross: int, rate_bp: int) -> Fraction:
    """The exact tax in a gross amount."""
    return Fraction(gross * rate_bp, 10_000 + rate_bp)


def price(lines: Sequence[dict[str, Any]], sale_discounts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A whole sale, line by line."""
    rows = [_row(line) for line in lines]
    own = [row for row, line in zip(rows, lines, strict=True) if not line.get("returned")]
    sold = [row for row in own if row["left"] > 0]
    base = sold if sold else own
    taken = _take(sale_discounts, sum(row["left"] for row in base))
    for row, share in zip(base, allocate(sum(taken), [abs(row["left"]) for row in base]), strict=True):
        row["share_minor"] = share
    for row in rows:
        row["total_minor"] = row["gross_minor"] - row["discount_minor"] - row["share_minor"]
    taxes = _taxes(lines, rows)
    for row in rows:
        del row["left"]
    return {
        "lines": rows,
        "sale_discounts_minor": taken,
        "gross_minor": sum(row["gross_minor"] for row in rows),
        "discount_minor": sum(row["discount_minor"] + row["share_minor"] for row in rows),
        "tax_minor": sum(row["tax_minor"] for row in rows),
        "total_minor": sum(row["total_minor"] for row in rows),
        "taxes": taxes,
    }


def returned(
    sold: dict[str, int], sold_milli: int, returned_milli: int, paid: dict[str, int], q: int
) -> dict[str, int]:
    """What giving back q of a line pays."""
    parts = {
        name: half_up(Fraction(sold[name] * (returned_milli + q), sold_milli)) - paid[name]
        for name in ("discount_minor", "share_minor", "total_minor", "tax_minor")
    }
    return parts | {"gross_minor": parts["total_minor"] + parts["discount_minor"] + parts["share_minor"]}


def fold(operations: Sequence[Any]) -> dict[str, Any]:
    """An open order told as a story: operation by operation in the order of their clocks."""
    story = sorted({one.id: one for one in operations}.values(), key=lambda one: (one.hlc, one.id))
    order: dict[str, Any] = {"name": story[0].body["head"]["name"], "note": "", "discount": None, "dropped": None}
    order |= {"branch_id": story[0].body["head"]["branch_id"], "kind": story[0].body["head"]["kind"]}
    order |= {"opened_hlc": story[0].hlc, "opened_by": story[0].person_id, "changed_hlc": story[-1].hlc}
    lines: dict[str, dict[str, Any]] = {}
    for one in story:
        if one.kind == "order_line_add":
            lines[one.body["line_id"]] = _new_line(one, len(lines) + 1)
        elif one.kind == "order_rename":
            order["name"] = one.body["name"]
        elif one.kind == "order_drop":
            order["dropped"] = {"hlc": one.hlc, "reason": one.body["reason"], "by": one.person_id}
            for line in lines.values():
                line["is_dropped"] = True
    # A terminal whose clock is behind may void, pay or set a line before (by the clock) it was added.
    for one in story:
        _apply(one, order, lines)
    flags = [flag for line in lines.values() for flag in _close(line)]
    return order | {"lines": list(lines.values()), "flags": flags}


def _row(line: dict[str, Any]) -> dict[str, Any]:
    back = line.get("returned")
    if back:
        names = ("gross_minor", "discount_minor", "share_minor", "tax_minor")
        return {name: back[name] for name in names} | {"discounts_minor": [], "left": 0}
    gross = line.get("label_minor")
    if gross is None:
        gross = half_up(Fraction(line["quantity_milli"] * line["unit_price_minor"], 1000))
    taken = _take(line.get("discounts", []), gross)
    row = {"gross_minor": gross, "discounts_minor": taken, "discount_minor": sum(taken), "share_minor": 0}
    return row | {"left": gross - sum(taken)}


def _take(discounts: Sequence[dict[str, Any]], amount: int) -> list[int]:
    taken = []
    for discount in discounts:
        left = amount - sum(taken)
        if discount["kind"] == "percent":
            part = half_up(Fraction(left * discount["value"], 10_000))
        else:
            part = discount["value"] if left >= 0 else -discount["value"]
        taken.append(part if abs(part) <= abs(left) else left)
    return taken


def _taxes(lines: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]]) -> list[dict[str, int]]:
    taxes = []
    for rate_id, rate_bp in sorted({(line["tax_rate_id"], line["rate_bp"]) for line in lines}):
        both = [(line, row) for line, row in zip(lines, rows, strict=True) if line["tax_rate_id"] == rate_id]
        own = [row for line, row in both if not line.get("returned")]
        whole = half_up(inside(sum(row["total_minor"] for row in own), rate_bp))
        for row, tax in zip(own, spread(whole, [inside(row["total_minor"], rate_bp) for row in own]), strict=True):
            row["tax_minor"] = tax
        tax, total = sum(row["tax_minor"] for _, row in both), sum(row["total_minor"] for _, row in both)
        taxes.append({"tax_rate_id": rate_id, "rate_bp": rate_bp, "base_minor": total - tax, "tax_minor": tax})
    return taxes


def _new_line(one: Any, position: int) -> dict[str, Any]:
    described = {name: one.body[name] for name in one.body if name not in ("head", "line_id", "note", "discount")}
    return {
        "line_id": one.body["line_id"],
        "position": position,
        "added": described,
        "added_by": one.person_id,
        "note": one.body.get("note", ""),
        "discount": one.body.get("discount"),
        "quantity_milli": one.body["quantity_milli"],
        "voided_milli": 0,
        "paid_milli": 0,
        "is_dropped": False,
        "sale_ids": [],
    }


def _apply(one: Any, order: dict[str, Any], lines: dict[str, dict[str, Any]]) -> None:
    target = lines.get(one.body.get("line_id"), order)
    if one.kind == "order_line_void":
        target["voided_milli"] += one.body["quantity_milli"]
    elif one.kind == "order_line_pay":
        target["paid_milli"] += one.body["quantity_milli"]
        target["sale_ids"] = sorted({*target["sale_ids"], one.body["sale_id"]})
    elif one.kind == "order_line_set":
        target |= {name: one.body[name] for name in ("note", "discount") if name in one.body}


def _close(line: dict[str, Any]) -> list[dict[str, Any]]:
    flags, wanted, quantity = [], line["voided_milli"], line["quantity_milli"]
    named = {"line_id": line["line_id"], "sale_ids": line["sale_ids"]}
    if line["paid_milli"] > quantity:
        flags.append(named | {"kind": "paid_twice", "over_milli": line["paid_milli"] - quantity})
    room = max(0, quantity - line["paid_milli"])
    if wanted > room:
        flags.append(named | {"kind": "void_too_much", "over_milli": wanted - room})
    line["voided_milli"] = min(wanted, quantity)
    left = quantity - line["voided_milli"] - line["paid_milli"]
    line["left_milli"] = 0 if line["is_dropped"] else max(0, left)
    return flags
