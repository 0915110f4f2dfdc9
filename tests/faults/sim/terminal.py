"""A till as the browser is one: operations are on its disk before anything else, and leave the outbox by a verdict.

    Disk        what a reload, a crash or a power cut leaves: the log with its outbox, counters, catalogue, orders
    Terminal    what a page holds in memory: the request under way, its monotonic clock, its pauses

It follows `src/data/outbox.ts` and `sender.ts` of the browser.
"""

import uuid
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from random import Random
from types import SimpleNamespace
from typing import Any, Protocol

from server.catalog.prices import price_valid_at
from server.seeds.rung import Receipt, Ware
from server.seeds.till import Operation, Till
from server.values import times
from server.values.ids import uuid7
from tests.faults.sim.virtual_time import VirtualTime

BATCH_OPERATIONS = 100
ANSWER_WITHIN_MS = 15_000
SEND_SOON_MS = 20
ASK_AGAIN_MS = 5_000
PAUSE_FIRST_MS, PAUSE_MOST_MS = 200, 60_000
FAILED_FIRST_MS = 2_000
KEPT = (
    "register_id", "lease_id", "series", "drawer_id", "drawer_minor", "seq", "next_sale", "next_shift", "next_z",
    "shift_id", "business_day", "catalogue_cursor", "clock", "person_id",
)  # fmt: skip
"""What a till must find again after a reload, beside its receipts."""

Answered = Callable[[dict[str, Any], int], None]
"""An answer, and what the server's clock showed when it was made."""


class Network(Protocol):
    """The way to the server."""

    def push(self, terminal: "Terminal", operations: list[Operation], sent_at: int | None, answered: Answered) -> None:
        """Send operations; `answered` may be called once, or never."""
        ...

    def pull(self, terminal: "Terminal") -> None:
        """Ask for what changed."""
        ...


class Witness(Protocol):
    """Who writes down what a terminal was told."""

    def heard(self, terminal: "Terminal", operation: Operation, result: Mapping[str, Any], generation: int) -> None:
        """A verdict has reached the terminal."""
        ...


@dataclass
class Entry:
    """An operation in the log: whether it waits, and when it was made by which page's clock."""

    operation: Operation
    page: int
    made_ms: int
    is_unsent: bool = True
    needs_attention: bool = False
    not_before_ms: int = 0
    tries: int = 0


@dataclass
class Disk:
    """What is durable at a terminal."""

    log: dict[int, Entry] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    rung: list[int] = field(default_factory=list)
    receipts: dict[uuid.UUID, Receipt] = field(default_factory=dict)
    server: tuple[int, int] | None = None
    epoch: int = 0
    epochs: dict[int, int] = field(default_factory=dict)
    prices: dict[int, list[Any]] = field(default_factory=dict)
    orders: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    behind_ms: int = 0
    """How far this device's wall clock was behind the server's when an answer last told."""

    def write(self, till: Till, entry: Entry | None = None) -> None:
        """One transaction: the operation with every counter that it used."""
        if entry is not None:
            self.log[entry.operation["seq"]] = entry
        self.kept = {name: copy(getattr(till, name)) for name in KEPT}
        self.rung = list(till.rung)

    def waiting(self, now_ms: int) -> list[Entry]:
        """The oldest operations that may be sent now."""
        found = [one for one in self.log.values() if one.is_unsent and one.not_before_ms <= now_ms]
        return sorted(found, key=lambda one: one.operation["seq"])[:BATCH_OPERATIONS]


