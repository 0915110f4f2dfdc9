"""The print mechanism: tokens to paper, pulses and answers. Knows no socket and no clock."""

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from edge_agent.profiles import PrinterProfile
from edge_agent.virtual.paper import Code, Gap, Letter, Paper, Picture, Words
from edge_agent.virtual.reading import words_in
from edge_agent.virtual.tokens import Token

LINE_FEED = 0x0A
MAX_PAPERS = 200
"""The basket below the printer: older papers are thrown away."""
INFORMATION = {66: "AI Sales", 67: "Virtual 80", 68: "V0000001"}


@dataclass(frozen=True, slots=True)
class Pulse:
    """A pulse on the drawer socket."""

    pin: int
    on_ms: int
    off_ms: int


class Mechanism:
    """Obeys tokens. `pulse` is called for a drawer, `answer` for bytes to the host, `now` dates a new paper."""

    def __init__(
        self,
        profile: PrinterProfile,
        *,
        pulse: Callable[[Pulse], None],
        answer: Callable[[bytes], None],
        now: Callable[[], str],
    ) -> None:
        self.papers: list[Paper] = []
        self._profile = profile
        self._pages = {number: name for name, number in profile.code_pages.items()}
        self._pulse, self._answer, self._now = pulse, answer, now
        self._reset()

    def obey(self, token: Token) -> None:
        """Do what a token says; what the mechanism does not know, it passes over."""
        first = token.params[0] if token.params else 0
        match token.name:
            case "text":
                self._write(token.payload)
            case "control":
                self._control(first)
            case "ESC @":
                self._reset()
            case "ESC t":
                self._page = self._pages.get(first, "ascii")
            case "ESC E" | "ESC G":
                self._is_bold = bool(first & 1)
            case "GS !":
                self._size = 2 if first & 0x11 else 1
            case "ESC !":
                self._size, self._is_bold, self._is_small = 2 if first & 0x30 else 1, bool(first & 8), bool(first & 1)
            case "ESC M":
                self._is_small = first in (1, 49)
            case "ESC a":
                self._align = first % 48
            case "ESC d" | "ESC J":
                self._feed(first * (self._profile.line_height if token.name == "ESC d" else 1))
            case "ESC p":
                on_ms, off_ms = token.params[1] * 2, token.params[2] * 2
                self._pulse(Pulse(5 if first & 1 else 2, on_ms, max(on_ms, off_ms)))
            case _:
                self._obey_long(token)

    def power_off(self) -> None:
        """What stands on the roll stays, uncut; a new paper begins when it is on again."""
        self._line.clear()
        if self.papers and not self.papers[-1].is_cut:
            self.papers[-1].is_cut = True
        self._reset()

    def _obey_long(self, token: Token) -> None:
        match token.name:
            case "GS v":
                self._rows(int.from_bytes(token.params[2:4], "little"), token.payload)
            case "ESC *":
                self._stripe(token)
            case "GS k":
                self._barcode(token)
            case "GS (":
                self._function(token)
            case "GS V":
                self._cut()
            case "GS I":
                number = token.params[0]
                self._answer(b"\x20" if number < 64 else b"_" + INFORMATION.get(number, "").encode() + b"\x00")

    def _reset(self) -> None:
        self._line: list[Letter] = []
        self._page = self._pages.get(0, "ascii")
        self._is_bold, self._is_small, self._size, self._align = False, False, 1, 0
        self._code = b""

    @property
    def _paper(self) -> Paper:
        if not self.papers or self.papers[-1].is_cut:
            self.papers.append(Paper(self.papers[-1].n + 1 if self.papers else 1, self._now()))
            del self.papers[:-MAX_PAPERS]
        return self.papers[-1]

    def _write(self, raw: bytes) -> None:
        for letter in raw.decode(self._page, "replace"):
            if (
                sum(one.size for one in self._line) + self._size
                > self._profile.columns * (4 if self._is_small else 3) // 3
            ):
                self._end_line()
            self._line.append(Letter(letter, self._is_bold, self._size, self._is_small))

    def _control(self, byte: int) -> None:
        if byte == LINE_FEED:
            self._end_line()

    def _end_line(self) -> None:
        self._paper.elements.append(Words(tuple(self._line), self._align))
        self._line.clear()

    def _feed(self, dots: int) -> None:
        if self._line:
            self._end_line()
        self._paper.elements.append(Gap(dots))

    def _picture(self, image: Image.Image) -> None:
        profile = self._profile
        words = words_in(image, profile.cell_width, profile.cell_height, profile.line_height)
        self._paper.elements.append(Picture(image, self._align, words))

    def _rows(self, row_bytes: int, dots: bytes) -> None:
        if row_bytes and dots:
            self._picture(Image.frombytes("1", (row_bytes * 8, len(dots) // row_bytes), dots))

    def _stripe(self, token: Token) -> None:
        rows = 8 if token.params[0] < 32 else 24
        columns = len(token.payload) * 8 // rows
        if columns:
            turned = Image.frombytes("1", (rows, columns), token.payload)
            self._picture(turned.transpose(Image.Transpose.TRANSPOSE))

    def _barcode(self, token: Token) -> None:
        kind = "ean13" if token.params[0] in (2, 67) else "code128"
        content = token.payload.decode("ascii", "replace").removeprefix("{B").replace("{{", "{")
        self._paper.elements.append(Code(kind, content, self._align))

    def _function(self, token: Token) -> None:
        kind, payload = chr(token.params[0]), token.payload
        if kind == "k" and payload[:3] == b"1P0":
            self._code = payload[3:]
        elif kind == "k" and payload[:2] == b"1Q" and self._code:
            self._paper.elements.append(Code("qr", self._code.decode("utf-8", "replace"), self._align))
        elif kind == "H" and payload[:2] == b"00" and self._profile.confirm == "process_id":
            self._answer(b"\x37\x22" + payload[2:6] + b"\x00")

    def _cut(self) -> None:
        if self._line:
            self._end_line()
        self._paper.is_cut = True
