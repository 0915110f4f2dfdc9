"""GS1 element strings (GS1-128, DataMatrix, DataBar, GS1 QR): article, weight, count, lot, dates, price.

A separator (FNC1, sent as byte 1D) ends a field of open length. An unknown identifier ends the reading; what follows
is kept as it came.
"""

import calendar
from dataclasses import dataclass, field

from server.values.barcode import is_valid, split_aim
from server.values.rounding import round_half_up

SEPARATOR = "\x1d"
AIM_IDS = frozenset({"C1", "d2", "e0", "Q3"})
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6, "20": 2, "8005": 6}
_OPEN = {"10": 20, "21": 20, "30": 8, "37": 8, "8020": 25, "99": 90}
_DECIMAL_FIXED = {"394": 4, "395": 6} | {str(ai): 6 for ai in (*range(310, 317), *range(320, 330))}
_DECIMAL_OPEN = {"390": 15, "391": 18, "392": 15, "393": 18}


@dataclass(frozen=True, slots=True)
class Elements:
    """Fields by identifier (decimal ones with their digit, as "3103"), and the unread rest."""

    fields: dict[str, str] = field(default_factory=dict)
    rest: str = ""

    @property
    def gtin(self) -> str | None:
        """The article: identifier 01, or 02 of the contents."""
        return self.fields.get("01") or self.fields.get("02")

    @property
    def weight_milli(self) -> int | None:
        """Net weight (310n) in thousandths of a kilogram, half up."""
        for identifier, digits in self.fields.items():
            if identifier.startswith("310") and len(identifier) == 4:
                return round_half_up(int(digits) * 1000, 10 ** int(identifier[3]))
        return None

    @property
    def count(self) -> int | None:
        """Pieces: identifier 30 or 37."""
        digits = self.fields.get("30") or self.fields.get("37")
        return int(digits) if digits else None

    @property
    def lot(self) -> str | None:
        """The batch: identifier 10."""
        return self.fields.get("10")


def is_gs1(scanned: str) -> bool:
    """Does a scan hold an element string: by its AIM id, a separator, or a right GTIN behind 01?"""
    code, aim_id = split_aim(scanned)
    return aim_id in AIM_IDS or SEPARATOR in code or (len(code) >= 16 and code[:2] == "01" and is_valid(code[2:16]))


def read_elements(scanned: str) -> Elements:
    """Take an element string apart; never fails: what is not understood is in `rest`."""
    code = split_aim(scanned)[0].lstrip(SEPARATOR)
    fields: dict[str, str] = {}
    while code:
        identifier, length, is_open = _field_at(code)
        value = code[len(identifier) :][:length].split(SEPARATOR)[0] if identifier else ""
        if not value or (not is_open and (len(value) != length or not value.isdigit())):
            break
        fields[identifier] = value
        code = code[len(identifier) + len(value) :].removeprefix(SEPARATOR)
    return Elements(fields, code)


def day_of(digits: str, *, this_year: int) -> str | None:
    """YYMMDD as an ISO day: day 00 is the month's last, the century lies within −49 and +50 years. None if no day."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    year += this_year - this_year % 100
    year += 100 if year < this_year - 49 else -100 if year > this_year + 50 else 0
    if not 1 <= month <= 12 or day > calendar.monthrange(year, month)[1]:
        return None
    return f"{year:04}-{month:02}-{day or calendar.monthrange(year, month)[1]:02}"


def _field_at(code: str) -> tuple[str, int, bool]:
    for width in (2, 4):
        if code[:width] in _FIXED:
            return code[:width], _FIXED[code[:width]], False
        if code[:width] in _OPEN:
            return code[:width], _OPEN[code[:width]], True
    if code[3:4].isdigit() and code[:3] in _DECIMAL_FIXED:
        return code[:4], _DECIMAL_FIXED[code[:3]], False
    if code[3:4].isdigit() and code[:3] in _DECIMAL_OPEN:
        return code[:4], _DECIMAL_OPEN[code[:3]], True
    return "", 0, False
