"""Reads of sales: lists, one sale with all that belongs to it, a day's takings, the paper's value, till events."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from server.cash import queries as cash
from server.catalog import queries as catalog
from server.core import actor, clock, flags, paging
from server.core.errors import NotFound
from server.core.transaction import session
from server.devices import queries as devices
from server.sales.models import ReceiptCopy, Sale, SaleDiscount, SaleLine, SaleTax, TillEvent
from server.sales.sold import Back, returned_so_far
from server.staff import queries as staff
from server.stock import queries as stock
from server.stores import queries as stores
from server.values import times

PAID_BACK = ("gross_minor", "discount_minor", "share_minor", "total_minor", "tax_minor")


def sale(sale_id: uuid.UUID) -> Sale:
    """A sale that the actor may see. Raises NotFound."""
    row = session().get(Sale, sale_id)
    if row is None or not actor.current().sees_branch(row.branch_id):
        raise NotFound("no such sale")
    return row


def sales(
    *,
    q: str = "",
    number: str | None = None,
    from_day: str | None = None,
    until_day: str | None = None,
    register_id: int | None = None,
    person_id: int | None = None,
    shift_id: uuid.UUID | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of sales, the newest business day first, in it the newest sale."""
    query = sa.select(Sale)
    wanted = {
        Sale.number: number or q or None,
        Sale.register_id: register_id,
        Sale.cashier_id: person_id,
    }
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    if from_day is not None:
        query = query.where(Sale.business_day >= from_day)
    if until_day is not None:
        query = query.where(Sale.business_day <= until_day)
    if shift_id is not None:
        query = query.where(Sale.id.in_(cash.documents_of_shift(shift_id)))
    branches = actor.current().branch_ids
    if branches is not None:
        query = query.where(_in_branches(branches))
    order = [(Sale.business_day, True), (Sale.rung_at, True), (Sale.id, True)]
    rows, following = paging.page(query, order, limit=limit, cursor=cursor)
    return _rows(rows), following


def _in_branches(branches: Collection[int]) -> sa.ColumnElement[bool]:
    """One branch has its sales in their order in an index. Of several, the planner shall take the index of all sales
    in their order, and not sort what each branch ever sold; adding nothing to the column hides its index."""
    return Sale.branch_id == next(iter(branches)) if len(branches) == 1 else (Sale.branch_id + 0).in_(branches)


def sale_detail(row: Sale) -> dict[str, Any]:
    """A sale with lines, discounts, tenders, taxes, cost, flags, copies, and what came back so far."""
    sees_cost = actor.current().may("stock.see_cost")
    plain = (
        "shift_id", "branch_id", "terminal_id", "received_at", "currency", "gross_minor", "tax_minor", "note",
        "approved_by",
    )  # fmt: skip
    returned = session().get(Sale, row.returns_sale_id) if row.returns_sale_id else None
    copies = sa.select(sa.func.count()).select_from(ReceiptCopy).where(ReceiptCopy.sale_id == row.id)
    return (
        _rows([row])[0]
        | {name: getattr(row, name) for name in plain}
        | {
            "cost_minor": row.cost_minor if sees_cost else None,
            "returns_number": returned.number if returned else None,
            "line_rows": _line_rows(row.id, sees_cost=sees_cost),
            "discounts": _of_sale(SaleDiscount, row.id, SaleDiscount.nth),
            "tenders": cash.tenders_of([row.id]).get(row.id, []),
            "taxes": taxes_of(row.id),
            "flag_rows": flags.flags_about("sale", [str(row.id)]).get(str(row.id), []),
            "returns": _returns_of(row.id),
            "copies": session().scalar(copies) or 0,
        }
    )


def paid_origins(sale_id: uuid.UUID) -> list[Any]:
    """Position, origin_id and quantity_milli of the lines that pay a line of an open order."""
    query = sa.select(SaleLine.position, SaleLine.origin_id, SaleLine.quantity_milli).where(
        SaleLine.sale_id == sale_id, SaleLine.origin_id.is_not(None), SaleLine.quantity_milli > 0
    )
    return list(session().execute(query.order_by(SaleLine.position)))


def lines_of(sale_id: uuid.UUID) -> list[SaleLine]:
    """The lines of a sale in their order."""
    return list(session().scalars(sa.select(SaleLine).where(SaleLine.sale_id == sale_id).order_by(SaleLine.position)))


