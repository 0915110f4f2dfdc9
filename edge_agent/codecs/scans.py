"""Scans on a serial line: a code, perhaps an AIM id before it, and a suffix behind it.

The AIM id (`]E0` EAN-13, `]C1` GS1-128 …) tells the symbology; FNC1 stays as GS (1D). What is not printable is left
out, what is longer than 512 is no scan (a scanner may be a malicious keyboard).
"""

import re
from dataclasses import dataclass

MAX_CODE = 512
SUFFIXES = {"cr": b"\r", "lf": b"\n", "crlf": b"\r\n", "tab": b"\t"}
AIM_ID = re.compile(r"\](?P<id>[A-Za-z][0-9A-Fa-f])")
GROUP_SEPARATOR = "\x1d"


@dataclass(frozen=True, slots=True)
class Scan:
    """A code as read; `symbology` is the AIM id, where the scanner says it."""

    code: str
    symbology: str | None = None


class ScanLines:
    """Cuts a stream into scans."""

    def __init__(self, suffix: bytes = b"\r", has_aim_id: bool = True) -> None:
        self._suffix = suffix
        self._has_aim_id = has_aim_id
        self._line = bytearray()
        self._is_too_long = False

    def feed(self, data: bytes) -> list[Scan]:
        scans = []
        for byte in data:
            self._line.append(byte)
            if self._line.endswith(self._suffix):
                scans += self._end()
            elif len(self._line) > MAX_CODE + len(self._suffix):
                self._is_too_long = True
                del self._line[: -len(self._suffix)]
        return scans

    def _end(self) -> list[Scan]:
        line, is_too_long = bytes(self._line[: -len(self._suffix)]), self._is_too_long
        self._line.clear()
        self._is_too_long = False
        scan = scan_of(line, self._has_aim_id)
        return [scan] if scan.code and not is_too_long else []


def scan_of(line: bytes, has_aim_id: bool) -> Scan:
    """The scan in a line without its suffix."""
    text = line.decode("utf-8", "replace")
    text = "".join(letter for letter in text if letter.isprintable() or letter == GROUP_SEPARATOR)
    aim = AIM_ID.match(text) if has_aim_id else None
    return Scan(text[aim.end() :], aim.group()) if aim else Scan(text)
