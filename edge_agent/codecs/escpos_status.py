"""What an ESC/POS printer says: status bytes, automatic status, process ids, information strings.

The stream is told apart by its bits: `(b & 0x93) == 0x12` answers DLE EOT, `(b & 0x93) == 0x10` begins four bytes of
automatic status, `37` runs to `00` (process id), `5F` runs to `00` (information), 11 and 13 are XON and XOFF.
A DLE EOT answer does not say which question it answers, so the driver asks one at a time.
"""

from dataclasses import dataclass, replace
from typing import Literal

MAX_BLOCK = 80
Paper = Literal["ok", "low", "out"]


@dataclass(frozen=True, slots=True)
class StatusByte:
    """The answer to a DLE EOT."""

    value: int


@dataclass(frozen=True, slots=True)
class AutoStatus:
    """Four bytes that the printer sends by itself once asked to (GS a)."""

    value: bytes


@dataclass(frozen=True, slots=True)
class ProcessId:
    """Everything before the question with this tag is on paper."""

    tag: str


@dataclass(frozen=True, slots=True)
class Information:
    """Maker, model or serial number."""

    text: str


Answer = StatusByte | AutoStatus | ProcessId | Information


class Demultiplexer:
    """Takes the printer's stream apart, in pieces of any size."""

    def __init__(self) -> None:
        self._block: bytearray | None = None

    def feed(self, data: bytes) -> list[Answer]:
        answers: list[Answer] = []
        for byte in data:
            answer = self._begin(byte) if self._block is None else self._go_on(self._block, byte)
            if answer is not None:
                answers.append(answer)
        return answers

    def _begin(self, byte: int) -> Answer | None:
        if byte & 0x93 == 0x12:
            return StatusByte(byte)
        if byte & 0x93 == 0x10 or byte in (0x37, 0x5F):
            self._block = bytearray([byte])
        return None

    def _go_on(self, block: bytearray, byte: int) -> Answer | None:
        is_auto = block[0] not in (0x37, 0x5F)
        if not is_auto and byte == 0:
            self._block = None
            return _block_answer(bytes(block))
        block.append(byte)
        if is_auto and len(block) == 4:
            self._block = None
            return AutoStatus(bytes(block))
        if len(block) > MAX_BLOCK:
            self._block = None
        return None


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer as its status bytes tell it. `drawer_level` is pin 3 of the drawer socket."""

    is_online: bool = True
    is_drawer_high: bool = False
    is_cover_open: bool = False
    paper: Paper = "ok"
    error: Literal["cutter", "fault", "recovering"] | None = None

    @property
    def trouble(self) -> str | None:
        """The one word that a person needs first; None when it prints."""
        if self.is_cover_open:
            return "cover_open"
        if self.paper == "out":
            return "paper_out"
        if self.error is not None:
            return "cutter" if self.error == "cutter" else "fault"
        return None if self.is_online else "offline"

    def with_answer(self, question: int, value: int) -> "PrinterStatus":
        """The status after the answer to DLE EOT `question` (1 to 4)."""
        match question:
            case 1:
                return replace(self, is_online=not value & 0x08, is_drawer_high=bool(value & 0x04))
            case 2:
                paper = "out" if value & 0x20 else self.paper
                return replace(self, is_cover_open=bool(value & 0x04), paper=paper)
            case 3:
                return replace(self, error=_error_of(value))
            case _:
                return replace(self, paper=_paper_of(value))


def ask(question: int) -> bytes:
    """DLE EOT 1 printer, 2 why offline, 3 error, 4 paper."""
    return bytes([0x10, 0x04, question])


def _block_answer(block: bytes) -> Answer | None:
    text = block[1:].decode("ascii", "replace")
    if block[0] == 0x5F:
        return Information(text)
    return ProcessId(text[1:]) if text[:1] == "\x22" else None


def _error_of(value: int) -> Literal["cutter", "fault", "recovering"] | None:
    if value & 0x08:
        return "cutter"
    if value & 0x20:
        return "fault"
    return "recovering" if value & 0x40 else None


def _paper_of(value: int) -> Paper:
    if value & 0x60:
        return "out"
    return "low" if value & 0x0C else "ok"
