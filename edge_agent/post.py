"""The post: takes reports from the spool to the server, in order, and strikes them out when the server has them.

The broker's receipt counts for nothing (it also comes for what it then drops), only the server's `down/sync`.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from edge_agent.clock import Clock
from edge_agent.server_time import ServerTime
from edge_agent.spool import Spool, SpoolFull, UpRow
from edge_agent.transport import Outgoing
from edge_agent.wire import Ack, Address, DeviceEvent, SyncDown, utc_ms

log = logging.getLogger(__name__)
WINDOW = 20
"""Reports under way at once, as many as the broker lets in flight."""
RESEND_MS = 10_000
IDLE_S = 1.0


class Post(threading.Thread):
    """One thread. `publish` says whether a message could be handed over; `greet` sends what opens a session.

    It learns the server's time: from the answer to a greeting, and to reports that were made and sent after it.
    """

    def __init__(
        self,
        address: Address,
        spool: Spool,
        clock: Clock,
        publish: Callable[[Outgoing], bool],
        greet: Callable[[], bool],
        session: Callable[[], int],
    ) -> None:
        super().__init__(name="post", daemon=True)
        self._address, self._spool, self._clock = address, spool, clock
        self._publish, self._greet = publish, greet
        self._session = session
        self.server_time = ServerTime()
        self._under_way: dict[int, int] = {}
        self._first_sent: dict[int, int] = {}
        self._greeted_ms = self._greeted_n = 0
        self._wake = clock.event()
        self._must_greet = False
        self._is_connected = False
        self._is_ending = False

    def connected(self) -> None:
        """A session begins: greet, then send everything again."""
        self._must_greet, self._is_connected = True, True
        self._wake.set()

    def disconnected(self) -> None:
        self._is_connected = False

    def wake(self) -> None:
        """Something new is in the spool."""
        self._wake.set()

    def tell_now(self, ack: Ack) -> None:
        """A report for which the spool has no room: said once, the server asks again if it is lost."""
        self._publish(Outgoing(self._address.up("ack"), ack.to_json()))

    def confirmed(self, sync: SyncDown) -> None:
        """The server has these reports."""
        self._learn_time(sync)
        self._spool.confirm(sync.acked, sync.ack_up_to)
        self._wake.set()

    def end(self) -> None:
        self._is_ending = True
        self._wake.set()

    def run(self) -> None:
        while not self._is_ending:
            self._wake.wait(IDLE_S)
            self._wake.clear()
            if self._is_connected and not self._is_ending:
                try:
                    self._round()
                except SpoolFull:
                    log.error("the spool is full: reports wait")

    def _round(self) -> None:
        if self._must_greet:
            self._must_greet = False
            self._under_way.clear()
            self._first_sent.clear()
            self._greeted_ms, self._greeted_n = self._clock.boot_ms(), self._spool.last_n
            if not self._greet():
                self._must_greet = True
                return
        self._send_waiting()

    def _send_waiting(self) -> None:
        rows = self._spool.unconfirmed(limit=WINDOW)
        here = {row.n for row in rows}
        self._under_way = {n: at_ms for n, at_ms in self._under_way.items() if n in here}
        now_ms = self._clock.boot_ms()
        for row in rows:
            sent_ms = self._under_way.get(row.n)
            if sent_ms is not None and now_ms - sent_ms < RESEND_MS:
                continue
            if self._is_stale(row, now_ms):
                self._spool.confirm((row.n,))
            elif self._publish(self._message(row, now_ms)):
                self._under_way[row.n] = now_ms
                if row.n > self._greeted_n:
                    self._first_sent.setdefault(row.n, now_ms)
            else:
                return

    def _learn_time(self, sync: SyncDown) -> None:
        """Of a report from before the greeting a copy may have come earlier: it says nothing of the time."""
        sent_ms = [self._first_sent.pop(n) for n in sync.acked if n in self._first_sent]
        if sync.sent_at is not None and sync.session == self._session():
            asked_ms, now_ms = max(self._greeted_ms, *sent_ms, 0), self._clock.boot_ms()
            self.server_time.learn(utc_ms(sync.sent_at), asked_ms=asked_ms, heard_ms=now_ms)

    def _is_stale(self, row: UpRow, now_ms: int) -> bool:
        """A scan of another boot or older than its life must not land in anybody's basket."""
        is_short = row.life_ms < 60_000
        return is_short and (row.boot_id != self._clock.boot_id or now_ms - row.kept_boot_ms > row.life_ms)

    def _message(self, row: UpRow, now_ms: int) -> Outgoing:
        if row.kind == "ack":
            return Outgoing(self._address.up("ack"), row.body)
        event = DeviceEvent.from_json(row.body)
        if row.boot_id == self._clock.boot_id:
            event = replace(event, age_ms=max(0, now_ms - row.kept_boot_ms))
        return Outgoing(self._address.device(event.device, "event"), event.to_json())
