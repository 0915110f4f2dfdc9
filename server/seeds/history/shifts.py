"""A branch's day: its tills open, ring and close; what they tell is booked, and each operation gets its verdict."""

import uuid
from collections.abc import Sequence
from random import Random

import sqlalchemy as sa

from server.cash.operations import ShiftBook
from server.cash.queries import tender_types_by_id
from server.catalog import queries as catalog
from server.core import actor, clock, flags
from server.core.actor import Actor
from server.core.facts import Fact, Raised
from server.core.inbox import Operation as OperationRow
from server.core.inbox import body_hash
from server.core.transaction import session
from server.devices.models import Terminal
from server.sales.operations import SaleBook, TillBook
from server.seeds.history.bulk import Bulk
from server.seeds.history.chain import Chain, Desk, Site
from server.seeds.history.counter import Counter
from server.seeds.history.papers import Papers, deliver
from server.seeds.history.trade import DAY_MS, Ages, Trade, Watch
from server.seeds.history.traffic import Traffic
from server.seeds.market import baskets
from server.seeds.till import Operation
from server.stores import queries as stores

CARRIED_MS = 400
"""How long an operation of unknown age was on its way."""

LATE = 0.002
HOURS = {1: ((8, 22),), 2: ((8, 15), (15, 22))}
TWO_SHIFTS_FROM = 250
"""Lines a day at a till from which on two cashiers share it."""

TILL_KINDS = frozenset({"receipt_copy", "till_event"})
READS_SALES = frozenset({"receipt_copy", "shift_close", "cash_move"})
REMEMBERED_MS = 15 * DAY_MS
Told = tuple[Fact, Operation]


class Shop:
    """One branch at work: what waits to be written, and what comes late."""

    def __init__(self, chain: Chain, site: Site, chance: Random) -> None:
        branch = stores.branch(site.founded.branch_id)
        rates = {id: row.rate_bp for id, row in catalog.tax_rates_by_id().items()}
        self.site, self.bulk = site, Bulk()
        self.item_ids = [ware.item_id for ware in chain.wares.values() if ware.item_id is not None]
        currency = stores.company_of(branch).currency
        self.counter = Counter(branch, site.founded.warehouse_id, currency, rates, self.bulk)
        self.papers = Papers(site, self.bulk, tender_types_by_id(), self.item_ids)
        self.traffic = Traffic(self.bulk, chance)
        self.late: list[tuple[Desk, Told]] = []
        self.young_from = 0


