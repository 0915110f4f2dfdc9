"""What holders of cash have, and what a shift did to its drawer: sums of tenders and moves, no other ledger."""

import uuid

import sqlalchemy as sa

from server.cash.models import CashDocument, CashMove, Shift, Tender
from server.core.transaction import session


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
