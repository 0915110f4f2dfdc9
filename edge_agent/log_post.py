"""Warnings of the agent's log on their way to the server: a few a minute, and never in the way."""

import logging
from collections import deque
from collections.abc import Callable

from edge_agent.clock import Clock
from edge_agent.transport import Outgoing
from edge_agent.wire import Address, LogLine, utc_text
from edge_agent.wire.reports import MAX_LOG_TEXT

MAX_A_MINUTE = 10


class LogPost(logging.Handler):
    """Publishes records of WARNING and above on `up/log`."""

    def __init__(self, address: Address, clock: Clock, publish: Callable[[Outgoing], bool]) -> None:
        super().__init__(logging.WARNING)
        self._address, self._clock, self._publish = address, clock, publish
        self._recent: deque[int] = deque(maxlen=MAX_A_MINUTE)

    def emit(self, record: logging.LogRecord) -> None:
        now_ms = self._clock.boot_ms()
        if len(self._recent) == MAX_A_MINUTE and now_ms - self._recent[0] < 60_000:
            return
        self._recent.append(now_ms)
        line = LogLine(
            level=record.levelname,
            source=record.name,
            text=record.getMessage().replace("\x00", "")[:MAX_LOG_TEXT],
            sent_at=utc_text(self._clock.wall_ms()),
        )
        self._publish(Outgoing(self._address.up("log"), line.to_json(), qos=0))
