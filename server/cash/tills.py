"""What a batch of documents touches at the tills, read once: leases, shifts, drawers, tender types.

A shift is made by the first fact that names it; its own operation fills it whenever that arrives. What moves a drawer
after its shift was counted (or after the next shift began with a float) is followed by the reverse move, so that a
drawer holds what was counted, in whatever order facts arrive.
"""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from server.cash import lost_leases, order, queries
from server.cash.models import (
    Holder,
    Register,
    RegisterLease,
    Shift,
    TenderType,
)
from server.core import reference
from server.core.facts import Fact, NotAFact
from server.core.questions import Question
from server.core.rows import Sheet
from server.core.transaction import connection
from server.stores import queries as stores
from server.stores.models import Branch
from server.values import times

LEASE, SHIFT = RegisterLease.__table__, Shift.__table__
_SETTLED = (
    sa.select(SHIFT.c.began_at)
    .where(SHIFT.c.register_id == LEASE.c.register_id)
    .where(sa.or_(SHIFT.c.opened_at.is_not(None), SHIFT.c.closed_at.is_not(None)))
    .order_by(SHIFT.c.began_at.desc())
    .limit(1)
    .scalar_subquery()
)
"""When the latest shift of a register began that was opened or closed: what happens before it is followed there.

Asked backwards through the index, so a register of many years answers as fast as a new one.
"""
_LEASES = Question(
    sa.select(LEASE, _SETTLED.label("settled_at")).where(
        LEASE.c.terminal_id.in_(sa.bindparam("terminals", expanding=True))
    )
)
_SHIFTS = Question(sa.select(SHIFT).where(SHIFT.c.id.in_(sa.bindparam("shifts", expanding=True))))