class Shifts:
    """Plays the days of all branches."""

    def __init__(self, chain: Chain, shop: baskets.Shop, chance: Random, trouble: int) -> None:
        self.chain, self.shop, self.chance, self.trouble = chain, shop, chance, trouble

    def open(self, shop: Shop, midnight: int, day: str, lines: int, *, known: bool) -> None:
        """A day of one branch, in the transaction in force. `known`: the age of operations, so paper comes out."""
        shop.counter.open_day(shop.item_ids)
        desks = shop.site.desks
        for nth, desk in enumerate(desks):
            own = lines // len(desks) + (lines % len(desks) if nth == 0 else 0)
            shifts = HOURS[2 if own >= TWO_SHIFTS_FROM else 1]
            for turn, hours in enumerate(shifts):
                part = own // len(shifts) + (own % len(shifts) if turn == 0 else 0)
                cashier = shop.site.cashiers[(midnight // DAY_MS + nth + turn) % len(shop.site.cashiers)]
                watch = Watch(shop.site, desk, day, cashier, midnight, hours, part)
                self._play(shop, watch, known=known)
        if known:
            shop.traffic.office(midnight + DAY_MS // 2)
        shop.counter.close_day(midnight)
        self._end_day(shop, midnight)

    def bring_late(self, shop: Shop, now: int) -> None:
        """Sales that did not get through yesterday come in by the book of the push, in the transaction in force."""
        for desk, (fact, operation) in shop.late:
            fact = _fact(operation, desk, shop.site, fact.happened_at, now)
            with actor.acting(Actor(kind="device", terminal_id=desk.terminal_id)):
                book = SaleBook([fact])
                self._verdict(shop, fact, operation, book.record(fact))
                book.close()
            shop.counter.earlier.lines[fact.id] = book.earlier.lines[fact.id]
            shop.counter.sales += 1
            shop.counter.lines += len(operation["body"]["lines"])
        shop.late.clear()
        shop.bulk.flush()
        self._mark(shop)

    def _play(self, shop: Shop, watch: Watch, *, known: bool) -> None:
        desk = watch.desk
        trade = Trade(self.chain, self.shop, watch, self.chance, self.trouble)
        acts = list(trade.acts(Ages(self.chance, known=known)))
        told = [(_fact(operation, desk, shop.site, at), operation) for at, operation in acts]
        if known:
            shop.traffic.sign_in(desk, watch.cashier, acts[0][0] - 60_000)
        with actor.acting(Actor(kind="device", terminal_id=desk.terminal_id)):
            self._book(shop, desk, told)

    def _book(self, shop: Shop, desk: Desk, told: Sequence[Told]) -> None:
        shifts = ShiftBook([fact for fact, _ in told if fact.kind not in TILL_KINDS and fact.kind != "sale"])
        till = TillBook([fact for fact, _ in told if fact.kind in TILL_KINDS])
        numbers = [0]
        for fact, operation in told:
            with clock.frozen(fact.received_at):
                if fact.kind == "sale":
                    if self._is_late(operation):
                        shop.late.append((desk, (fact, operation)))
                        continue
                    raised = self._sell(shop, desk, fact, shifts)
                    numbers.append(operation["body"]["counter"])
                else:
                    if fact.kind in READS_SALES:
                        shop.bulk.flush()
                    raised = (till if fact.kind in TILL_KINDS else shifts).record(fact)
                self._verdict(shop, fact, operation, raised)
        shifts.tills.count(desk.till.lease_id, sale=max(numbers))
        shifts.close()

    def _sell(self, shop: Shop, desk: Desk, fact: Fact, shifts: ShiftBook) -> list[Raised]:
        assert fact.shift_id is not None
        shift, receipt = shifts.tills.shifts[fact.shift_id], desk.till.receipts[fact.id]
        booked = shop.counter.record(fact, shift, desk.till.series, shifts.tills, receipt)
        if fact.age_ms is not None:
            shop.papers.post(booked.work, desk, shop.site.agent_id)
            shop.traffic.scan(shop.site, desk, booked.work.line_rows, fact.happened_at)
        return booked.raised

    def _is_late(self, operation: Operation) -> bool:
        return operation["body"]["returns_sale_id"] is None and self.chance.random() < LATE * self.trouble

    def _verdict(self, shop: Shop, fact: Fact, operation: Operation, raised: Sequence[Raised]) -> None:
        if raised:
            subject = "sale" if fact.kind == "sale" else "receipt_copy" if fact.kind == "receipt_copy" else "operation"
            flags.raise_flags([(one.kind, subject, str(fact.id), dict(one.detail)) for one in raised])
        kinds = sorted({one.kind for one in raised})
        shop.bulk.add(
            OperationRow.__table__,
            {
                "id": fact.id,
                "terminal_id": fact.terminal_id,
                "seq": fact.seq,
                "kind": fact.kind,
                "body_hash": body_hash(operation),
                "verdict": "accepted",
                "answer": {"flags": kinds, "error": None},
                "received_at": fact.received_at,
            },
        )

    def _end_day(self, shop: Shop, midnight: int) -> None:
        self._mark(shop)
        receipts = shop.site.receipts
        for sale_id in list(receipts):
            if sale_id.int >> 80 >= midnight - REMEMBERED_MS:
                break
            del receipts[sale_id]
        site = shop.site
        site.agent_seq += deliver(site.agent_id, site.agent_seq + 1)

    def _mark(self, shop: Shop) -> None:
        """How far each terminal's operations are here without a gap."""
        waiting = {desk.terminal_id: fact.seq for desk, (fact, _) in reversed(shop.late)}
        for desk in shop.site.desks:
            last = waiting.get(desk.terminal_id, desk.till.seq) - 1
            session().execute(sa.update(Terminal).where(Terminal.id == desk.terminal_id).values(last_seq=last))


def _fact(operation: Operation, desk: Desk, site: Site, at: int, received_at: int | None = None) -> Fact:
    age = operation["age_ms"] if received_at is None else None
    return Fact(
        id=uuid.UUID(operation["id"]),
        seq=operation["seq"],
        kind=operation["kind"],
        happened_at=at,
        hlc=operation["hlc"],
        age_ms=age,
        person_id=operation["person_id"],
        shift_id=uuid.UUID(operation["shift_id"]) if operation["shift_id"] else None,
        body=operation["body"],
        terminal_id=desk.terminal_id,
        branch_id=site.founded.branch_id,
        received_at=at + (CARRIED_MS if age is None else age) if received_at is None else received_at,
    )
