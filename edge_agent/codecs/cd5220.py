"""CD5220 customer displays: two lines of twenty letters, 9600 baud, 8N1.

Letters that no verified page of the display holds are shown by their nearest Latin letter: a display cannot draw.
"""

import unicodedata
from collections.abc import Mapping

from edge_agent.rendering.letters import clean, encode

INIT, CLEAR = b"\x1b@", b"\x0c"
NEAREST = str.maketrans(
    {"ə": "e", "Ə": "E", "ı": "i", "İ": "I", "ß": "ss", "€": "EUR", "₼": "AZN", "₽": "RUB", "₺": "TL"}
)
TRANSLITERATION = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфхыэъь", "abvgdeezijklmnoprstufhye''", strict=True))
    | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch", "ю": "yu", "я": "ya"}
)


def show(lines: tuple[str, ...], *, columns: int, rows: int, pages: Mapping[str, int]) -> bytes:
    """The bytes that write a display's lines, each padded to its width."""
    padded = [clean(line)[:columns].ljust(columns) for line in (*lines, *[""] * rows)][:rows]
    page = _best_page(padded, pages)
    out = bytes([0x1B, 0x74, pages[page]])
    for name, line in zip((0x41, 0x42), padded, strict=False):
        out += b"\x1bQ" + bytes([name]) + _encoded(line, page, columns) + b"\r"
    return out


def clear() -> bytes:
    """The bytes that empty a display."""
    return CLEAR


def _best_page(lines: list[str], pages: Mapping[str, int]) -> str:
    """The page that lacks the fewest letters; the first of them."""
    return min(pages, key=lambda page: sum(not _fits(letter, page) for line in lines for letter in line))


def _encoded(line: str, page: str, columns: int) -> bytes:
    plain = "".join(letter if _fits(letter, page) else _nearest(letter) for letter in line)
    return encode(plain[:columns], page)


def _fits(letter: str, page: str) -> bool:
    try:
        letter.encode(page)
    except UnicodeEncodeError:
        return False
    return True


def _nearest(letter: str) -> str:
    latin = letter.translate(NEAREST)
    if latin == letter and "а" <= letter.lower() <= "ё":
        latin = letter.lower().translate(TRANSLITERATION)
        latin = latin.upper() if letter.isupper() else latin
    return "".join(part for part in unicodedata.normalize("NFKD", latin) if not unicodedata.combining(part))
