"""Reads of the cash: leases, shifts, balances of holders, Z reports, ways to pay."""

import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.cash.models import (
    CashDocument,
    CashMove,
    DrawerOpening,
    Holder,
    Register,
    RegisterLease,
    Shift,
    Tender,
    TenderType,
    ZReport,
)
from server.core import actor, paging
from server.core.errors import NotFound
from server.core.transaction import session
from server.devices import queries as devices
from server.staff import queries as staff

DIGITS = 6


def number_text(series: str | None, number: int | None) -> str | None:
    """A number as it is printed: K2-000001."""
    return None if series is None or number is None else f"{series}-{number:0{DIGITS}}"


def register(register_id: int) -> Register:
    """A register of a branch in which the actor works. Raises NotFound."""
    row = session().get(Register, register_id)
    if row is None or not actor.current().sees_branch(row.branch_id):
        raise NotFound("no such register")
    return row


def registers_by_id(ids: Iterable[int]) -> dict[int, Register]:
    """Registers by id, in one query."""
    return {row.id: row for row in session().scalars(sa.select(Register).where(Register.id.in_(set(ids))))}


def every_register() -> list[Register]:
    """All registers of the shop, whoever asks."""
    return list(session().scalars(sa.select(Register)))


def every_holder() -> list[Holder]:
    """All holders of cash of the shop, whoever asks."""
    return list(session().scalars(sa.select(Holder)))


def registers(branch_id: int | None = None) -> list[Register]:
    """Registers, archived ones too, in the order of their codes."""
    query = sa.select(Register).order_by(Register.code)
    if branch_id is not None:
        query = query.where(Register.branch_id == branch_id)
    return [row for row in session().scalars(query) if actor.current().sees_branch(row.branch_id)]


def register_rows(branch_id: int | None = None) -> list[dict[str, Any]]:
    """Registers with the terminal that sells there and the shift that is open."""
    found = registers(branch_id)
    leases = {
        row.register_id: row
        for row in session().scalars(sa.select(RegisterLease).where(RegisterLease.ended_at.is_(None)))
    }
    terminals = devices.terminals_by_id(lease.terminal_id for lease in leases.values())
    shifts = {row.register_id: row.id for row in open_shifts()}
    return [
        {
            "id": row.id,
            "branch_id": row.branch_id,
            "code": row.code,
            "name": row.name,
            "rev": row.rev,
            "archived": row.archived_at is not None,
            "terminal": terminals[leases[row.id].terminal_id].name if row.id in leases else None,
            "open_shift_id": shifts.get(row.id),
        }
        for row in found
    ]


def lease_in_force(register_id: int) -> RegisterLease | None:
    """The lease of a register that has not ended."""
    query = sa.select(RegisterLease).where(RegisterLease.register_id == register_id, RegisterLease.ended_at.is_(None))
    return session().scalars(query.order_by(RegisterLease.epoch.desc())).first()


def leases_held(terminal_id: int) -> list[RegisterLease]:
    """The leases of a terminal that have not ended."""
    query = sa.select(RegisterLease).where(RegisterLease.terminal_id == terminal_id, RegisterLease.ended_at.is_(None))
    return list(session().scalars(query))


def tender_types() -> list[TenderType]:
    """Ways to pay, archived ones too, in the order of their buttons."""
    return list(session().scalars(sa.select(TenderType).order_by(TenderType.position, TenderType.id)))


def tender_types_by_id() -> dict[int, TenderType]:
    """Every way to pay there ever was."""
    return {row.id: row for row in tender_types()}


def tender_type(tender_type_id: int) -> TenderType:
    """A way to pay. Raises NotFound."""
    row = session().get(TenderType, tender_type_id)
    if row is None:
        raise NotFound("no such tender type")
    return row


def holders(branch_id: int | None = None) -> list[Holder]:
    """Who holds cash in the branches in which the actor works."""
    query = sa.select(Holder).order_by(Holder.branch_id, Holder.id)
    if branch_id is not None:
        query = query.where(Holder.branch_id == branch_id)
    return [row for row in session().scalars(query) if actor.current().sees_branch(row.branch_id)]


def holder_rows(branch_id: int | None = None) -> list[dict[str, Any]]:
    """Holders with their balances, which only those see who may see what is expected."""
    rows = holders(branch_id)
    balances = balances_of([row.id for row in rows]) if actor.current().may("shift.see_expected") else {}
    names = ("id", "kind", "branch_id", "register_id", "name")
    return [{name: getattr(row, name) for name in names} | {"balance_minor": balances.get(row.id)} for row in rows]


