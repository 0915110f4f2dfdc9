"""What moves goods: issues and returns of documents above, opening stock and adjustments by people.

A batch reads its shelves once: `ask_shelves` and `open_shelves`, then `plan` and `accept` for each document, then
`close`; the rows go on a sheet.
`issue_lines`, `return_lines` and `book_entry` do all of that for one document.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server.catalog import queries as catalog
from server.core import audit, clock
from server.core.errors import FieldError, Invalid
from server.core.ids import new_id
from server.core.rows import Sheet
from server.core.transaction import session
from server.stock.models import StockEntry, StockEntryLine
from server.stock.reading import Asked
from server.stock.shelves import Cause, Key, Move, Shelves
from server.stores import queries as stores
from server.values import times

ENTRY_LINES_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One item of an entry. Units: thousandths (signed); `cost_minor` is what the whole line cost, none if unknown."""

    item_id: int
    quantity_milli: int
    cost_minor: int | None = None


def ask_shelves(keys: Iterable[Key]) -> Asked:
    """Ask for the shelves of a batch together with what else is asked now, and have them locked."""
    return Asked.of(keys)


def open_shelves(asked: Asked, receiving: Collection[Key] = ()) -> Shelves:
    """The shelves of a batch; to those of `receiving` goods may come."""
    return Shelves(asked, receiving)


def issue_lines(moves: Sequence[Move]) -> list[int]:
    """Move the lines of one document and return the cost of each, in minor units.

    Going below zero is allowed: it leaves at the last known cost and is settled by the next receipt. Repeats: no;
    guarded by the document's id.
    """
    asked = ask_shelves(move.key for move in moves)
    shelves = open_shelves(asked, {move.key for move in moves if move.quantity_milli > 0})
    return _book(shelves, moves)


return_lines = issue_lines
"""Goods that come back carry the value at which they left; the arithmetic of a batch is the same."""


def book_entry(
    kind: str, warehouse_id: int, lines: Sequence[EntryLine], *, reason: str = "", by: int | None = None
) -> StockEntry:
    """Book opening stock or an adjustment. What comes in without a cost comes at the last known one.

    Raises NotFound for the warehouse, Invalid for unknown items, an unknown cost, and an opening that takes.
    """
    warehouse = stores.warehouse(warehouse_id)
    branch = stores.branch(warehouse.branch_id)
    known = _known(kind, lines)
    receiving = {(line.item_id, warehouse_id) for line in known if line.quantity_milli > 0}
    shelves = open_shelves(ask_shelves((line.item_id, warehouse_id) for line in known), receiving)
    _require_costs(kind, lines, shelves, warehouse_id)
    now = clock.now_ms()
    entry = StockEntry(
        id=new_id(now),
        kind=kind,
        warehouse_id=warehouse_id,
        branch_id=branch.id,
        business_day=times.business_day(now, branch.timezone, branch.cut_off_min),
        reason=reason,
        by=by,
        booked_at=now,
    )
    session().add(entry)
    session().flush()
    values = _book(shelves, [_entry_move(entry, position, line) for position, line in enumerate(lines, start=1)])
    session().execute(sa.insert(StockEntryLine), list(_entry_rows(entry.id, lines, values)))
    audit.write("book_stock", "stock_entry", entry.id, after={"kind": kind, "reason": reason, "lines": len(lines)})
    return entry


def _book(shelves: Shelves, moves: Sequence[Move]) -> list[int]:
    plan = shelves.plan(moves)
    sheet = Sheet()
    plan.put_on(sheet)
    shelves.accept(plan)
    shelves.close(sheet)
    sheet.write()
    return plan.values


def _known(kind: str, lines: Sequence[EntryLine]) -> Sequence[EntryLine]:
    known = catalog.items_by_id([line.item_id for line in lines])
    errors = []
    for index, line in enumerate(lines):
        if line.item_id not in known:
            errors.append(FieldError(f"lines.{index}.item_id", "unknown_item"))
        if line.quantity_milli == 0 or (kind == "opening" and line.quantity_milli < 0):
            errors.append(FieldError(f"lines.{index}.quantity_milli", "out_of_range", {"least": 1, "most": 10**12}))
    if errors:
        raise Invalid(errors=errors)
    return lines


def _require_costs(kind: str, lines: Sequence[EntryLine], shelves: Shelves, warehouse_id: int) -> None:
    errors = [
        FieldError(f"lines.{index}.cost_minor", "required")
        for index, line in enumerate(lines)
        if line.quantity_milli > 0
        and line.cost_minor is None
        and (kind == "opening" or not shelves.knows_cost((line.item_id, warehouse_id)))
    ]
    if errors:
        raise Invalid(errors=errors)


def _entry_move(entry: StockEntry, position: int, line: EntryLine) -> Move:
    return Move(
        item_id=line.item_id,
        warehouse_id=entry.warehouse_id,
        branch_id=entry.branch_id,
        quantity_milli=line.quantity_milli,
        cause=Cause(entry.kind, entry.id, position),
        business_day=entry.business_day,
        moved_at=entry.booked_at,
        value_minor=line.cost_minor if line.quantity_milli > 0 else None,
        is_receipt=line.quantity_milli > 0 and line.cost_minor is not None,
    )


def _entry_rows(entry_id: uuid.UUID, lines: Sequence[EntryLine], values: Sequence[int]) -> Iterable[Mapping[str, Any]]:
    for position, (line, value) in enumerate(zip(lines, values, strict=True), start=1):
        yield {
            "entry_id": entry_id,
            "position": position,
            "item_id": line.item_id,
            "quantity_milli": line.quantity_milli,
            "cost_minor": value if line.quantity_milli > 0 else -value,
        }
