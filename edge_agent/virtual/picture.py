"""The picture of a paper: every element drawn as a thermal printer would burn it."""

import io
from collections.abc import Iterator

import segno
from barcode import EAN13, Code128
from barcode.errors import BarcodeError
from PIL import Image, ImageOps

from edge_agent.rendering.glyphs import draw_line, glyph
from edge_agent.rendering.layout import Line
from edge_agent.virtual.paper import Code, Element, Gap, Letter, Paper, Picture, Words

MARGIN = 24
QR_DOT, BAR_DOT, BAR_HEIGHT = 6, 2, 80


def png(paper: Paper, dots: int, columns: int, cell_height: int, line_height: int) -> bytes:
    """A paper as PNG, black on white, with a margin. Units: dots of the printer."""
    cell = (dots // columns, cell_height, line_height)
    strips = [strip for element in paper.elements for strip in _strips(element, dots, cell)]
    height = sum(strip.height for strip in strips)
    roll = Image.new("1", (dots + 2 * MARGIN, height + 2 * MARGIN), 0)
    top = MARGIN
    for strip in strips:
        roll.paste(strip, (MARGIN, top))
        top += strip.height
    out = io.BytesIO()
    ImageOps.invert(roll.convert("L")).convert("1").save(out, "PNG")
    return out.getvalue()


def _strips(element: Element, dots: int, cell: tuple[int, int, int]) -> Iterator[Image.Image]:
    match element:
        case Gap():
            yield Image.new("1", (dots, element.dots), 0)
        case Words():
            yield _words(element, dots, cell)
        case Picture():
            yield _placed(element.image, element.align, dots)
        case Code():
            yield _placed(_code(element), element.align, dots)
            if element.kind != "qr":
                below = draw_line(Line(element.content), dots, *cell)
                yield _placed(below, element.align, dots)


def _words(words: Words, dots: int, cell: tuple[int, int, int]) -> Image.Image:
    width, height, line = cell
    size = max((letter.size for letter in words.letters), default=1)
    strip = Image.new("1", (dots, line + height * (size - 1)), 0)
    sizes = [_letter_size(letter, width, height) for letter in words.letters]
    left = _left(sum(wide for wide, _ in sizes), words.align, dots)
    for letter, (wide, high) in zip(words.letters, sizes, strict=True):
        strip.paste(glyph(letter.text, wide, high, letter.is_bold), (left, height * size - high))
        left += wide
    return strip


def _letter_size(letter: Letter, width: int, height: int) -> tuple[int, int]:
    return (width * 3 // 4, height * 3 // 4) if letter.is_small else (width * letter.size, height * letter.size)


def _code(code: Code) -> Image.Image:
    if code.kind == "qr":
        return _modules([list(row) for row in segno.make_qr(code.content, error="m").matrix_iter(border=1)], QR_DOT, 0)
    try:
        bars = (EAN13 if code.kind == "ean13" else Code128)(code.content).build()[0]
    except BarcodeError:
        return Image.new("1", (8, 8), 0)
    return _modules([[int(bar == "1") for bar in bars]], BAR_DOT, BAR_HEIGHT)


def _modules(rows: list[list[int]], dot: int, height: int) -> Image.Image:
    code = Image.new("1", (len(rows[0]), len(rows)), 0)
    code.putdata([module for row in rows for module in row])
    return code.resize((code.width * dot, height or code.height * dot), Image.Resampling.NEAREST)


def _placed(image: Image.Image, align: int, dots: int) -> Image.Image:
    strip = Image.new("1", (dots, image.height), 0)
    strip.paste(image, (_left(image.width, align, dots), 0))
    return strip


def _left(width: int, align: int, dots: int) -> int:
    return {1: max(0, (dots - width) // 2), 2: max(0, dots - width)}.get(align, 0)
