"""Reads drawn lines back as words, for people who hear the Counter page instead of seeing it.

A cell is a letter when its dots are exactly those of the letter; tests do not rely on this (they have a decoder of
their own). Letters that look the same in two alphabets are read as Latin.
"""

from functools import lru_cache

from PIL import Image

from edge_agent.rendering.glyphs import glyph

LETTERS = (
    "".join(map(chr, range(0x21, 0x7F)))
    + "ƏəĞğŞşÇçÖöÜüIıİiÂâ№«»×·–—…€₼₽₺°“”’•Ёё"
    + "".join(map(chr, range(0x410, 0x450)))
)
UNREAD = "\ufffd"
UNKNOWN = "[drawn]"


def words_in(picture: Image.Image, cell_width: int, cell_height: int, line_height: int) -> str:
    """The words of a drawn line; `[drawn]` for a picture that is none."""
    size = {line_height: 1, line_height + cell_height: 2}.get(picture.height)
    if size is None:
        return UNKNOWN
    width, height = cell_width * size, cell_height * size
    cells = [picture.crop((x, 0, x + width, height)) for x in range(0, picture.width - width + 1, width)]
    known = _letters(width, height)
    text = "".join(known.get(cell.tobytes(), UNREAD) for cell in cells).rstrip()
    return UNKNOWN if text.count(UNREAD) * 2 > len(text) else text


@lru_cache(maxsize=8)
def _letters(width: int, height: int) -> dict[bytes, str]:
    """Every letter's dots, thin and bold; of twins the first stands."""
    shapes: dict[bytes, str] = {Image.new("1", (width, height), 0).tobytes(): " "}
    for letter in LETTERS:
        for is_bold in (False, True):
            shapes.setdefault(glyph(letter, width, height, is_bold).tobytes(), letter)
    return shapes
