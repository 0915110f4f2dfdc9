"""Talk to an ESC/POS printer over a link: send, ask for its status one question at a time, hear its process ids."""

import time
from collections.abc import Callable

from edge_agent.codecs.escpos_status import Answer, Demultiplexer, PrinterStatus, ProcessId, StatusByte, ask
from edge_agent.drivers.link import Link
from edge_agent.rendering import confirmation_request

ANSWER_MS = 500
PROBE_MS = 1_000
PROBE_TAG = "PRB?"


def monotonic_ms() -> int:
    """Milliseconds that only grow."""
    return time.monotonic_ns() // 1_000_000


class EscposPort:
    """A printer at the end of a link. All functions raise LinkDown."""

    def __init__(self, link: Link, now_ms: Callable[[], int] = monotonic_ms) -> None:
        self.link, self._now_ms = link, now_ms
        self._demultiplexer = Demultiplexer()
        self._printed: set[str] = set()
        self._confirms: bool | None = None

    def open(self) -> None:
        """Reach the printer. Safe to repeat."""
        if not self.link.is_open:
            self.link.open()
            self._demultiplexer = Demultiplexer()
            self._printed.clear()

    def close(self) -> None:
        self.link.close()

    def send(self, data: bytes) -> None:
        self.link.write(data)

    def status(self) -> PrinterStatus | None:
        """The printer's condition; None when it does not answer at all."""
        status = PrinterStatus()
        for question in (1, 2, 3, 4):
            answer = self._ask(question)
            if answer is None:
                return status if question > 1 else None
            status = status.with_answer(question, answer)
        return status

    def drawer_level(self) -> bool | None:
        """Whether pin 3 of the drawer socket is high; None when the printer does not answer."""
        answer = self._ask(1)
        return None if answer is None else bool(answer & 0x04)

    def confirms(self) -> bool:
        """Whether it answers process ids: asked once, not believed from its name. No answer of a printer that waits
        for a person means nothing."""
        if self._confirms is None:
            self.send(confirmation_request(PROBE_TAG))
            has_answered = self.printed(PROBE_TAG, PROBE_MS)
            status = None if has_answered else self.status()
            self._confirms = None if status is not None and status.trouble is not None else has_answered
        return bool(self._confirms)

    def printed(self, tag: str, timeout_ms: int) -> bool:
        """Whether the answer to a process id has come, within the time."""
        if tag not in self._printed:
            self._hear(timeout_ms, lambda answer: answer == ProcessId(tag))
        return tag in self._printed

    def _ask(self, question: int) -> int | None:
        self.send(ask(question))
        answer = self._hear(ANSWER_MS, lambda answer: isinstance(answer, StatusByte))
        return answer.value if isinstance(answer, StatusByte) else None

    def _hear(self, timeout_ms: int, is_awaited: Callable[[Answer], bool]) -> Answer | None:
        """Listen until the awaited answer comes or the time is over; process ids are remembered on the way."""
        deadline_ms = self._now_ms() + timeout_ms
        while (left_ms := deadline_ms - self._now_ms()) > 0:
            answers = self._demultiplexer.feed(self.link.read(left_ms))
            # All of them, because a process id may stand right behind the answer that is awaited.
            self._printed |= {answer.tag for answer in answers if isinstance(answer, ProcessId)}
            awaited = [answer for answer in answers if is_awaited(answer)]
            if awaited:
                return awaited[-1]
        return None
