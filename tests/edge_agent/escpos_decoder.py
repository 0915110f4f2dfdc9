"""A second reader of printer bytes, for tests: it shares no code with the renderer or the virtual printer.

    reading = read(raw, pages={0: "cp437", 13: "cp857", 17: "cp866"}, cell=(12, 24))
    reading.papers[0].lines      what stands on the paper, drawn lines included
    reading.papers[0].codes      [("qr", "…"), ("ean13", "…")]
    reading.pulses               [Pulse(pin=2, on_ms=50, off_ms=500)]
    reading.strays               what no printer should have been sent: unknown commands, real-time bytes in pictures

A drawn line is read by comparing each of its cells with the pictures of all letters that our languages have, drawn here
with the same font; a cell that is like none of them is read as U+FFFD, and a picture of such
cells is no line but `("picture", "576x64")`.
An en dash and an em dash look the same; Latin and Cyrillic twins are told apart by the rest of their word.
"""

import functools
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

FONT = Path(__file__).parents[2] / "edge_agent" / "rendering" / "fonts" / "DejaVuSansMono.ttf"
LETTERS = (
    "".join(map(chr, range(0x21, 0x7F)))
    + "ƏəĞğŞşÇçÖöÜüIıİiÂâÎîÛû"
    + "".join(map(chr, range(0x410, 0x450)))
    + "Ёё№«»×·–—…€₼₽₺°“”’•"
)
FONT_PX = {24: 20, 48: 40, 16: 13, 32: 27}
"""Size of the font in cells of that height."""
FITS = 0.06
"""The part of a cell's dots that may differ from the letter's picture."""
UNREAD = "\ufffd"
CYRILLIC_TWINS = str.maketrans("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху")
REALTIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


@dataclass
class Pulse:
    pin: int
    on_ms: int
    off_ms: int


@dataclass
class Paper:
    lines: list[str] = field(default_factory=list)
    codes: list[tuple[str, str]] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Reading:
    papers: list[Paper] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)
    asked_ids: list[str] = field(default_factory=list)
    strays: list[bytes] = field(default_factory=list)


def read(raw: bytes, pages: dict[int, str], cell: tuple[int, int] = (12, 24)) -> Reading:
    """Everything that a printer with these code pages (number to Python's encoding) would do with these bytes."""
    reader = _Reader(raw, pages, cell)
    while reader.at < len(raw):
        reader.step()
    reader.finish_stripes()
    return reader.reading


