"""Glyphs: a line drawn letter by letter into fixed cells, with the font that ships with the agent.

The cells are those of the printer's own font A, so drawn and written lines stand in the same columns.
"""

from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from edge_agent.rendering.layout import Line

FONT = Path(__file__).parent / "fonts" / "DejaVuSansMono.ttf"
ADVANCE_OF_EM = 0.602
"""Width of every letter of the font, of its size."""
FONT_HEIGHT_OF_EM = 1.164
BASELINE_OF_CELL = 0.78


@lru_cache(maxsize=16)
def font_for(cell_width: int, cell_height: int) -> ImageFont.FreeTypeFont:
    """The largest size of the font that fits a cell."""
    size = min(round(cell_width / ADVANCE_OF_EM), int(cell_height / FONT_HEIGHT_OF_EM))
    return ImageFont.truetype(str(FONT), size)


@lru_cache(maxsize=4096)
def glyph(letter: str, cell_width: int, cell_height: int, is_bold: bool) -> Image.Image:
    """One letter in its cell, black on white (1 is black). Bold strikes twice, a dot apart."""
    cell = Image.new("1", (cell_width, cell_height), 0)
    draw = ImageDraw.Draw(cell)
    draw.fontmode = "1"
    at = (cell_width / 2, cell_height * BASELINE_OF_CELL)
    font = font_for(cell_width, cell_height)
    for shift in (0, 1) if is_bold else (0,):
        draw.text((at[0] + shift, at[1]), letter, fill=1, font=font, anchor="ms")
    return cell


def draw_line(line: Line, dots: int, cell_width: int, cell_height: int, row_height: int) -> Image.Image:
    """A line as a picture as wide as its letters and one row high (a cell more for size 2)."""
    width, height = cell_width * line.size, cell_height * line.size
    letters = line.text.rstrip()[: dots // width]
    picture = Image.new("1", (max(8, len(letters) * width), row_height + cell_height * (line.size - 1)), 0)
    for column, letter in enumerate(letters):
        if letter != " ":
            picture.paste(glyph(letter, width, height, line.is_bold), (column * width, 0))
    return picture