class Terminal:
    """A terminal of the shop. `ahead_ms` is how wrong its wall clock is."""

    def __init__(
        self, *, id: int, name: str, time: VirtualTime, random: Random, network: Network, witness: Witness,
        ahead_ms: int, idles_ms: int,
    ) -> None:  # fmt: skip
        self.id, self.name = id, name
        self.time, self.random = time, random
        self.disk = Disk()
        self.ahead_ms = ahead_ms
        self.is_offline = False
        self.idles_ms = idles_ms
        """How long at most an operation waits for company before it is sent: a slow machine, a hidden tab."""
        self._network, self._witness = network, witness
        self.till = Till(
            register_id=0, lease_id=uuid.UUID(int=0), series="", drawer_id=0, cash_types=frozenset(),
            new_id=self.new_id, person_id=0,
        )  # fmt: skip
        self._page = 0
        self._begin_page()

    # The page

    @property
    def wall_ms(self) -> int:
        """What this device takes for the time."""
        return self.time.now_ms + self.ahead_ms

    def new_id(self, at_ms: int) -> uuid.UUID:
        """A new id of an instant."""
        return uuid7(at_ms=at_ms, randomness=self.random.randbytes(10))

    @property
    def has_lease(self) -> bool:
        """Whether it may give numbers, as far as it knows."""
        return self.disk.epoch > 0 and self.disk.epochs.get(self.till.register_id, 0) <= self.disk.epoch

    def reload(self) -> None:
        """The page, the browser or the power is gone, and back: only the disk is left."""
        for name, value in self.disk.kept.items():
            setattr(self.till, name, value)
        self.till.rung = list(self.disk.rung)
        self._begin_page()
        self.time.after(SEND_SOON_MS, self.send)

    def keep(self, operation: Operation) -> Operation:
        """Something has happened at the till: it is on disk before anyone sees it."""
        self.disk.write(self.till, Entry(operation, self._page, self.time.now_ms))
        self.time.after(self.random.randint(1, self.idles_ms), self.send)
        return operation

    def ware(self, ware: Ware) -> Ware:
        """A good at the price that this terminal knows now."""
        rows = self.disk.prices.get(ware.item_id or 0, ())
        valid = price_valid_at(rows, self.wall_ms + self.disk.behind_ms, branch_id=None)
        return ware if valid is None else replace(ware, unit_price_minor=valid.amount_minor, price_id=valid.id)

    def business_day(self) -> str:
        """The day of a shift that begins now."""
        return times.business_day(self.wall_ms, "Asia/Baku", 300)

    def _begin_page(self) -> None:
        self._page += 1
        self._request = 0
        self._is_sending = False
        self._pause_ms = PAUSE_FIRST_MS
        self._is_asking = False
        self._server_behind_ms: int | None = None
        """How far the server's clock is behind this page's monotonic one, at most."""

    def learn_time(self, server_ms: int) -> None:
        """An answer has come that was made when the server's clock showed this."""
        self._server_behind_ms = self.time.now_ms - server_ms
        self.disk.behind_ms = server_ms - self.wall_ms

    # The sender

    def come_online(self) -> None:
        """The network is back."""
        self.is_offline = False
        self._pause_ms = PAUSE_FIRST_MS
        self._network.pull(self)
        self.send()

    def send(self) -> None:
        """Send what waits, one request at a time."""
        batch = self.disk.waiting(self.time.now_ms)
        if self._is_sending or not batch:
            return
        if self._server_behind_ms is None:
            # A new page asks what is new before it brings anything, so it knows what the server's clock shows.
            self._ask_first()
            return
        self._is_sending = True
        self._request += 1
        page, request = self._page, self._request

        def is_current() -> bool:
            return self._is_sending and (page, request) == (self._page, self._request)

        def answered(answer: dict[str, Any], server_ms: int) -> None:
            if is_current():
                self.learn_time(server_ms)
                self._is_sending = False
                self._pause_ms = PAUSE_FIRST_MS
                self._apply(answer)
                self.time.after(0, self.send)

        def too_late() -> None:
            if is_current():
                self._is_sending = False
                self._pause_ms = min(self._pause_ms * 2, PAUSE_MOST_MS)
                self.time.after(self._pause_ms, self.send)

        sent_at = None if self._server_behind_ms is None else self.time.now_ms - self._server_behind_ms
        self._network.push(self, [self._as_pushed(entry) for entry in batch], sent_at, answered)
        self.time.after(ANSWER_WITHIN_MS, too_late)

    def _ask_first(self) -> None:
        page = self._page

        def again() -> None:
            if page == self._page:
                self._is_asking = False
                self.send()

        if not self._is_asking:
            self._is_asking = True
            self._network.pull(self)
            self.time.after(ASK_AGAIN_MS, again)

    def _as_pushed(self, entry: Entry) -> Operation:
        age_ms = self.time.now_ms - entry.made_ms if entry.page == self._page else None
        return dict(entry.operation, age_ms=age_ms)

    def _apply(self, answer: Mapping[str, Any]) -> None:
        by_id = {entry.operation["id"]: entry for entry in self.disk.log.values()}
        for result in answer["results"]:
            entry = by_id.get(result["id"])
            if entry is not None:
                self._judged(entry, result)
                self._witness.heard(self, entry.operation, result, answer["generation"])
        self._follow(answer["generation"], answer["next_seq"])
        if answer["cursor"] != self.till.catalogue_cursor:
            self._network.pull(self)

    def _judged(self, entry: Entry, result: Mapping[str, Any]) -> None:
        if result["verdict"] in ("accepted", "duplicate"):
            entry.is_unsent = entry.needs_attention = False
        elif result["verdict"] == "failed":
            entry.tries += 1
            entry.not_before_ms = self.time.now_ms + FAILED_FIRST_MS * 2 ** (entry.tries - 1)
            self.time.after(entry.not_before_ms - self.time.now_ms, self.send)
        else:
            entry.is_unsent, entry.needs_attention = False, True

    def _follow(self, generation: int, next_seq: int) -> None:
        """A restored server gets the whole log once more; one that knows less than it did, the log from there on."""
        known = self.disk.server
        if known is not None and known[0] != generation:
            self._send_again(1)
        elif known is not None and next_seq < known[1]:
            self._send_again(next_seq)
        self.till.seq = max(self.till.seq, next_seq)
        self.disk.server = (generation, next_seq)
        self.disk.write(self.till)

    def _send_again(self, from_seq: int) -> None:
        for seq, entry in self.disk.log.items():
            if seq >= from_seq and not entry.needs_attention:
                entry.is_unsent, entry.not_before_ms = True, 0

    # What comes down

    def apply_changes(self, page: Mapping[str, Any]) -> None:
        """Rows of the feed."""
        for change in page["changes"]:
            row = change["row"]
            if row is None:
                continue
            if change["kind"] == "price":
                self._learn_price(row)
            elif change["kind"] == "register":
                self.disk.epochs[row["id"]] = row["lease_epoch"]
            elif change["kind"] == "order_operation":
                self.learn_order(row)
        self._stand_at(page["to"])

    def begin_anew(self, snapshot: Mapping[str, Any]) -> None:
        """Everything from the beginning: the cursor was of another generation."""
        self.disk.prices.clear()
        self.disk.orders.clear()
        for row in snapshot["prices"]:
            self.disk.prices.setdefault(row.item_id, []).append(row)
        for operation in snapshot["orders"]:
            self.learn_order(operation)
        self._stand_at(snapshot["cursor"])
        known = self.disk.server
        if known is not None and known[0] != snapshot["generation"]:
            # A terminal that has nothing new to send would never hear of the restore in an answer to a push.
            self._send_again(1)
            self.disk.server = (snapshot["generation"], 1)
            self.disk.write(self.till)
            self.send()

    def learn_order(self, row: Mapping[str, Any]) -> None:
        """An operation of an open order, one's own or another's."""
        self.disk.orders.setdefault(str(row["order_id"]), {})[str(row["id"])] = dict(row)

    def _learn_price(self, row: Mapping[str, Any]) -> None:
        self.disk.prices.setdefault(row["item_id"], []).append(SimpleNamespace(**row))

    def _stand_at(self, cursor: int) -> None:
        self.till.catalogue_cursor = cursor
        self.disk.write(self.till)