def taxes_of(sale_id: uuid.UUID) -> list[dict[str, Any]]:
    """The taxes of a sale with the kinds of their rates."""
    rates = catalog.tax_rates_by_id()
    rows = session().scalars(sa.select(SaleTax).where(SaleTax.sale_id == sale_id).order_by(SaleTax.tax_rate_id))
    names = ("tax_rate_id", "rate_bp", "base_minor", "tax_minor")
    return [{name: getattr(row, name) for name in names} | {"kind": rates[row.tax_rate_id].kind} for row in rows]


def paper_of(row: Sale) -> dict[str, Any]:
    """The value of which `receipt.receipt_blocks` makes the paper."""
    branch = stores.branch(row.branch_id)
    company = stores.company_of(branch)
    returned = session().get(Sale, row.returns_sale_id) if row.returns_sale_id else None
    lines = lines_of(row.id)
    units = units_of(line.item_id for line in lines)
    unknown = str(row.returns_sale_id) if row.returns_sale_id else None
    return {
        "id": str(row.id),
        "number": row.number,
        "register": cash.registers_by_id([row.register_id])[row.register_id].code,
        "cashier": staff.names_of([row.cashier_id]).get(row.cashier_id, ""),
        "rung_at": times.local_minute(row.rung_at, branch.timezone),
        "currency": row.currency,
        "note": row.note or "",
        "seller": {"name": company.name, "tax_id": company.tax_id},
        "branch": {
            "name": branch.name,
            "address": branch.address,
            "head": branch.receipt_head,
            "foot": branch.receipt_foot,
        },
        "returns_number": returned.number if returned else unknown,
        "lines": [_paper_line(line, units) for line in lines],
        "gross_minor": row.gross_minor,
        "discount_minor": row.discount_minor,
        "total_minor": row.total_minor,
        "taxes": taxes_of(row.id),
        "tenders": [_paper_tender(tender) for tender in cash.tenders_of([row.id]).get(row.id, [])],
    }


def units_of(item_ids: Iterable[int | None]) -> dict[int | None, str]:
    """The code of each item's unit; pieces where a line has no item."""
    items = catalog.items_by_id([id for id in item_ids if id is not None])
    codes = {unit.id: unit.code for unit in catalog.units()}
    return {None: "pcs"} | {id: codes[item.unit_id] for id, item in items.items()}


def takings(day: str | None = None, branch_id: int | None = None) -> list[dict[str, Any]]:
    """What the actor's branches took on a business day (each one's own today when not named)."""
    who = actor.current()
    branches = [one for one in stores.branches() if who.sees_branch(one.id) and branch_id in (None, one.id)]
    if branch_id is not None and not branches:
        raise NotFound("no such branch")
    return [_takings(one, day or times.business_day(clock.now_ms(), one.timezone, one.cut_off_min)) for one in branches]


