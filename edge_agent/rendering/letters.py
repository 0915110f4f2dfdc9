"""Letters: what may leave as text, and which of a printer's verified code pages holds a line.

A name may hold what it likes; a control byte never leaves as text, because printers would obey it
(`ESC p` opens a drawer). So control characters become a space before encoding, and the encoded bytes
are looked at once more.
"""

import unicodedata
from collections.abc import Mapping

UNSEEN = {"Cc": " ", "Cf": "", "Cs": "?", "Co": "?", "Cn": "?", "Zl": " ", "Zp": " "}
"""Unicode categories that print nothing, and what stands in their place."""


def clean(text: str) -> str:
    """The text with letters composed and everything unseen replaced; one line, no control characters."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(_seen(letter) for letter in composed)


def clean_lines(text: str) -> list[str]:
    """The lines of a text (broken at newlines only), each clean."""
    return [clean(line) for line in text.replace("\r\n", "\n").split("\n")]


def page_for(line: str, pages: Mapping[str, int], current: str | None) -> str | None:
    """The verified encoding that holds the whole line: the current one if it does, else the first. None: draw it."""
    if line.isascii() and current is None and pages:
        return next(iter(pages))
    order = [current] if current is not None else []
    order += [name for name in pages if name != current]
    return next((name for name in order if _holds(name, line)), None)


def encode(line: str, page: str) -> bytes:
    """The bytes of a line in a code page that holds it; whatever would be a control byte becomes `?`."""
    raw = line.encode(page, "replace")
    return bytes(byte if byte >= 0x20 and byte != 0x7F else 0x3F for byte in raw)


def _seen(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in UNSEEN:
        return UNSEEN[category]
    if category in ("Mn", "Me") or letter == "\x7f":
        return ""
    return " " if category == "Zs" else letter


def _holds(page: str, line: str) -> bool:
    try:
        line.encode(page)
    except UnicodeEncodeError:
        return False
    return True