def balances_of(holder_ids: list[int]) -> dict[int, int]:
    """What each holder has: the sum of its tenders and moves, in minor units."""
    found = dict.fromkeys(holder_ids, 0)
    parts = (
        (Tender.holder_id, Tender.amount_minor, 1),
        (CashMove.to_holder_id, CashMove.amount_minor, 1),
        (CashMove.from_holder_id, CashMove.amount_minor, -1),
    )
    for holder, amount, sign in parts:
        query = sa.select(holder, sa.func.sum(amount)).where(holder.in_(holder_ids)).group_by(holder)
        for holder_id, whole in session().execute(query):
            found[holder_id] += sign * int(whole)
    return found


def settled_after(register_id: int, began_at: int) -> Shift | None:
    """The first shift of a register after an instant that said what the drawer holds, by its float or its count."""
    query = sa.select(Shift).where(
        Shift.register_id == register_id,
        Shift.began_at > began_at,
        sa.or_(Shift.opened_at.is_not(None), Shift.closed_at.is_not(None)),
    )
    return session().scalars(query.order_by(Shift.began_at).limit(1)).first()


def drawer_before(register_id: int, drawer_id: int, began_at: int) -> int:
    """What a drawer held when a shift began: the count of the last closed shift, and what unclosed ones did since."""
    earlier = sa.select(Shift).where(Shift.register_id == register_id, Shift.began_at < began_at)
    closed = (
        session().scalars(earlier.where(Shift.closed_at.is_not(None)).order_by(Shift.began_at.desc()).limit(1)).first()
    )
    since = [row.id for row in session().scalars(earlier.where(Shift.began_at > (closed.began_at if closed else -1)))]
    counted = (closed.counted_minor or 0) if closed else 0
    return counted + sum(in_drawer(shift_id, drawer_id).whole_minor for shift_id in since)


class DrawerSums:
    """What a shift did to its drawer. Units: minor; `out` is positive."""

    def __init__(self, *, cash_sales: int, float_: int, into: int, out: int, over_short: int) -> None:
        self.cash_sales_minor = cash_sales
        self.float_minor = float_
        self.in_minor = into
        self.out_minor = out
        self.over_short_minor = over_short

    @property
    def whole_minor(self) -> int:
        """All together."""
        return self.cash_sales_minor + self.float_minor + self.in_minor - self.out_minor + self.over_short_minor


def in_drawer(shift_id: uuid.UUID, drawer_id: int) -> DrawerSums:
    """What a shift's tenders and moves did to its drawer."""
    cash = session().scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Tender.amount_minor), 0))
        .join(CashDocument, CashDocument.id == Tender.document_id)
        .where(CashDocument.shift_id == shift_id, Tender.holder_id == drawer_id)
    )
    into: dict[str, int] = {"float": 0, "over_short": 0, "in": 0, "out": 0}
    moves = session().execute(
        sa.select(CashMove.kind, CashMove.to_holder_id, sa.func.sum(CashMove.amount_minor))
        .where(CashMove.shift_id == shift_id)
        .where(sa.or_(CashMove.to_holder_id == drawer_id, CashMove.from_holder_id == drawer_id))
        .group_by(CashMove.kind, CashMove.to_holder_id)
    )
    for kind, to_holder_id, amount in moves:
        is_in = to_holder_id == drawer_id
        if kind == "move":
            into["in" if is_in else "out"] += int(amount)
        else:
            into[kind] += int(amount) if is_in else -int(amount)
    return DrawerSums(
        cash_sales=int(cash or 0),
        float_=into["float"],
        into=into["in"],
        out=into["out"],
        over_short=into["over_short"],
    )


def open_shifts() -> list[Shift]:
    """Shifts that have no Z yet, the earliest first, so that the latest of a register stands last."""
    return list(session().scalars(sa.select(Shift).where(Shift.closed_at.is_(None)).order_by(Shift.began_at)))


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


def tenders_of(document_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    """The tenders of documents, with the names and kinds of their types, in the order in which they were given."""
    query = (
        sa.select(Tender.__table__, TenderType.name, TenderType.kind, TenderType.opens_drawer)
        .join(TenderType, TenderType.id == Tender.tender_type_id)
        .where(Tender.document_id.in_(list(document_ids)))
        .order_by(Tender.document_id, Tender.position)
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session().execute(query):
        found.setdefault(row.document_id, []).append(row)
    return found


def takings_by_tender(document_ids: sa.Select[Any]) -> list[Any]:
    """Name, kind, count and sum of each way to pay over the documents that a query names."""
    query = (
        sa.select(
            TenderType.id,
            TenderType.name,
            TenderType.kind,
            sa.func.count().label("count"),
            sa.func.sum(Tender.amount_minor).label("amount_minor"),
        )
        .join(Tender, Tender.tender_type_id == TenderType.id)
        .where(Tender.document_id.in_(document_ids))
        .group_by(TenderType.id, TenderType.name, TenderType.kind, TenderType.position)
        .order_by(TenderType.position, TenderType.id)
    )
    return list(session().execute(query))


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
