"""ESC/POS bytes to tokens: the printer's ear. Pieces of any size, any bytes; what is not known is a token too."""

from collections.abc import Callable
from dataclasses import dataclass

ESC, GS, FS, DLE = 0x1B, 0x1D, 0x1C, 0x10
FIXED = {
    **{(ESC, ord(letter)): 0 for letter in "@2"},
    **{(ESC, ord(letter)): 1 for letter in " !-3=EGJMRStadru{V"},
    (ESC, ord("$")): 2, (ESC, ord("\\")): 2, (ESC, ord("c")): 2, (ESC, ord("B")): 2, (ESC, ord("p")): 3,
    **{(GS, ord(letter)): 1 for letter in "!BHIafhrwb"},
    (GS, ord("L")): 2, (GS, ord("P")): 2, (GS, ord("W")): 2, (GS, ord("$")): 2,
    (FS, ord("&")): 0, (FS, ord(".")): 0,
}  # fmt: skip
"""How many bytes follow the two of a command."""
MAX_PICTURE = 4_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """`name` is `text`, `control`, `ESC x`, `GS x`; `params` the bytes of its head, `payload` what it carries."""

    name: str
    params: bytes = b""
    payload: bytes = b""


class Tokens:
    """Cuts a stream into tokens; keeps half a command until the rest arrives."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Token]:
        self._rest += data
        tokens = []
        while self._rest and (taken := _take(self._rest)) is not None:
            token, length = taken
            tokens.append(token)
            del self._rest[:length]
        return tokens

    def clear(self) -> None:
        """Forget half a command: the printer lost power."""
        self._rest.clear()


def _take(rest: bytearray) -> tuple[Token, int] | None:
    first = rest[0]
    if first >= 0x20:
        length = next((at for at, byte in enumerate(rest) if byte < 0x20), len(rest))
        return Token("text", payload=bytes(rest[:length])), length
    if first not in (ESC, GS, FS):
        return Token("control", bytes([first])), 1
    if len(rest) < 2:
        return None
    lead = {ESC: "ESC", GS: "GS", FS: "FS"}[first]
    name = f"{lead} {chr(rest[1])}"
    count = FIXED.get((first, rest[1]))
    if count is not None:
        return (Token(name, bytes(rest[2 : 2 + count])), 2 + count) if len(rest) >= 2 + count else None
    return _take_long(name, rest)


def _take_long(name: str, rest: bytearray) -> tuple[Token, int] | None:
    match name:
        case "GS v":
            return _sized(name, rest, 8, _picture_bytes)
        case "ESC *":
            return _sized(name, rest, 5, lambda head: (1 if head[2] < 32 else 3) * (head[3] + 256 * head[4]))
        case "GS (":
            return _sized(name, rest, 5, lambda head: head[3] + 256 * head[4])
        case "GS k":
            return _barcode(rest)
        case "GS V":
            return _sized(name, rest, 3, lambda head: 1 if head[2] in (65, 66, 97, 98) else 0)
        case "ESC D":
            end = rest.find(0, 2)
            return (Token(name, bytes(rest[2:end])), end + 1) if end > 0 else None
        case _:
            return Token("unknown", bytes(rest[:2])), 2


def _sized(name: str, rest: bytearray, head: int, size_of: Callable[[bytes], int]) -> tuple[Token, int] | None:
    if len(rest) < head:
        return None
    size = min(size_of(bytes(rest[:head])), MAX_PICTURE)
    if len(rest) < head + size:
        return None
    return Token(name, bytes(rest[2:head]), bytes(rest[head : head + size])), head + size


def _picture_bytes(head: bytes) -> int:
    return int.from_bytes(head[4:6], "little") * int.from_bytes(head[6:8], "little")


def _barcode(rest: bytearray) -> tuple[Token, int] | None:
    if len(rest) < 3:
        return None
    if rest[2] >= 65:
        return _sized("GS k", rest, 4, lambda head: head[3])
    end = rest.find(0, 3)
    return (Token("GS k", bytes(rest[2:3]), bytes(rest[3:end])), end + 1) if end > 0 else None
