"""Key codes of a scanner that plays a keyboard (Linux input events) to letters, by the US layout that it ships with.

A scan ends with Enter or Tab. Caps lock is ignored: the scanner sends shift where it means it.
"""

import struct
from dataclasses import dataclass

EVENT = struct.Struct("llHHi")
"""`struct input_event` on 64-bit Linux: seconds, microseconds, type, code, value."""
EV_KEY, UP, DOWN = 1, 0, 1
ENTER, TAB, KEYPAD_ENTER, SHIFTS = 28, 15, 96, (42, 54)
PLAIN = dict(zip(range(2, 14), "1234567890-=", strict=True)) | dict(zip(range(16, 28), "qwertyuiop[]", strict=True))
PLAIN |= dict(zip(range(30, 42), "asdfghjkl;'`", strict=True)) | {43: "\\", 57: " "}
PLAIN |= dict(zip(range(44, 54), "zxcvbnm,./", strict=True))
KEYPAD = dict(zip((71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83), "789-456+1230.", strict=True)) | {
    55: "*",
    98: "/",
}
SHIFTED = str.maketrans("1234567890-=[];'`\\,./", '!@#$%^&*()_+{}:"~|<>?')
MAX_CODE = 512


@dataclass(frozen=True, slots=True)
class Key:
    """One change of one key."""

    code: int
    is_down: bool


def keys_of(records: bytes) -> list[Key]:
    """The key changes in whole event records; repeats and other events are left out."""
    whole = len(records) - len(records) % EVENT.size
    return [
        Key(code, value == DOWN)
        for _, _, kind, code, value in EVENT.iter_unpack(records[:whole])
        if kind == EV_KEY and value in (UP, DOWN)
    ]


class KeyLines:
    """Joins keys to codes."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._shifts: set[int] = set()

    def feed(self, keys: list[Key]) -> list[str]:
        codes = []
        for key in keys:
            if key.code in SHIFTS:
                (self._shifts.add if key.is_down else self._shifts.discard)(key.code)
            elif key.is_down and key.code in (ENTER, TAB, KEYPAD_ENTER):
                codes += ["".join(self._letters)] if self._letters else []
                self._letters = []
            elif key.is_down and len(self._letters) < MAX_CODE:
                self._letters += self._letter(key.code)
        return codes

    def _letter(self, code: int) -> list[str]:
        if code in KEYPAD:
            return [KEYPAD[code]]
        plain = PLAIN.get(code)
        if plain is None:
            return []
        return [plain.upper().translate(SHIFTED) if self._shifts else plain]
