"""Books demo businesses: the market with a week of sales, and the small one of the tests.

A week goes through the same door as a terminal's sales: `push` is handed in, because `sync` stands above this module.
Each push happens at the close of its shift, so the business looks as if it had been there all week.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from server.cash.operations import take_lease
from server.cash.operations.registers import give_back_leases
from server.core import actor, clock, ids
from server.core.actor import Actor
from server.core.transaction import writing
from server.devices import operations as devices
from server.devices.queries import terminal
from server.sales.pricing import Discount
from server.seeds.founding import Founded, found
from server.seeds.market.catalogue import catalogue, small_world
from server.seeds.market.plans import Basket, CashMove, Day, Event, Payment, Return, Shift
from server.seeds.market.plans import Discount as PlannedDiscount
from server.seeds.market.week import week_of_sales
from server.seeds.market.world import Market
from server.seeds.till import Head, Operation, Pay, Sold, Till
from server.values import times

SEED = 20_261_124
TIMEZONE = "Asia/Baku"
PUSHED_AT_ONCE = 100
DAY_MS = 86_400_000

Push = Callable[[int, Sequence[Mapping[str, Any]]], Mapping[str, Any]]
"""Takes a terminal's id and operations as they go over the wire: `sync.envelope.push_plain`."""


@dataclass(frozen=True)
class SignIn:
    """How someone of a demo business gets in."""

    name: str
    role: str
    pin: str
    email: str | None
    password: str | None


@dataclass(frozen=True)
class Seeded:
    """A booked demo business: its ids, how people get in, and how many operations were booked."""

    founded: Founded
    sign_ins: tuple[SignIn, ...]
    operations: int


def seed_small() -> Founded:
    """Found the small shop of the tests, inside a writing transaction."""
    return found(small_world())


def seed_market(push: Push, *, now_ms: int, seed: int = SEED) -> Seeded:
    """Found the demo market and book a week of its sales that ends yesterday. Opens its own transactions.

    The same day and seed make the same market, row for row. Raises RuntimeError when an operation is not accepted.
    """
    market = catalogue()
    today = times.business_day(now_ms, market.branch.timezone, market.branch.cut_off_min)
    first_day = date.fromisoformat(today) - timedelta(days=7)
    with ids.repeatable(seed):
        founded, tills = _found_before(market, now_ms - 8 * DAY_MS)
        booked = _book_week(_Week(founded, tills, push), week_of_sales(market, first_day, seed))
        _give_back(tills)
    return Seeded(founded, sign_ins_of(market), booked)


def sign_ins_of(market: Market) -> tuple[SignIn, ...]:
    """How the people of a demo business get in: owner first."""
    return tuple(SignIn(one.name, one.role, one.pin, one.email, one.password) for one in market.people)


def lease_till(founded: Founded, code: str, name: str, person: str) -> tuple[int, Till]:
    """A terminal of its own at a register, with the lease of its numbers: the terminal's id and the till."""
    paired = devices.pair_here(branch_id=founded.branch_id, name=name, public_key=f"demo-{code}")
    with actor.acting(Actor(kind="system", terminal_id=paired.terminal.id)):
        lease = take_lease(founded.registers[code])
    till = Till(
        register_id=founded.registers[code],
        lease_id=lease.id,
        series=lease.series,
        new_id=ids.new_id,
        drawer_id=founded.drawers[code],
        cash_types=frozenset({founded.tender_types["cash"]}),
        person_id=founded.people[person],
        catalogue_cursor=founded.cursor,
    )
    return paired.terminal.id, till


Tills = dict[str, tuple[int, Till]]


@dataclass(frozen=True)
class _Week:
    founded: Founded
    tills: Tills
    push: Push


def _found_before(market: Market, at_ms: int) -> tuple[Founded, Tills]:
    with clock.frozen(at_ms), actor.acting(actor.SYSTEM), writing():
        founded = found(market)
        cashier = market.people_in("cashier")[0].key
        return founded, {row.code: lease_till(founded, row.code, row.name, cashier) for row in market.registers}


def _book_week(week: _Week, days: Iterable[Day]) -> int:
    desk = _Desk(week)
    for day in days:
        for event in sorted(_acts(day), key=lambda act: act[0]):
            desk.write(*event)
        with clock.frozen(max(shift.closed_at for shift in day.shifts)):
            desk.push_all()
    return desk.booked


