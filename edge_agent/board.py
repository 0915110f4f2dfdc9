"""The board: what all devices tell, the newest state of each, and the way of it to the server."""

import logging
import threading
import uuid
from collections.abc import Callable
from typing import Any

from edge_agent.clock import Clock
from edge_agent.devices.base import State
from edge_agent.spool import KEPT_MS, Report, Spool, SpoolFull
from edge_agent.transport import Outgoing
from edge_agent.wire import Address, DeviceEvent, DeviceState, LiveWeight, utc_text

log = logging.getLogger(__name__)


class Board:
    """The agent as its devices see it (devices/base.py: Hub)."""

    def __init__(self, address: Address, spool: Spool, clock: Clock, session: Callable[[], int]) -> None:
        self._address, self._spool, self._clock, self._session = address, spool, clock, session
        self._states: dict[str, tuple[State, str]] = {}
        self._lock = threading.Lock()
        self.ending = clock.event()
        self.publish: Callable[[Outgoing], bool] = lambda message: False
        self.wake: Callable[[], None] = lambda: None

    def now_ms(self) -> int:
        return self._clock.boot_ms()

    def pause(self, ms: int) -> bool:
        return self.ending.wait(ms / 1000)

    def state(self, device: str, state: State) -> None:
        with self._lock:
            known = self._states.get(device)
            if known is not None and known[0] == state:
                return
            self._states[device] = (state, utc_text(self._clock.wall_ms()))
        log.info("%s: %s %s", device, state.word, state.trouble or "")
        self.publish(self._state_message(device))

    def event(self, device: str, event: str, body: dict[str, Any], life_ms: int | None = None) -> None:
        def make(n: int) -> DeviceEvent:
            return DeviceEvent(
                n=n, event_id=str(uuid.uuid4()), device=device, event=event, boot_id=self._clock.boot_id,
                session=self._session(), happened_at=utc_text(self._clock.wall_ms()),
                clock_sync=self._clock.is_synced(), body=body,
            )  # fmt: skip

        boot_id, boot_ms, at_ms = self._clock.boot_id, self._clock.boot_ms(), self._clock.wall_ms()
        try:
            self._spool.keep(Report("event", make, boot_id, boot_ms, at_ms, device, life_ms or KEPT_MS))
        except SpoolFull:
            log.error("the spool is full: the event %s of %s is lost", event, device)
        self.wake()

    def weight(self, weight: LiveWeight) -> None:
        self.publish(Outgoing(self._address.device(weight.device, "live"), weight.to_json(), qos=0))

    def states(self) -> list[Outgoing]:
        """The newest state of every device, to be published after connecting."""
        with self._lock:
            devices = list(self._states)
        return [self._state_message(device) for device in devices]

    def _state_message(self, device: str) -> Outgoing:
        with self._lock:
            state, since = self._states[device]
        told = DeviceState(
            device=device,
            state=state.word,
            since=since,
            session=self._session(),
            trouble=state.trouble,
            details=dict(state.details),
        )
        return Outgoing(self._address.device(device, "state"), told.to_json(), is_retained=True)