@dataclass(slots=True)
class ShiftState:
    """A shift as the batch knows it."""

    id: uuid.UUID
    register_id: int
    branch_id: int
    lease_id: uuid.UUID | None
    business_day: str
    began_at: int
    began_seq: int
    opened_at: int | None = None
    closed_at: int | None = None
    float_minor: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Which shift a fact belongs to, as far as the fact itself says so."""

    register_id: int | None = None
    lease_id: uuid.UUID | None = None
    business_day: str | None = None


@dataclass(slots=True)
class Counters:
    """The highest numbers seen of a lease."""

    sale: int = 0
    shift: int = 0
    z: int = 0


@dataclass(slots=True)
class Tills:
    """Leases, shifts and holders of some facts of one terminal."""

    leases: dict[uuid.UUID, Any]
    shifts: dict[uuid.UUID, ShiftState]
    registers: dict[int, Register]
    tender_types: dict[int, TenderType]
    holders: dict[int, Holder]
    branches: dict[int, Branch] = field(default_factory=dict)
    settled: dict[int, int] = field(default_factory=dict)
    seen: dict[uuid.UUID, Counters] = field(default_factory=dict)
    made: dict[uuid.UUID, ShiftState] = field(default_factory=dict)
    found: dict[uuid.UUID, Any] = field(default_factory=dict)
    """Leases that the fact in hand brought back to mind."""

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> "Tills":
        """Read what these facts need, with one query for each kind of row."""
        shift_ids = {fact.id if fact.kind == "shift_open" else fact.shift_id for fact in facts}
        known = reference.memo()
        asked = _LEASES.ask(terminals=list({fact.terminal_id for fact in facts}))
        shifts = _SHIFTS.ask(shifts=[id for id in shift_ids if id is not None])
        leases = asked.rows
        return cls(
            leases={row.id: row for row in leases},
            shifts={row.id: state_of(row) for row in shifts.rows},
            settled={row.register_id: row.settled_at for row in leases if row.settled_at is not None},
            registers=registers(),
            tender_types=known.whole("tender_types", queries.tender_types_by_id),
            holders=known.whole("holders", lambda: {row.id: row for row in queries.every_holder()}),
            branches=known.whole("branches", lambda: {row.id: row for row in stores.branches(archived=True)}),
        )

    def lease_of(self, fact: Fact, lease_id: uuid.UUID, register_id: int, series: str | None = None) -> Any:
        """The lease that a fact names. Raises NotAFact where it is not this terminal's, or of another register.

        With its `series` a lease that a restore made us forget is written down again.
        """
        lease = self.leases.get(lease_id)
        if lease is None and series and register_id in self.registers:
            lease = lost_leases.write_down(fact, lease_id, self.registers[register_id], series)
            self.found[lease_id] = lease
        if lease is None or lease.terminal_id != fact.terminal_id:
            raise NotAFact("lease_unknown")
        if lease.register_id != register_id:
            raise NotAFact("lease_of_other_register")
        return lease

    def shift_of(self, fact: Fact, where: Where = Where()) -> ShiftState:
        """The shift of a fact; one that nobody has told of yet is made. Raises NotAFact."""
        if fact.shift_id is None:
            raise NotAFact("shift_missing")
        known = self.shifts.get(fact.shift_id) or self.made.get(fact.shift_id)
        if known is None:
            return self._make(fact, fact.shift_id, where)
        if where.register_id is not None and known.register_id != where.register_id:
            raise NotAFact("shift_of_other_register")
        return known

    def fill(self, fact: Fact, shift_id: uuid.UUID, where: Where) -> ShiftState:
        """The shift that an opening brings: made, or the one that an earlier fact made. Raises NotAFact."""
        known = self.shifts.get(shift_id)
        if known is None:
            return self._make(fact, shift_id, where)
        if known.opened_at is not None:
            raise NotAFact("shift_open_already")
        if known.register_id != where.register_id:
            raise NotAFact("shift_of_other_register")
        return known

    def accept(self) -> None:
        """The fact in hand is written: shifts that it made are known from now on."""
        self.shifts.update(self.made)
        self.leases.update(self.found)
        self.made.clear()
        self.found.clear()

    def forget(self) -> None:
        """Begin the next fact: what one before it made and did not finish never was."""
        self.made.clear()
        self.found.clear()

    @contextlib.contextmanager
    def unless_it_fails(self) -> Iterator[None]:
        """Change shifts within; when the block fails, its savepoint is rolled back, and they are as before here too."""
        before = {id: replace(state) for id, state in self.shifts.items()}
        try:
            yield
        except BaseException:
            self.shifts = before
            raise

    def count(self, lease_id: uuid.UUID | None, **numbers: int) -> None:
        """Remember numbers that a lease has given."""
        if lease_id is not None:
            counters = self.seen.setdefault(lease_id, Counters())
            for name, number in numbers.items():
                setattr(counters, name, max(getattr(counters, name), number))

    def close(self, sheet: Sheet) -> None:
        """Put the highest numbers of the leases on a sheet."""
        sheet.change(LEASE, [self._numbers(self.leases[id], seen) for id, seen in self.seen.items()])
        self.seen.clear()

    def _numbers(self, lease: Any, seen: Counters) -> dict[str, Any]:
        return {
            "id": lease.id,
            "next_sale": max(lease.next_sale, seen.sale + 1),
            "next_shift": max(lease.next_shift, seen.shift + 1),
            "next_z": max(lease.next_z, seen.z + 1),
        }

    def drawer_of(self, register_id: int) -> Holder:
        """The drawer of a register."""
        return next(one for one in self.holders.values() if one.kind == "drawer" and one.register_id == register_id)

    def holder_of(self, branch_id: int, kind: str) -> Holder:
        """The safe, the bank or the outside of a branch."""
        return next(one for one in self.holders.values() if one.kind == kind and one.branch_id == branch_id)

    def business_day_at(self, branch_id: int, instant_ms: int) -> str:
        """The server's own idea of the business day of a shift that opens now."""
        branch = self.branches[branch_id]
        return times.business_day(instant_ms, branch.timezone, branch.cut_off_min)

    def _make(self, fact: Fact, shift_id: uuid.UUID, where: Where) -> ShiftState:
        register_id, lease_id = where.register_id, where.lease_id
        if register_id is None:
            lease = self._latest_lease(fact)
            register_id, lease_id = int(lease.register_id), lease.id
        register = self.registers.get(register_id)
        if register is None:
            raise NotAFact("register_unknown")
        if lease_id is None:
            lease_id = self._latest_lease(fact, register_id).id
        day = where.business_day or self.business_day_at(register.branch_id, fact.occurred_at)
        began_at = order.place(shift_id, register.id, lease_id, fact.seq, fact.occurred_at)
        state = ShiftState(shift_id, register.id, register.branch_id, lease_id, day, began_at, fact.seq)
        lease = self.found.get(lease_id) or self.leases.get(lease_id) if lease_id else None
        row = {"id": shift_id, "register_id": register.id, "branch_id": register.branch_id, "lease_id": lease_id}
        row |= {"series": lease.series if lease else None, "business_day": day}
        row |= {"began_at": began_at, "began_seq": fact.seq}
        connection().execute(sa.insert(SHIFT), row)
        self.made[shift_id] = state
        return state

    def _latest_lease(self, fact: Fact, register_id: int | None = None) -> Any:
        own = [
            lease
            for lease in self.leases.values()
            if lease.terminal_id == fact.terminal_id and register_id in (None, lease.register_id)
        ]
        if not own:
            raise NotAFact("lease_unknown")
        return max(own, key=lambda lease: lease.taken_at)


def registers() -> dict[int, Register]:
    """Every register by id."""
    return reference.memo().whole("registers", lambda: {row.id: row for row in queries.every_register()})


def state_of(row: Any) -> ShiftState:
    """A shift's row as a value."""
    return ShiftState(
        id=row.id,
        register_id=row.register_id,
        branch_id=row.branch_id,
        lease_id=row.lease_id,
        business_day=row.business_day,
        began_at=row.began_at,
        began_seq=row.began_seq,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        float_minor=row.float_minor,
        number=row.number,
    )