Act = tuple[int, int, Shift, Event | None]
"""When, in which order at the same instant, in which shift, and what: nothing is the opening or the close."""
OPENS, HAPPENS, CLOSES = 0, 1, 2


def _acts(day: Day) -> Iterator[Act]:
    for shift in day.shifts:
        yield shift.opened_at, OPENS, shift, None
        for event in shift.events:
            yield event.moved_at if isinstance(event, CashMove) else event.rung_at, HAPPENS, shift, event
        yield shift.closed_at, CLOSES, shift, None


class _Desk:
    """Writes what the tills do in the order of time, and pushes it before something looks back at it."""

    def __init__(self, week: _Week) -> None:
        self.week = week
        self.rung: dict[str, uuid.UUID] = {}
        self.waiting: dict[str, list[Operation]] = {code: [] for code in week.tills}
        self.booked = 0
        shared = next(iter(week.tills.values()))[1].receipts
        for _, till in week.tills.values():
            till.receipts = shared

    def write(self, at_ms: int, order: int, shift: Shift, event: Event | None) -> None:
        """Let one thing happen at the till of a shift."""
        till = self.week.tills[shift.register][1]
        if isinstance(event, Return):
            with clock.frozen(at_ms):
                self.push_all()
        self.waiting[shift.register].append(self._operation(till, at_ms, order, shift, event))

    def push_all(self) -> None:
        """Push what waits at every till, in full pushes."""
        for code, operations in self.waiting.items():
            terminal_id = self.week.tills[code][0]
            for start in range(0, len(operations), PUSHED_AT_ONCE):
                answer = self.week.push(terminal_id, operations[start : start + PUSHED_AT_ONCE])
                refused = [row for row in answer["results"] if row["verdict"] != "accepted"]
                if refused:
                    raise RuntimeError(f"the demo's own sales are refused: {refused[0]}")
                self.booked += len(answer["results"])
            operations.clear()

    def _operation(self, till: Till, at_ms: int, order: int, shift: Shift, event: Event | None) -> Operation:
        founded = self.week.founded
        if isinstance(event, Basket):
            made = till.sale(
                at_ms, [self._line(line) for line in event.lines], self._pays(event.payments), self._head(event)
            )
            self.rung[event.key] = uuid.UUID(made["id"])
            return made
        if isinstance(event, Return):
            head = Head(approved_by=founded.people[event.approved_by], note=event.note)
            pays = [Pay(founded.tender_types[event.tender])]
            return till.give_back(at_ms, self.rung[event.basket], event.lines, pays, head)
        if isinstance(event, CashMove):
            place = founded.holders[event.place]
            ends = (place, till.drawer_id) if event.direction == "in" else (till.drawer_id, place)
            return till.cash_move(at_ms, *ends, event.amount_minor, event.reason)
        if order == OPENS:
            till.person_id = founded.people[shift.cashier]
            return till.open_shift(at_ms, _business_day(shift), shift.float_minor)
        return till.close_shift(at_ms, till.drawer_minor + shift.difference_minor, shift.reason)

    def _line(self, line: Any) -> Sold:
        discounts = () if line.discount is None else (_discount(line.discount),)
        approved = line.discount.approved_by if line.discount else None
        return Sold(
            ware=self.week.founded.wares[line.sku],
            quantity_milli=line.quantity_milli,
            discounts=discounts,
            barcode=line.barcode,
            weight_from=line.weight_from,
            approved_by=self.week.founded.people[approved] if approved else None,
        )

    def _head(self, basket: Basket) -> Head:
        discount = basket.discount
        if discount is None:
            return Head()
        approved = self.week.founded.people[discount.approved_by] if discount.approved_by else None
        return Head(discounts=(_discount(discount),), approved_by=approved)

    def _pays(self, payments: Sequence[Payment]) -> list[Pay]:
        types = self.week.founded.tender_types
        return [Pay(types[one.tender], one.amount_minor, None, one.note_minor, one.reference) for one in payments]


def _discount(planned: PlannedDiscount) -> Discount:
    return Discount("percent" if planned.kind == "percent" else "amount", planned.value)


def _business_day(shift: Shift) -> str:
    return times.business_day(shift.opened_at, TIMEZONE)


def _give_back(tills: Tills) -> None:
    """The demo's own terminals leave their registers to whoever comes first."""
    with actor.acting(actor.SYSTEM), writing():
        for terminal_id, _ in tills.values():
            give_back_leases(terminal_id)
            devices.revoke(terminal(terminal_id))
