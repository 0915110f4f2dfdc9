"""A print job in ESC/POS: head, blocks, job tag, cut, and the question that tells when it is printed.

Frame: `ESC @`, line height; the blocks; the job tag `#7F3A.1` in small print; feed and cut; then, where the
printer can, `GS ( H` with the tag, which it answers when everything before is on paper.
"""

from dataclasses import dataclass

from edge_agent.profiles import DrawerPort, PrinterProfile
from edge_agent.rendering.codes import barcode_bytes, qr_bytes
from edge_agent.rendering.glyphs import draw_line
from edge_agent.rendering.layout import Line, lines_of
from edge_agent.rendering.letters import encode, page_for
from edge_agent.rendering.raster import esc_star, gs_v_0
from edge_agent.wire import Barcode, Block, Cut, Document, Feed, Qr, Row, Rule, Text

INIT = b"\x1b@"
SMALL_FONT, NORMAL_FONT = b"\x1bM\x01", b"\x1bM\x00"
CODE_ROOM_DOTS = 12
"""Quiet paper above and below a code."""
LINES_WITHOUT_CUTTER = 4
"""Between head and tear bar of a printer that does not cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """A paper to print. `tag` is four letters of the job's id; `mark` heads a paper that may be a second one."""

    document: Document
    tag: str
    attempt: int = 1
    mark: str = ""


def render(job: PrintJob, profile: PrinterProfile) -> bytes:
    """The bytes of a job for a printer. Safe: no byte of a text is a command, no picture holds a real-time one."""
    writer = _Writer(profile)
    writer.start()
    if job.mark:
        writer.words(Text(text=job.mark, align="center", bold=True))
    blocks = job.document.blocks
    body = blocks[:-1] if blocks and isinstance(blocks[-1], Cut) else blocks
    for block in body:
        writer.block(block)
    writer.tag(f"#{job.tag}.{job.attempt}")
    writer.cut()
    return bytes(writer.out)


def confirmation_request(tag: str) -> bytes:
    """`GS ( H` 48: answered by `37 22 <tag> 00` when everything before it is printed. The tag: 4 printable letters."""
    return b"\x1d(H\x06\x0000" + tag.encode("ascii")


def completion(profile: PrinterProfile) -> bytes:
    """What ends a command that broke off somewhere: white dots for the longest picture, which else would take the
    next job for its own, and a fresh start. To a printer that waits for nothing they say nothing."""
    return bytes(profile.slice_rows * ((profile.dots + 7) // 8)) + INIT


def cut_off(profile: PrinterProfile) -> bytes:
    """Feed and cut, so that the remains of a paper do not hang on the next one."""
    writer = _Writer(profile)
    writer.cut()
    return bytes(writer.out)


def drawer_pulse(port: DrawerPort) -> bytes:
    """`ESC p`: a pulse on a drawer pin, in units of 2 ms."""
    return bytes([0x1B, 0x70, 0 if port.pin == 2 else 1, port.on_ms // 2, port.off_ms // 2])


def realtime_drawer_pulse(port: DrawerPort) -> bytes:
    """`DLE DC4 1`: a pulse that a printer gives even when it is out of paper, in units of 100 ms."""
    return bytes([0x10, 0x14, 0x01, 0 if port.pin == 2 else 1, max(1, min(8, port.on_ms // 100))])


class _Writer:
    """The bytes so far, and what the printer is set to."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.profile = profile
        self.out = bytearray()
        self.page: str | None = None
        self.is_bold = False
        self.size = 1

    def start(self) -> None:
        self.out += INIT + bytes([0x1B, 0x33, self.profile.line_height])

    def block(self, block: Block) -> None:
        match block:
            case Text() | Row() | Rule():
                self.words(block)
            case Qr():
                self._centred(qr_bytes(block, self.profile))
            case Barcode():
                self._centred(barcode_bytes(block, self.profile))
            case Feed():
                self.out += bytes([0x1B, 0x64, block.lines])
            case Cut():
                self.cut()

    def words(self, block: Text | Row | Rule) -> None:
        for line in lines_of(block, self.profile.columns):
            self._line(line)

    def tag(self, text: str) -> None:
        self._style(Line(text))
        small, normal = (SMALL_FONT, NORMAL_FONT) if self.profile.has_small_font else (b"", b"")
        self.out += small + text.encode("ascii") + b"\n" + normal

    def cut(self) -> None:
        if self.profile.cut == "none":
            self.out += bytes([0x1B, 0x64, LINES_WITHOUT_CUTTER])
            return
        how = 66 if self.profile.cut == "partial" else 65
        self.out += bytes([0x1B, 0x64, self.profile.feed_before_cut_lines, 0x1D, 0x56, how, 0])

    def _line(self, line: Line) -> None:
        page = page_for(line.text, self.profile.code_pages, self.page)
        if page is None and self.profile.raster != "none":
            self._draw(line)
            return
        self._style(line)
        page = page or self.page or next(iter(self.profile.code_pages))
        if page != self.page:
            self.out += bytes([0x1B, 0x74, self.profile.code_pages[page]])
            self.page = page
        self.out += encode(line.text, page) + b"\n"

    def _style(self, line: Line) -> None:
        if line.is_bold != self.is_bold:
            self.out += bytes([0x1B, 0x45, line.is_bold])
            self.is_bold = line.is_bold
        if line.size != self.size:
            self.out += bytes([0x1D, 0x21, 0x11 if line.size == 2 else 0])
            self.size = line.size

    def _draw(self, line: Line) -> None:
        profile = self.profile
        if profile.raster == "gs_v_0":
            picture = draw_line(line, profile.dots, profile.cell_width, profile.cell_height, profile.line_height)
            self.out += gs_v_0(picture, profile.slice_rows)
            return
        picture = draw_line(line, profile.dots, profile.cell_width, profile.cell_height, profile.cell_height)
        self.out += esc_star(picture) + bytes([0x1B, 0x33, profile.line_height])

    def _centred(self, code: bytes) -> None:
        room = bytes([0x1B, 0x4A, CODE_ROOM_DOTS])
        self.out += room + b"\x1ba\x01" + code + b"\x1ba\x00" + room
