"""A terminal as a browser would be, in a world where time stands still until it acts."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fixtures.browser import Browser
from server.core import clock, ids
from server.devices import operations as devices
from server.seeds.market.catalogue import small_world
from server.seeds.till import Head, Operation, Pay, Sold, Till
from server.values import times

if TYPE_CHECKING:
    from tests.server.worlds import World

NOW_MS = 1_763_978_400_000
"""2025-11-24 10:00 UTC, 14:00 in Baku."""

SECOND_MS = 1_000
MARKET = small_world()
Send = Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]


class StillBrowser(Browser):
    """A browser in whose world it is always the same moment."""

    now_ms = NOW_MS

    def _open(self, method: str, path: str, **rest: Any) -> Any:
        with clock.frozen(self.now_ms):
            return super()._open(method, path, **rest)


class Terminal:
    """A terminal as a browser would be: it writes operations, keeps what is unsent, and pushes over HTTP."""

    def __init__(self, world: "World", browser: StillBrowser, terminal_id: int, till: Till, send: Send | None) -> None:
        self.world, self.browser, self.id, self.till = world, browser, terminal_id, till
        self.now_ms = NOW_MS
        self.outbox: list[Operation] = []
        self.log: list[Operation] = []
        self._send = send or self._over_test_client

    @classmethod
    def pair(cls, world: "World", code: str, person: str, name: str, send: Send | None = None) -> "Terminal":
        """Pair, take the lease and sign in."""
        browser = StillBrowser(world.app, world.shop)
        key = f"key-{name}"
        paired = world.inside(
            lambda: devices.pair_here(branch_id=world.branch_id, name=name, public_key=key), mode="writing"
        )
        browser.plant("__Host-terminal", paired.token)
        answer = browser.post("/cash/leases", {"register_id": world.founded.registers[code]})
        assert answer.status_code == 200, answer.json
        lease = answer.json["lease"]
        till = Till(
            register_id=world.founded.registers[code],
            lease_id=uuid.UUID(lease["id"]),
            series=lease["series"],
            drawer_id=world.founded.drawers[code],
            cash_types=frozenset({world.founded.tender_types["cash"]}),
            new_id=ids.new_id,
            person_id=world.people[person],
            catalogue_cursor=world.founded.cursor,
            next_sale=lease["next"]["sale"],
            next_shift=lease["next"]["shift"],
            next_z=lease["next"]["z"],
        )
        return cls(world, browser, paired.terminal.id, till, send)

    def line(self, name: str, quantity_milli: int = 1_000, **rest: Any) -> Sold:
        """A line of a good by SKU or the beginning of its name."""
        return Sold(self.world.ware(name), quantity_milli, **rest)

    def cash(self, amount: int | None = None, *, given: int | None = None) -> Pay:
        """Cash, handed over as given."""
        return Pay(self.world.founded.tender_types["cash"], amount, given)

    def card(self, amount: int | None = None) -> Pay:
        """A card."""
        return Pay(self.world.founded.tender_types["card"], amount)

    def open(self, float_minor: int = 5_000) -> Operation:
        """Open a shift."""
        branch = MARKET.branch
        day = times.business_day(self.now_ms, branch.timezone, branch.cut_off_min)
        return self._keep(self.till.open_shift(self._tick(), day, float_minor))

    def sell(
        self, lines: Sequence[Sold], pays: Sequence[Pay] | None = None, head: Head | None = None, **rest: Any
    ) -> Operation:
        """Ring a sale; paid in exact cash when nothing else is said."""
        return self._keep(self.till.sale(self._tick(), lines, [self.cash()] if pays is None else pays, head, **rest))

    def give_back(
        self,
        sale: Operation,
        lines: Sequence[tuple[int, int]],
        pays: Sequence[Pay] | None = None,
        head: Head | None = None,
    ) -> Operation:
        """Take goods back: (position, thousandths) each; money back in cash when nothing else is said."""
        approved = head or Head(approved_by=self.world.people["manager"])
        sale_id = uuid.UUID(sale["id"])
        return self._keep(
            self.till.give_back(self._tick(), sale_id, lines, [self.cash()] if pays is None else pays, approved)
        )

    def cash_move(self, direction: str, place: str, amount_minor: int, reason: str = "Xırda pul") -> Operation:
        """Cash in from a place (safe, outside), or out to it."""
        other, drawer = self.world.founded.holders[place], self.till.drawer_id
        ends = (other, drawer) if direction == "in" else (drawer, other)
        return self._keep(self.till.cash_move(self._tick(), *ends, amount_minor, reason))

    def close(self, *, difference_minor: int = 0, reason: str = "") -> Operation:
        """Count the drawer (off by a difference) and close the shift."""
        return self._keep(self.till.close_shift(self._tick(), self.till.drawer_minor + difference_minor, reason))

    def does(self, kind: str, body: dict[str, Any], **rest: Any) -> Operation:
        """Anything else that a terminal pushes."""
        return self._keep(self.till.operation(kind, body, self._tick(), **rest))

    def push(self, *, lose_reply: bool = False, most: int = 100) -> dict[str, Any]:
        """Send what waits. What was accepted, or was there already, waits no more; a lost reply changes nothing."""
        batch = self.outbox[:most]
        answer = self.send(batch)
        if not lose_reply:
            done = {row["id"] for row in answer["results"] if row["verdict"] in ("accepted", "duplicate")}
            self.outbox = [operation for operation in self.outbox if operation["id"] not in done]
        return answer

    def send(self, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Send some operations, whatever waits."""
        return self._send(operations)

    def verdicts(self) -> list[str]:
        """Push everything and say the verdicts."""
        return [row["verdict"] for row in self.push()["results"]]

    def _over_test_client(self, operations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        self.browser.now_ms = self.now_ms
        answer = self.browser.post("/sync/push", {"batch": "b", "ops": list(operations)})
        assert answer.status_code == 200, answer.json
        return dict(answer.json)

    def _keep(self, operation: Operation) -> Operation:
        self.outbox.append(operation)
        self.log.append(operation)
        return operation

    def _tick(self) -> int:
        self.now_ms += SECOND_MS
        return self.now_ms
