"""Cash that moves between holders, and what follows in a drawer that was counted already.

What changes a drawer after its shift was counted, or after the next shift began with a float, is followed by the
reverse move, so that a drawer holds what was last said of it, in whatever order facts arrive.
"""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from server.cash import drawers
from server.cash.models import CashMove
from server.cash.tills import ShiftState, Tills, state_of
from server.core.facts import Fact
from server.core.ids import new_id
from server.core.transaction import connection

FLOAT, OVER_SHORT, MOVE = "float", "over_short", "move"


@dataclass(frozen=True, slots=True)
class Moved:
    """Cash that goes from one holder to another: always a positive amount."""

    kind: str
    from_holder_id: int
    to_holder_id: int
    amount_minor: int
    reason: str = ""


def write_move(
    fact: Fact, shift: ShiftState | None, moved: Moved, *, branch_id: int, day: str, id: uuid.UUID | None = None
) -> None:
    """Insert a cash move that a fact brings."""
    connection().execute(
        sa.insert(CashMove.__table__),
        {
            "id": id or new_id(),
            "kind": moved.kind,
            "shift_id": shift.id if shift else None,
            "from_holder_id": moved.from_holder_id,
            "to_holder_id": moved.to_holder_id,
            "amount_minor": moved.amount_minor,
            "reason": moved.reason,
            "source_kind": fact.kind,
            "source_id": fact.id,
            "branch_id": branch_id,
            "business_day": day,
            "by": fact.person_id,
            "moved_at": fact.occurred_at,
        },
    )


def follow_up(tills: Tills, fact: Fact, shift: ShiftState, into_drawer_minor: int) -> None:
    """A drawer changed in this shift: what was said of it since (count, later float) holds by the reverse move."""
    if not into_drawer_minor:
        return
    if shift.closed_at is not None:
        _move(tills, fact, shift, OVER_SHORT, -into_drawer_minor)
        return
    if tills.settled.get(shift.register_id, shift.began_at) <= shift.began_at:
        return
    following = drawers.settled_after(shift.register_id, shift.began_at)
    if following is not None:
        kind = OVER_SHORT if following.opened_at is None else FLOAT
        _move(tills, fact, state_of(following), kind, -into_drawer_minor)


def move_float(tills: Tills, fact: Fact, shift: ShiftState, amount_minor: int) -> None:
    """Bring the drawer to its float, out of the safe or back into it."""
    _move(tills, fact, shift, FLOAT, amount_minor)


def move_over_short(tills: Tills, fact: Fact, shift: ShiftState, difference_minor: int) -> None:
    """Book what was counted more or less than expected."""
    _move(tills, fact, shift, OVER_SHORT, difference_minor)


def _move(tills: Tills, fact: Fact, shift: ShiftState, kind: str, into_drawer_minor: int) -> None:
    if not into_drawer_minor:
        return
    drawer = tills.drawer_of(shift.register_id).id
    other = tills.holder_of(shift.branch_id, "safe" if kind == FLOAT else "outside").id
    source, target = (other, drawer) if into_drawer_minor > 0 else (drawer, other)
    moved = Moved(kind, source, target, abs(into_drawer_minor))
    write_move(fact, shift, moved, branch_id=shift.branch_id, day=shift.business_day)
