"""The words of receipts, messages and errors, out of `server/locales/<language>/<namespace>.json`.

One set for server and browser. A text is a string, or an object by plural category (`one`, `few`, `many`, `other`)
chosen by the parameter `n`. Placeholders stand in braces.
"""

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

LANGUAGES = ("az", "en", "ru", "tr")
FOLDER = Path(__file__).parent.parent / "locales"


def word(language: str, key: str, /, **params: Any) -> str:
    """The text of a key in a language. Raises KeyError for an unknown key: words are complete, a test sees to it."""
    text = _texts(language if language in LANGUAGES else "az")[key]
    if not isinstance(text, str):
        text = text.get(plural_category(language, params["n"]), text["other"])
    return re.sub(r"\{(\w+)\}", lambda found: str(params[found[1]]), text)


def words_of(language: str) -> Callable[..., str]:
    """`word` for one language: what pure functions such as the receipt take."""
    return functools.partial(word, language)


def plural_category(language: str, n: int) -> str:
    """The plural category of an integer, by the rules of CLDR for our four languages."""
    n = abs(n)
    if language != "ru":
        return "one" if n == 1 else "other"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14:
        return "few"
    return "many"


@functools.cache
def _texts(language: str) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for file in sorted((FOLDER / language).glob("*.json")):
        texts.update(json.loads(file.read_text(encoding="utf-8")))
    return texts
