"""Facts up: THE table kind -> book, and the judge who books what terminals push, one operation at a time.

    accepted    booked now; its flags say what a person must look at
    duplicate   booked before: the first answer again
    conflict    the same id with another body: nothing is written, the terminal keeps it for a person
    rejected    cannot be what it claims: kept whole until a person has settled it
    failed      a mistake of ours, or of a server older than the terminal: nothing is stored, it is sent again

The verdict is stored in the commit of its effect. Operations of one push are judged in the order of `seq`, each in a
savepoint; what lies side by side for one book is read at once. A push commits whenever 50 ms of work have gathered and
lets the others of the shop come between, so a terminal's backlog never makes another wait. A second copy of a push
waits for the first (the writers' line on SQLite, the terminal's row on PostgreSQL) and finds duplicates.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog

from server.cash.operations import ShiftBook
from server.core import changes, clock, reference
from server.core.announce import pushed_facts
from server.core.errors import Busy
from server.core.facts import Book, Fact, NotAFact, Raised
from server.core.inbox import RejectedOperation
from server.core.outages import outage_of
from server.core.rows import Sheet
from server.core.tenant import current
from server.core.transaction import savepoint, session, writing
from server.devices import queries as devices
from server.orders.fold import KINDS as ORDER_KINDS
from server.orders.operations import OrderBook
from server.sales.operations import SaleBook, TillBook
from server.sync import verdicts
from server.sync.verdicts import Result

COMMIT_AFTER_S = 0.050
PAUSE_S = 0.005
VERSION = 1
SLICE = 25
"""How many operations are read for at once; a slice is one transaction, or several when it takes too long."""

KINDS: Mapping[str, Callable[[Sequence[Fact]], Book]] = {
    "shift_open": ShiftBook,
    "sale": SaleBook,
    "cash_move": ShiftBook,
    "drawer_open": ShiftBook,
    "shift_close": ShiftBook,
    "receipt_copy": TillBook,
    "till_event": TillBook,
    **dict.fromkeys(ORDER_KINDS, OrderBook),
}
log = structlog.get_logger()


@dataclass(slots=True)
class Push:
    """A push while it is judged."""

    terminal_id: int
    received_at: int
    """When it came. What it waits for the shop's lock counts as age: a drawer opens in time or not at all."""
    waiting: list[Mapping[str, Any]]
    results: dict[uuid.UUID, Result] = field(default_factory=dict)
    next_seq: int = 1
    cursor: int = 0
    at_once: int = SLICE


def push(terminal_id: int, operations: Sequence[Mapping[str, Any]], *, sent_at: int | None = None) -> dict[str, Any]:
    """Judge what a terminal sends. Opens its own transactions. Raises Busy; repeats: safe, each operation by its id.

    Each operation is a dict of id, seq, happened_at, age_ms and shift_id as values, `said` as it came, and its `hash`.
    `sent_at` is what our own clock showed at least when the terminal sent this (`X-AISales-Sent-At`): the time that
    it was under way counts as age.
    """
    received_at = clock.now_ms()
    under_way_ms = max(0, received_at - sent_at) if sent_at is not None else 0
    ordered = sorted((_aged(one, under_way_ms) for one in operations), key=lambda operation: operation["seq"])
    at_work = Push(terminal_id, received_at, list({operation["id"]: operation for operation in ordered}.values()))
    while at_work.waiting:
        _judge_slice(at_work, at_work.waiting[: at_work.at_once])
    return {
        "results": [at_work.results[operation["id"]].to_json() for operation in operations],
        "next_seq": at_work.next_seq,
        "cursor": at_work.cursor,
        "generation": current().generation,
    }


def _aged(operation: Mapping[str, Any], under_way_ms: int) -> Mapping[str, Any]:
    """An operation as old as it is on arrival."""
    if not under_way_ms or operation["age_ms"] is None:
        return operation
    return {**operation, "age_ms": operation["age_ms"] + under_way_ms}


def _judge_slice(push: Push, part: Sequence[Mapping[str, Any]]) -> None:
    """Judge some operations in one transaction. Where the transaction as a whole breaks, each gets one of its own."""
    pause_s = PAUSE_S if len(push.waiting) > len(part) else 0.0
    try:
        with writing(pause_s=pause_s), pushed_facts():
            bench = _Bench(push.terminal_id, push.received_at, part)
            judged = bench.judge()
            push.next_seq, push.cursor = bench.last_seq + 1, changes.head()
    except Busy:
        raise
    except Exception as error:  # the door of pushed facts: one that breaks its transaction must not stop the others
        judged = _one_by_one(push, part, error)
    # What one transaction could not judge in its time is read for again: no more at once than it can.
    push.at_once = min(2 * len(part), SLICE) if len(judged) == len(part) else max(1, len(judged))
    push.results.update({result.id: result for result in judged})
    push.waiting = [operation for operation in push.waiting if operation["id"] not in push.results]


def _one_by_one(push: Push, part: Sequence[Mapping[str, Any]], error: Exception) -> list[Result]:
    if len(part) == 1:
        return [_failed(part[0]["id"], error)]
    for operation in part:
        _judge_slice(push, [operation])
    return []