def till_events(
    *, q: str = "", kind: str | None = None, person_id: int | None = None, limit: int = 50, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of till events, newest first."""
    query = sa.select(TillEvent)
    if kind is not None:
        query = query.where(TillEvent.kind == kind)
    if person_id is not None:
        query = query.where(TillEvent.person_id == person_id)
    order = [(TillEvent.happened_at, True), (TillEvent.id, True)]
    rows, following = paging.page(query, order, limit=limit, cursor=cursor)
    terminals = devices.terminals_by_id(row.terminal_id for row in rows)
    people = staff.names_of({row.person_id for row in rows if row.person_id is not None})
    plain = ("id", "kind", "detail", "terminal_id", "person_id", "approved_by", "happened_at")
    return [
        {name: getattr(row, name) for name in plain}
        | {"terminal": terminals[row.terminal_id].name, "person": people.get(row.person_id)}
        for row in rows
    ], following


def _rows(rows: list[Sale]) -> list[dict[str, Any]]:
    registers = cash.registers_by_id(row.register_id for row in rows)
    people = staff.names_of({row.cashier_id for row in rows})
    raised = flags.flags_about("sale", [str(row.id) for row in rows])
    plain = (
        "id", "number", "rung_at", "business_day", "register_id", "cashier_id", "lines", "total_minor",
        "discount_minor", "returns_sale_id",
    )  # fmt: skip
    return [
        {name: getattr(row, name) for name in plain}
        | {
            "register": registers[row.register_id].code,
            "cashier": people.get(row.cashier_id, ""),
            "flags": sorted({flag.kind for flag in raised.get(str(row.id), []) if flag.settled_at is None}),
        }
        for row in rows
    ]


def _line_rows(sale_id: uuid.UUID, *, sees_cost: bool) -> list[dict[str, Any]]:
    lines = lines_of(sale_id)
    units = units_of(line.item_id for line in lines)
    back = returned_so_far(sale_id)
    corrections = stock.corrections_of(sale_id)
    return [_line_row(line, units, back.get(line.position, Back()), corrections, sees_cost=sees_cost) for line in lines]


def _line_row(
    line: SaleLine, units: dict[int | None, str], back: Back, corrections: dict[int | None, int], *, sees_cost: bool
) -> dict[str, Any]:
    plain = (
        "position", "kind", "item_id", "name", "barcode", "quantity_milli", "unit_price_minor", "price_id",
        "gross_minor", "discount_minor", "share_minor", "total_minor", "tax_minor", "tax_rate_id", "rate_bp",
        "weight_from", "returns_position", "note",
    )  # fmt: skip
    return {name: getattr(line, name) for name in plain} | {
        "unit": units[line.item_id],
        "cost_minor": line.cost_minor if sees_cost else None,
        "correction_minor": corrections.get(line.position, 0) if sees_cost else None,
        "returned_milli": back.quantity_milli,
        "returned": {name: getattr(back.amounts, name) for name in PAID_BACK},
    }


def _returns_of(sale_id: uuid.UUID) -> list[Sale]:
    return list(
        session().scalars(sa.select(Sale).where(Sale.returns_sale_id == sale_id).order_by(Sale.rung_at, Sale.id))
    )


def _of_sale(model: Any, sale_id: uuid.UUID, order: Any) -> list[Any]:
    return list(session().scalars(sa.select(model).where(model.sale_id == sale_id).order_by(order)))


def _paper_line(line: SaleLine, units: dict[int | None, str]) -> dict[str, Any]:
    plain = ("name", "quantity_milli", "unit_price_minor", "gross_minor", "discount_minor", "total_minor")
    return {name: getattr(line, name) for name in plain} | {"unit": units[line.item_id], "note": line.note or ""}


def _paper_tender(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "kind", "amount_minor", "given_minor", "change_minor")}


def _takings(branch: Any, day: str) -> dict[str, Any]:
    who = actor.current()
    of_day = sa.and_(Sale.branch_id == branch.id, Sale.business_day == day)
    is_return = Sale.total_minor < 0
    columns = ("gross_minor", "discount_minor", "tax_minor", "total_minor", "cost_minor")
    query = (
        sa.select(is_return, sa.func.count(), *(sa.func.sum(getattr(Sale, name)) for name in columns))
        .where(of_day)
        .group_by(is_return)
    )
    sums = {bool(row[0]): row[1:] for row in session().execute(query)}
    sold, back = (sums.get(key, (0,) * 6) for key in (False, True))
    _, gross, discount, tax, total, cost = (int(a) + int(b) for a, b in zip(sold, back, strict=True))
    return {
        "branch_id": branch.id,
        "branch": branch.name,
        "business_day": day,
        "currency": stores.company_of(branch).currency,
        "count": sold[0],
        "returns_count": back[0],
        "gross_minor": gross,
        "discount_minor": discount,
        "sales_minor": int(sold[4]),
        "returns_minor": -int(back[4]),
        "net_minor": total,
        "tax_minor": tax,
        "cost_minor": cost if who.may("stock.see_cost") else None,
        "by_hour": _by_hour(of_day),
        "by_tender": cash.takings_by_tender(sa.select(Sale.id).where(of_day)),
    }


def _by_hour(of_day: Any) -> list[dict[str, Any]]:
    query = (
        sa.select(Sale.local_hour, sa.func.count(), sa.func.sum(Sale.total_minor))
        .where(of_day)
        .group_by(Sale.local_hour)
        .order_by(Sale.local_hour)
    )
    return [
        {"hour": hour, "count": count, "total_minor": int(total)} for hour, count, total in session().execute(query)
    ]
