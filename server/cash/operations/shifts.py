"""What terminals push about their shifts: opening with a float, cash moves, drawer openings, the close with its Z."""

from collections.abc import Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from server.cash import drawers, order
from server.cash.events import CashMoved, DrawerWanted, ShiftClosed
from server.cash.models import DrawerOpening, Shift
from server.cash.moving import MOVE, Moved, follow_up, move_float, move_over_short, write_move
from server.cash.operations import closing
from server.cash.schemas import CASH_MOVE, DRAWER_OPEN, SHIFT_CLOSE, SHIFT_OPEN
from server.cash.tills import ShiftState, Tills, Where
from server.core import reference
from server.core.actor import Cap
from server.core.announce import announce
from server.core.facts import Fact, NotAFact, Raised
from server.core.rows import Sheet
from server.core.transaction import connection
from server.devices import queries as devices
from server.staff import queries as staff
from server.values.ids import derived

SHIFT = Shift.__table__
DRAWER_LIFE_MS = 5_000
"""A drawer never opens later than this after the wish."""


class ShiftBook:
    """Shift openings, closes, cash moves and drawer openings of one push."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.tills = Tills.of(facts)
        people = {fact.person_id for fact in facts} | {fact.body.get("approved_by") for fact in facts}
        named = [id for id in people if type(id) is int]
        self.rights = reference.memo().rows("rights", named, staff.rights_of)
        self.known = reference.memo().rows("leaving", named, staff.leaving_of)

    def record(self, fact: Fact) -> list[Raised]:
        """Book one of them. Raises NotAFact."""
        self.tills.forget()
        if fact.person_id not in self.known:
            raise NotAFact("person_unknown")
        act = {
            "shift_open": self._open,
            "shift_close": self._close,
            "cash_move": self._move,
            "drawer_open": self._open_drawer,
        }[fact.kind]
        with self.tills.unless_it_fails():
            raised = act(fact)
        self.tills.accept()
        return raised

    def close(self) -> None:
        """Write the leases' highest numbers."""
        sheet = Sheet()
        self.tills.close(sheet)
        sheet.write()

    def _open(self, fact: Fact) -> list[Raised]:
        body = SHIFT_OPEN(fact.body, "body")
        lease = self.tills.lease_of(fact, body["lease_id"], body["register_id"], body["series"])
        where = Where(body["register_id"], body["lease_id"], body["business_day"])
        shift = self.tills.fill(fact, fact.id, where)
        drawer = self.tills.drawer_of(shift.register_id)
        began_at, began_seq = min(shift.began_at, fact.occurred_at), min(shift.began_seq, fact.seq)
        began_at = order.place(shift.id, shift.register_id, lease.id, began_seq, began_at)
        moved = body["float_minor"] - drawers.drawer_before(shift.register_id, drawer.id, began_at)
        filled = {
            "lease_id": lease.id,
            "series": lease.series,
            "number": body["number"],
            "began_at": began_at,
            "began_seq": began_seq,
            "opened_at": fact.occurred_at,
            "opened_by": fact.person_id,
            "float_minor": body["float_minor"],
        }
        connection().execute(sa.update(SHIFT).where(SHIFT.c.id == shift.id), filled)
        move_float(self.tills, fact, shift, moved)
        shift.began_at, shift.began_seq = began_at, began_seq
        follow_up(self.tills, fact, shift, moved)
        shift.opened_at, shift.float_minor, shift.number = fact.occurred_at, body["float_minor"], body["number"]
        self.tills.count(lease.id, shift=body["number"])
        self._settled(shift)
        return [*self._day_differs(shift, body["business_day"]), *self._needs(fact, "shift.open")]

    def _close(self, fact: Fact) -> list[Raised]:
        body = SHIFT_CLOSE(fact.body, "body")
        shift = self.tills.shift_of(fact)
        if shift.closed_at is not None:
            raise NotAFact("shift_closed_already")
        if shift.lease_id is None:
            raise NotAFact("lease_unknown")
        lease = self.tills.leases.get(shift.lease_id)
        if lease is None:  # the shift of another terminal: who holds its lease counts its drawer
            raise NotAFact("lease_unknown")
        drawer = self.tills.drawer_of(shift.register_id)
        closing.lock_register(shift.register_id)
        closing.require_free_number(lease.series, body["z_number"])
        before = drawers.drawer_before(shift.register_id, drawer.id, shift.began_at)
        sums = drawers.in_drawer(shift.id, drawer.id)
        expected = before + sums.whole_minor
        difference = body["counted_minor"] - expected
        closed = {
            "closed_at": fact.occurred_at,
            "closed_by": fact.person_id,
            "counted_minor": body["counted_minor"],
            "expected_minor": expected,
            "difference_minor": difference,
            "reason": body["reason"],
        }
        connection().execute(sa.update(SHIFT).where(SHIFT.c.id == shift.id), closed)
        move_over_short(self.tills, fact, shift, difference)
        follow_up(self.tills, fact, shift, difference)
        shift.closed_at = fact.occurred_at
        z = closing.Closing(fact, shift, lease.series, body, before + sums.float_minor, sums)
        closing.write_z(z, self.tills)
        self.tills.count(lease.id, z=body["z_number"])
        self._settled(shift)
        announce(ShiftClosed(str(fact.id), fact.terminal_id, fact.received_at, fact.age_ms))
        return self._needs(fact, "shift.close")

    def _move(self, fact: Fact) -> list[Raised]:
        body = CASH_MOVE(fact.body, "body")
        source, target = (self.tills.holders.get(body[name]) for name in ("from_holder_id", "to_holder_id"))
        if source is None or target is None or source.branch_id != target.branch_id:
            raise NotAFact("holder_unknown")
        drawers = [holder for holder in (source, target) if holder.kind == "drawer"]
        if source.id == target.id or len(drawers) > 1:
            raise NotAFact("holders_alike")
        moved = Moved(MOVE, source.id, target.id, body["amount_minor"], body["reason"])
        if not drawers:
            day = self.tills.business_day_at(source.branch_id, fact.occurred_at)
            write_move(fact, None, moved, branch_id=source.branch_id, day=day, id=fact.id)
            return self._needs(fact, "cash.move")
        shift = self.tills.shift_of(fact, Where(drawers[0].register_id))
        write_move(fact, shift, moved, branch_id=shift.branch_id, day=shift.business_day, id=fact.id)
        follow_up(self.tills, fact, shift, body["amount_minor"] if target.kind == "drawer" else -body["amount_minor"])
        announce(CashMoved(str(fact.id), fact.terminal_id, fact.received_at, fact.age_ms))
        late = [Raised("late_for_shift", {"shift_id": str(shift.id)})] if shift.closed_at is not None else []
        return [*late, *self._needs(fact, "cash.move")]

    def _open_drawer(self, fact: Fact) -> list[Raised]:
        body = DRAWER_OPEN(fact.body, "body")
        shift = self.tills.shift_of(fact)
        may_open = fact.age_ms is not None and fact.age_ms < DRAWER_LIFE_MS
        drawer = devices.device_for(fact.terminal_id, "drawer") if may_open else None
        assert fact.person_id is not None
        connection().execute(
            sa.insert(DrawerOpening.__table__),
            {
                "id": fact.id,
                "shift_id": shift.id,
                "reason": body["reason"],
                "by": fact.person_id,
                "approved_by": body["approved_by"],
                "opened_at": fact.occurred_at,
                "job_id": derived(fact.id, "open:0") if drawer is not None else None,
            },
        )
        announce(DrawerWanted(str(fact.id), fact.terminal_id, fact.received_at, fact.age_ms, body["reason"]))
        return self._needs(fact, "drawer.open")

    def _settled(self, shift: ShiftState) -> None:
        """What the drawer holds was said in this shift: what happens in earlier ones is followed here from now on."""
        latest = self.tills.settled.get(shift.register_id, shift.began_at)
        self.tills.settled[shift.register_id] = max(latest, shift.began_at)

    def _needs(self, fact: Fact, right: str) -> list[Raised]:
        """Flag what neither the person nor who approved it may do."""
        who = (fact.person_id, fact.body.get("approved_by"))
        rights = staff.rights_at(fact.occurred_at, self.rights, self.known)
        held: list[Mapping[str, Cap]] = [rights.get(id, {}) for id in who if id is not None]
        return [] if any(right in rights for rights in held) else [Raised("missing_right", {"right": right})]

    def _day_differs(self, shift: ShiftState, day: str) -> list[Raised]:
        # By where the shift stands among the others: the clock that chose the day may have told the time as well.
        own = self.tills.business_day_at(shift.branch_id, shift.began_at)
        return day_differs(day, own) + ([] if day == shift.business_day else [_differs(day, shift.business_day)])


def day_differs(told: str, own: str) -> list[Raised]:
    """Flag a business day more than a day away from the server's own idea."""
    return [_differs(told, own)] if days_between(told, own) > 1 else []


def days_between(one: str, other: str) -> int:
    """How many days lie between two ISO days."""
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _differs(told: str, own: str) -> Raised:
    return Raised("business_day_differs", {"told": told, "own": own})
