"""Reads of shifts and Z reports, for lists and for one."""

import uuid
from typing import Any

import sqlalchemy as sa

from server.cash.models import CashDocument, CashMove, DrawerOpening, Shift, ZReport
from server.cash.numbers import number_text
from server.cash.queries import registers_by_id
from server.core import actor, paging
from server.core.errors import NotFound
from server.core.transaction import session
from server.staff import queries as staff


def shifts(
    *,
    q: str = "",
    register_id: int | None = None,
    from_day: str | None = None,
    until_day: str | None = None,
    is_open: bool | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of shifts, newest first."""
    query = _seen(sa.select(Shift), Shift.branch_id)
    query = _between(query, Shift, register_id, from_day, until_day)
    if is_open is not None:
        query = query.where(Shift.closed_at.is_(None) if is_open else Shift.closed_at.is_not(None))
    rows, following = paging.page(query, [(Shift.began_at, True), (Shift.id, True)], limit=limit, cursor=cursor)
    return _shift_rows(rows), following


def shift_detail(shift_id: uuid.UUID) -> dict[str, Any]:
    """A shift with its sums, cash moves and drawer openings. Raises NotFound."""
    row = session().get(Shift, shift_id)
    if row is None or not actor.current().sees_branch(row.branch_id):
        raise NotFound("no such shift")
    count, total = (
        session()
        .execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(CashDocument.total_minor), 0)).where(
                CashDocument.shift_id == shift_id
            )
        )
        .one()
    )
    moves = session().scalars(sa.select(CashMove).where(CashMove.shift_id == shift_id).order_by(CashMove.moved_at))
    openings = session().scalars(
        sa.select(DrawerOpening).where(DrawerOpening.shift_id == shift_id).order_by(DrawerOpening.opened_at)
    )
    return _shift_rows([row])[0] | {
        "documents": count,
        "total_minor": int(total),
        "moves": list(moves),
        "openings": list(openings),
    }


def z_reports(
    *,
    q: str = "",
    register_id: int | None = None,
    from_day: str | None = None,
    until_day: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of Z reports, newest first."""
    query = _between(_seen(sa.select(ZReport), ZReport.branch_id), ZReport, register_id, from_day, until_day)
    rows, following = paging.page(query, [(ZReport.closed_at, True), (ZReport.id, True)], limit=limit, cursor=cursor)
    return [_z_row(row) for row in rows], following


def z_report(z_report_id: uuid.UUID) -> dict[str, Any]:
    """A Z report with its snapshot. Raises NotFound."""
    row = session().get(ZReport, z_report_id)
    if row is None or not actor.current().sees_branch(row.branch_id):
        raise NotFound("no such Z report")
    return _z_row(row) | {"snapshot": row.snapshot}


def _seen(query: sa.Select[Any], branch: Any) -> sa.Select[Any]:
    branches = actor.current().branch_ids
    return query if branches is None else query.where(branch.in_(branches))


def _between(
    query: sa.Select[Any], model: Any, register_id: int | None, from_day: str | None, until_day: str | None
) -> sa.Select[Any]:
    if register_id is not None:
        query = query.where(model.register_id == register_id)
    if from_day is not None:
        query = query.where(model.business_day >= from_day)
    if until_day is not None:
        query = query.where(model.business_day <= until_day)
    return query


def _shift_rows(rows: list[Shift]) -> list[dict[str, Any]]:
    codes = registers_by_id(row.register_id for row in rows)
    people = staff.names_of({id for row in rows for id in (row.opened_by, row.closed_by) if id is not None})
    zs = _z_ids([row.id for row in rows])
    sees = actor.current().may("shift.see_expected")
    return [_shift_row(row, codes[row.register_id].code, people, zs.get(row.id), sees=sees) for row in rows]


def _shift_row(row: Shift, code: str, people: dict[int, str], z_id: uuid.UUID | None, *, sees: bool) -> dict[str, Any]:
    plain = (
        "id",
        "register_id",
        "business_day",
        "began_at",
        "opened_at",
        "opened_by",
        "float_minor",
        "closed_at",
        "closed_by",
    )
    return {name: getattr(row, name) for name in plain} | {
        "register": code,
        "number": number_text(row.series, row.number),
        "opened_by_name": people.get(row.opened_by) if row.opened_by else None,
        "closed_by_name": people.get(row.closed_by) if row.closed_by else None,
        "counted_minor": row.counted_minor,
        "expected_minor": row.expected_minor if sees else None,
        "difference_minor": row.difference_minor if sees else None,
        "reason": row.reason,
        "z_report_id": z_id,
    }


def _z_ids(shift_ids: list[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    query = sa.select(ZReport.shift_id, ZReport.id).where(ZReport.shift_id.in_(shift_ids))
    return {shift_id: z_id for shift_id, z_id in session().execute(query)}


def _z_row(row: ZReport) -> dict[str, Any]:
    plain = ("id", "register_id", "shift_id", "business_day", "closed_at")
    return {name: getattr(row, name) for name in plain} | {
        "number": number_text(row.series, row.number),
        "net_minor": row.snapshot["net_minor"],
        "sales": row.snapshot["sales"]["count"],
        "returns": row.snapshot["returns"]["count"],
        "difference_minor": row.snapshot["drawer"]["difference_minor"],
    }
