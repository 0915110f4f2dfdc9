"""Paper: what a virtual printer has put on its roll, as elements from top to bottom."""

from dataclasses import dataclass, field

from PIL import Image


@dataclass(frozen=True, slots=True)
class Letter:
    """One printed letter; `size` is its width and height in cells."""

    text: str
    is_bold: bool
    size: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A printed line."""

    letters: tuple[Letter, ...]
    align: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Printed dots, black is 1, and the words in them as far as they are letters."""

    image: Image.Image
    align: int
    words: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code that the printer drew itself: `qr`, `ean13`, `code128`."""

    kind: str
    content: str
    align: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty paper. Units: dots."""

    dots: int


Element = Words | Picture | Code | Gap


@dataclass(slots=True)
class Paper:
    """One piece of paper, up to its cut."""

    n: int
    begun_at: str
    elements: list[Element] = field(default_factory=list)
    is_cut: bool = False

    @property
    def text(self) -> str:
        """The printed lines; a picture that is no line reads `[drawn]`, a code by what it holds."""
        return "\n".join(_text_of(element) for element in self.elements if not isinstance(element, Gap))

    @property
    def tag(self) -> str | None:
        """The job tag at the end of the paper, `#7F3A.1`."""
        lines = [line for line in self.text.split("\n") if line.startswith("#")]
        return lines[-1] if lines else None


def _text_of(element: Words | Picture | Code) -> str:
    match element:
        case Words():
            return "".join(letter.text for letter in element.letters).rstrip()
        case Picture():
            return element.words
        case Code():
            return f"[{element.kind} {element.content}]"
