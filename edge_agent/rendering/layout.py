"""Layout: blocks to lines of fixed cells, for a paper of so many columns. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from edge_agent.rendering.letters import clean, clean_lines
from edge_agent.wire import Block, Row, Rule, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of letters, padded on the left to where it stands. `size` 2 takes two columns a letter."""

    text: str
    size: int = 1
    is_bold: bool = False


def lines_of(block: Text | Row | Rule, columns: int) -> list[Line]:
    """The lines of a block of words."""
    match block:
        case Text():
            width = columns // block.size
            wrapped = [part for line in clean_lines(block.text) for part in wrap(line, width)]
            return [Line(_aligned(part, block.align, width), block.size, block.bold) for part in wrapped]
        case Row():
            return [Line(text, block.size, block.bold) for text in _row(block, columns // block.size)]
        case Rule():
            return [Line("-" * columns)]


def is_words(block: Block) -> bool:
    """Whether a block becomes lines of letters."""
    return isinstance(block, (Text, Row, Rule))


def wrap(text: str, width: int) -> list[str]:
    """A line broken at spaces to at most `width` letters; a longer word is broken where it must be. Never empty."""
    lines: list[str] = []
    rest = text.rstrip()
    while len(rest) > width:
        at = rest.rfind(" ", 1, width + 1)
        # A break needs a letter before it: leading spaces are an indent, not a word.
        at = at if at > 0 and rest[:at].strip() else width
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, rest]


def _aligned(text: str, align: str, width: int) -> str:
    if align == "right":
        return text.rjust(width)
    return " " * ((width - len(text)) // 2) + text if align == "center" else text


def _row(row: Row, width: int) -> Iterator[str]:
    """The right part stands on the last line of the left part, so an amount ends what it belongs to."""
    left, right = clean(row.left), clean(row.right).strip()
    if len(right) > width // 2:
        yield from wrap(left, width)
        yield from (part.rjust(width) for part in wrap(right, width))
        return
    *above, last = wrap(left, width - len(right) - 1) if right else wrap(left, width)
    yield from above
    yield last + " " * (width - len(last) - len(right)) + right if right else last
