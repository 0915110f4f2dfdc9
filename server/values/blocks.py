"""The blocks that paper is made of, as plain values; `edge_agent/wire/blocks.py` says what each means.

The browser's `core/blocks.ts` makes the same, so a receipt is one list of blocks on screen, in print and on the roll.
"""

from collections.abc import Callable
from typing import Any, Literal

Block = dict[str, Any]
Word = Callable[..., str]  # word(key, **params): the text of a key in the paper's language


def text(words: str, *, align: Literal["left", "center", "right"] = "left", size: int = 1, bold: bool = False) -> Block:
    """Words in lines of their own."""
    return {"kind": "text", "text": words, "align": align, "size": size, "bold": bold}


def row(left: str, right: str, *, size: int = 1, bold: bool = False) -> Block:
    """Two words at the two edges of one line."""
    return {"kind": "row", "left": left, "right": right, "bold": bold, "size": size}


def rule() -> Block:
    """A line across the paper."""
    return {"kind": "rule"}


def qr(code: str) -> Block:
    """A QR code in the middle."""
    return {"kind": "qr", "data": code}


def feed(lines: int = 1) -> Block:
    """Empty lines."""
    return {"kind": "feed", "lines": lines}
