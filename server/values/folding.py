"""Search and sort keys of names, made in Python so that no database's collation has a say.

`search_key` is folded text of plain ASCII (one byte a letter, which makes the browser's search fast), the same as the
browser's own fold of what a person types. `sort_key` compares by bytes in the order of the Azerbaijani alphabet.
"""

import re
import unicodedata

ALPHABET = "abcçdeəfgğhxıijkqlmnoöprsştuüvwyz"  # w, foreign, stands after v
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_LATIN = {"ə": "e", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
# Each word is a Cyrillic letter and what it becomes: nothing for the hard and the soft sign.
_PAIRS = (
    "аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хh цts чch шsh щsch ъ ыy ь эe юyu яya "
    "іi їi єe ґg әe ғg ҝg өo үu һh ҹc јy"
)
_TRANSLITERATION = {pair[0]: pair[1:] for pair in _PAIRS.split()}
_LETTERS = str.maketrans(_LATIN | _TRANSLITERATION | {",": ".", "'": "", "’": "", "ʼ": "", "`": ""})
_MARKS = re.compile("[\u0300-\u036f]")
_OTHER = re.compile(r"[^a-z0-9.%+/&*#()-]+")
# Bytes of the sort key: space < digits < the alphabet from "A" on < Cyrillic behind "~".
_SORT_BYTES = (
    {letter: chr(0x41 + index) for index, letter in enumerate(ALPHABET)}
    | {letter: "~" + chr(0x41 + index) for index, letter in enumerate(CYRILLIC)}
    | {digit: digit for digit in "0123456789"}
)


def search_key(text: str) -> str:
    """Fold a name or a typed query: "Çörək", "Молоко", "İçki" → "corek", "moloko", "icki"."""
    folded = text.lower().translate(_LETTERS)
    folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).lower().translate(_LETTERS)
    return _OTHER.sub(" ", folded).strip()


def sort_key(text: str) -> str:
    """A text whose bytes order names as the Azerbaijani alphabet does (ç after c, ə after e, ı before i)."""
    lowered = text.replace("İ", "i").replace("I", "ı").lower().replace("ё", "е")
    return re.sub(" +", " ", "".join(_sort_byte(letter) for letter in lowered)).strip()


def _sort_byte(letter: str) -> str:
    if letter in _SORT_BYTES:
        return _SORT_BYTES[letter]
    return "".join(_SORT_BYTES.get(part, " ") for part in search_key(letter) or " ")
