"""Paper as blocks: what the server's and the browser's receipt make, and the agent turns into bytes.

    {"kind":"text","text":"…","align":"left|center|right","size":1|2,"bold":false}
    {"kind":"row","left":"…","right":"…","bold":false,"size":1|2}     left and right edge; a long left part wraps
    {"kind":"rule"}                                                   a line across the paper
    {"kind":"qr","data":"…"}  {"kind":"barcode","data":"…"}           13 digits: EAN-13, else Code 128
    {"kind":"feed","lines":1}  {"kind":"cut"}

A document is `{"blocks": [...]}`. Size 2 is double width and height. Lengths are bounded; control characters
are allowed here (a name may hold what it likes) and never leave the renderer as bytes.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from edge_agent.wire.message import Message, require

MAX_BLOCKS = 2_000
MAX_TEXT = 1_000
MAX_CODE = 512
MAX_FEED_LINES = 20

Align = Literal["left", "center", "right"]
Size = Literal[1, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Message):
    """Words in lines of their own; what is wider than the paper wraps at spaces, a newline breaks."""

    KIND: ClassVar[str | None] = "text"
    text: str
    align: Align = "left"
    size: Size = 1
    bold: bool = False

    def __post_init__(self) -> None:
        require(len(self.text) <= MAX_TEXT, f"a text of {len(self.text)} characters, {MAX_TEXT} at most")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Message):
    """Two words on one line, at the left and the right edge: a name and its amount."""

    KIND: ClassVar[str | None] = "row"
    left: str
    right: str
    bold: bool = False
    size: Size = 1

    def __post_init__(self) -> None:
        require(len(self.left) <= MAX_TEXT and len(self.right) <= MAX_TEXT, f"a row takes {MAX_TEXT} characters a side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Message):
    """A line across the paper."""

    KIND: ClassVar[str | None] = "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Qr(Message):
    """A QR code in the middle of the paper."""

    KIND: ClassVar[str | None] = "qr"
    data: str

    def __post_init__(self) -> None:
        require(0 < len(self.data) <= MAX_CODE, f"a QR code takes 1 to {MAX_CODE} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Barcode(Message):
    """A line code in the middle of the paper, with its digits below. Printable ASCII only."""

    KIND: ClassVar[str | None] = "barcode"
    data: str

    def __post_init__(self) -> None:
        is_plain = all(" " <= letter <= "~" for letter in self.data)
        require(0 < len(self.data) <= 48 and is_plain, "a barcode takes 1 to 48 printable ASCII characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed(Message):
    """Empty lines."""

    KIND: ClassVar[str | None] = "feed"
    lines: int = 1

    def __post_init__(self) -> None:
        require(1 <= self.lines <= MAX_FEED_LINES, f"a feed of {self.lines} lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Message):
    """The end of a paper."""

    KIND: ClassVar[str | None] = "cut"


Block = Text | Row | Rule | Qr | Barcode | Feed | Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Message):
    """One paper, top to bottom. The agent adds job tag, feed and cut where the last block is no cut."""

    blocks: tuple[Block, ...]

    def __post_init__(self) -> None:
        require(len(self.blocks) <= MAX_BLOCKS, f"a document of {len(self.blocks)} blocks, {MAX_BLOCKS} at most")