class _Reader:
    def __init__(self, raw: bytes, pages: dict[int, str], cell: tuple[int, int]) -> None:
        self.raw, self.pages, self.cell = raw, pages, cell
        self.at = 0
        self.page = pages.get(0, "ascii")
        self.line = ""
        self.qr = ""
        self.stripes: list[Image.Image] = []
        self.reading = Reading()

    @property
    def paper(self) -> Paper:
        papers = self.reading.papers
        if not papers or papers[-1].is_cut:
            papers.append(Paper())
        return papers[-1]

    def take(self, count: int) -> bytes:
        taken = self.raw[self.at : self.at + count]
        self.at += count
        return taken

    def step(self) -> None:
        first = self.take(1)[0]
        if first >= 0x20:
            self.line += bytes([first]).decode(self.page, "replace")
        elif first == 0x0A:
            self.end_line()
        elif first == 0x1B:
            self.escape(chr(self.take(1)[0]))
        elif first == 0x1D:
            self.group(chr(self.take(1)[0]))
        elif first == 0x10:
            self.realtime(self.take(1)[0])
        else:
            self.reading.strays.append(bytes([first]))

    def end_line(self) -> None:
        if self.stripes and not self.line:
            return
        self.paper.lines.append(self.line.rstrip())
        self.line = ""

    def escape(self, letter: str) -> None:
        if letter == "@":
            self.page, self.line = self.pages.get(0, "ascii"), ""
        elif letter == "t":
            self.page = self.pages[self.take(1)[0]]
        elif letter == "p":
            pin, on, off = self.take(3)
            self.reading.pulses.append(Pulse(5 if pin else 2, on * 2, off * 2))
        elif letter == "*":
            self.stripe()
        elif letter == "3":
            if self.take(1)[0] != 16:
                self.finish_stripes()
        elif letter in "EMadJ":
            self.take(1)
        else:
            self.reading.strays.append(b"\x1b" + letter.encode())

    def group(self, letter: str) -> None:
        if letter == "v":
            self.picture()
        elif letter == "(":
            self.function()
        elif letter == "k":
            kind, count = self.take(2)
            content = self.take(count).decode("ascii")
            self.paper.codes.append(("ean13", content) if kind == 67 else ("code128", content[2:].replace("{{", "{")))
        elif letter == "V":
            if self.take(1)[0] in (65, 66):
                self.take(1)
            self.paper.is_cut = True
        elif letter in "!hwfH":
            self.take(1)
        else:
            self.reading.strays.append(b"\x1d" + letter.encode())

    def realtime(self, kind: int) -> None:
        if kind == 0x14:
            _, pin, hundreds = self.take(3)
            self.reading.pulses.append(Pulse(5 if pin else 2, hundreds * 100, hundreds * 100))
        elif kind in (0x04, 0x05):
            self.take(1)
        else:
            self.reading.strays.append(bytes([0x10, kind]))

    def function(self) -> None:
        kind = chr(self.take(1)[0])
        body = self.take(int.from_bytes(self.take(2), "little"))
        if kind == "k" and body.startswith(b"1P0"):
            self.qr = body[3:].decode()
        elif kind == "k" and body.startswith(b"1Q0"):
            self.paper.codes.append(("qr", self.qr))
        elif kind == "H":
            self.reading.asked_ids.append(body[2:].decode("ascii"))

    def picture(self) -> None:
        head = self.take(6)
        width, rows = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:6], "little")
        dots = self.take(width * rows)
        self.reading.strays += [pair for pair in REALTIME if pair in dots]
        self.drawn(Image.frombytes("1", (width * 8, rows), dots))

    def stripe(self) -> None:
        columns = int.from_bytes(self.take(3)[1:], "little")
        dots = self.take(columns)
        self.reading.strays += [pair for pair in REALTIME if pair in dots]
        stripe = Image.new("1", (columns, 8), 0)
        for x, byte in enumerate(dots):
            for y in range(8):
                stripe.putpixel((x, y), bool(byte & (0x80 >> y)))
        self.stripes.append(stripe)

    def finish_stripes(self) -> None:
        if self.stripes:
            whole = Image.new("1", (max(one.width for one in self.stripes), 8 * len(self.stripes)), 0)
            for number, stripe in enumerate(self.stripes):
                whole.paste(stripe, (0, 8 * number))
            self.stripes = []
            self.drawn(whole)

    def drawn(self, picture: Image.Image) -> None:
        width, height = self.cell
        size = 2 if picture.height >= 2 * height else 1
        text = "".join(
            _letter_of(picture.crop((x, 0, x + width * size, height * size)).tobytes(), width * size, height * size)
            for x in range(0, picture.width - width * size + 1, width * size)
        ).rstrip()
        if text.count(UNREAD) * 2 > len(text.replace(" ", "")):
            self.paper.codes.append(("picture", f"{picture.width}x{picture.height}"))
            return
        text = " ".join(_in_one_alphabet(word) for word in text.split(" "))
        self.paper.lines.append(text)
        self.paper.drawn.append(text)


def _in_one_alphabet(word: str) -> str:
    """Letters that look alike belong to the alphabet of the word's other letters."""
    return word.translate(CYRILLIC_TWINS) if any("а" <= letter.lower() <= "ё" for letter in word) else word


@functools.lru_cache(maxsize=4096)
def _letter_of(dots: bytes, width: int, height: int) -> str:
    seen = int.from_bytes(dots, "big")
    if seen == 0:
        return " "
    letter, differs = min(
        ((letter, (seen ^ shape).bit_count()) for letter, shape in _shapes(width, height)), key=lambda pair: pair[1]
    )
    return letter if differs <= FITS * width * height else UNREAD


@functools.cache
def _shapes(width: int, height: int) -> list[tuple[str, int]]:
    """Every letter's picture, thin and bold, also a dot higher or lower, left or right."""
    font = ImageFont.truetype(str(FONT), FONT_PX[height])
    shapes = []
    for letter in LETTERS:
        thin = Image.new("1", (width, height), 0)
        draw = ImageDraw.Draw(thin)
        draw.fontmode = "1"
        draw.text((width / 2, round(height * 0.78)), letter, fill=1, font=font, anchor="ms")
        bold = ImageChops.logical_or(thin, _moved(thin, 1, 0))
        for shape in (thin, bold):
            moves = [(x, y) for x in (0, -1, 1) for y in (0, -1, 1)]
            shapes += [(letter, int.from_bytes(_moved(shape, x, y).tobytes(), "big")) for x, y in moves]
    return shapes


def _moved(shape: Image.Image, x: int, y: int) -> Image.Image:
    moved = Image.new("1", shape.size, 0)
    moved.paste(shape, (x, y))
    return moved