class _Bench:
    """Judges operations of one terminal in the transaction in force."""

    def __init__(self, terminal_id: int, received_at: int, part: Sequence[Mapping[str, Any]]) -> None:
        self.terminal_id, self.part = terminal_id, part
        seller = devices.ask_seller(terminal_id)  # first, for it makes a second push of the terminal wait
        changes.ask_head()
        known, self.beyond = verdicts.ask_known([one["id"] for one in part]), verdicts.ask_beyond(terminal_id)
        self.branch_id, self.last_seq, self.revoked = devices.seller(terminal_id, seller)
        self.known = verdicts.known(known)
        reference.memo()
        self.received_at = received_at
        self.deadline_s: float | None = None
        self.sheet = Sheet()

    def judge(self) -> list[Result]:
        """Verdicts of the first of the operations, as many as fit into the time; at least one."""
        known = self.known
        results: list[Result] = []
        for opener, run in _runs(self.part, known):
            facts = [self._fact(operation) for operation in run]
            if opener is None:
                results += [
                    self._without_book(fact, known.get(fact.id), raw) for fact, raw in zip(facts, run, strict=True)
                ]
                continue
            book = opener(facts)
            if self.deadline_s is None:
                # The clock runs from here: waiting for another terminal's goods is no work of ours.
                self.deadline_s = clock.monotonic_s() + COMMIT_AFTER_S
            results += self._with_book(book, facts, run)
            if self._is_over():
                break
        self.last_seq = verdicts.write(self.sheet, self.terminal_id, self.last_seq, self.beyond)
        return results

    def _fact(self, operation: Mapping[str, Any]) -> Fact:
        said = operation["said"]
        return Fact(
            id=operation["id"],
            seq=operation["seq"],
            kind=said["kind"],
            happened_at=operation["happened_at"],
            hlc=said["hlc"],
            age_ms=operation["age_ms"],
            person_id=said["person_id"],
            shift_id=operation["shift_id"],
            body=said["body"],
            terminal_id=self.terminal_id,
            branch_id=self.branch_id,
            received_at=self.received_at,
        )

    def _with_book(self, book: Book, facts: Sequence[Fact], run: Sequence[Mapping[str, Any]]) -> list[Result]:
        results = []
        for fact, raw in zip(facts, run, strict=True):
            results.append(self._book(book, fact, raw))
            if self._is_over():
                break
        book.close()
        return results

    def _is_over(self) -> bool:
        return self.deadline_s is not None and clock.monotonic_s() > self.deadline_s

    def _book(self, book: Book, fact: Fact, raw: Mapping[str, Any]) -> Result:
        try:
            with savepoint():
                self._refuse_revoked(fact)
                raised = [*book.record(fact), *self._rung_before_revocation(fact)]
                verdicts.raise_flags(fact, raised)
                result = Result(fact.id, "accepted", tuple(sorted({one.kind for one in raised})))
            verdicts.store(self.sheet, fact, raw, result)
            return result
        except NotAFact as refusal:
            return self._reject(fact, raw, refusal)
        except Exception as error:  # the door of one fact: the others of the push go on
            if outage_of(error) is not None:
                raise  # nothing can be booked now: the terminal sends all of it again
            return _failed(fact.id, error)

    def _without_book(self, fact: Fact, known: Any, raw: Mapping[str, Any]) -> Result:
        """An operation that was judged before, or of a kind that this server does not know yet."""
        if known is None:
            return Result(fact.id, "failed", error={"code": "kind_unknown", "params": {"kind": fact.kind}})
        if bytes(known.body_hash) != raw["hash"]:
            return Result(fact.id, "conflict", error={"code": "conflict", "params": {}})
        answer = known.answer or {}
        verdict = "duplicate" if known.verdict == "accepted" else known.verdict
        return Result(fact.id, verdict, tuple(answer.get("flags", ())), answer.get("error"))

    def _reject(self, fact: Fact, raw: Mapping[str, Any], refusal: NotAFact) -> Result:
        error = {"code": refusal.code, "params": refusal.params}
        result = Result(fact.id, "rejected", error=error)
        kept = dict(raw["said"]) | {"id": str(fact.id), "seq": fact.seq, "age_ms": fact.age_ms}
        with savepoint():
            session().execute(
                sa.insert(RejectedOperation).values(
                    operation_id=fact.id,
                    terminal_id=fact.terminal_id,
                    body=kept,
                    error=error,
                    received_at=fact.received_at,
                )
            )
        verdicts.store(self.sheet, fact, raw, result)
        return result

    def _refuse_revoked(self, fact: Fact) -> None:
        if devices.was_revoked(self.revoked, fact.occurred_at):
            raise NotAFact("device_revoked")

    def _rung_before_revocation(self, fact: Fact) -> list[Raised]:
        """What a terminal rang before it was revoked, and brings only after it was paired again."""
        before = [start for start, end in self.revoked if fact.occurred_at < start and end is not None]
        return [Raised("device_revoked", {"revoked_at": before[0]})] if before and fact.kind == "sale" else []


def _runs(
    part: Sequence[Mapping[str, Any]], known: Mapping[uuid.UUID, Any]
) -> Iterator[tuple[Callable[[Sequence[Fact]], Book] | None, list[Mapping[str, Any]]]]:
    """Operations side by side that one book takes; those without a book (known before, or of no known kind) apart."""
    opener: Callable[[Sequence[Fact]], Book] | None = None
    run: list[Mapping[str, Any]] = []
    for operation in part:
        is_new = operation["id"] not in known and operation["said"]["v"] == VERSION
        own = KINDS.get(operation["said"]["kind"]) if is_new else None
        if run and own is not opener:
            yield opener, run
            run = []
        opener = own
        run.append(operation)
    if run:
        yield opener, run


def _failed(id: uuid.UUID, error: Exception) -> Result:
    log.error("push_failed", tenant=current().slug, operation=str(id), error=repr(error), exc_info=error)
    return Result(id, "failed", error={"code": "failed", "params": {}})
