"""Codes that a scanner reads: check digits, which kind a code is, and the code on our own receipts.

A receipt carries `AS1:` and its sale's id in capitals (QR's compact alphabet). Labels of weighed goods are read in
`labels.py`, GS1 element strings in `gs1.py`.
"""

import re
import uuid

LENGTHS = {8: "ean8", 12: "upca", 13: "ean13", 14: "itf14"}
RECEIPT_PREFIX = "AS1:"
MAX_LENGTH = 512  # what a scanner may send as one code
_AIM_ID = re.compile(r"\]([A-Za-z][0-9A-Za-z])")


def check_digit(body: str) -> int:
    """The last digit of an EAN, UPC or ITF-14 code whose other digits are given."""
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(body)))
    return -total % 10


def symbology(code: str) -> str | None:
    """ean8, upca, ean13 or itf14 by the number of digits; none for any other text."""
    return LENGTHS.get(len(code)) if code.isascii() and code.isdigit() else None


def is_valid(code: str) -> bool:
    """Is it a code of one of those lengths with the right check digit?"""
    return symbology(code) is not None and check_digit(code[:-1]) == int(code[-1])


def with_check_digit(body: str) -> str:
    """The whole code of a body without its check digit."""
    return f"{body}{check_digit(body)}"


def lookup_forms(code: str) -> tuple[str, ...]:
    """The texts under which a catalogue may hold a code: the same number with zeros in front or without them."""
    if symbology(code) is None:
        return (code,)
    digits = code.lstrip("0")
    padded = (digits.zfill(length) for length in (13, 12, 14, 8) if length >= len(digits) and length != len(code))
    return (code, *padded)


def split_aim(scanned: str) -> tuple[str, str | None]:
    """A scan without its AIM symbology id, and that id: "]E04006381333931" → ("4006381333931", "E0")."""
    match = _AIM_ID.match(scanned)
    return (scanned[match.end() :], match[1]) if match else (scanned, None)


def receipt_code(sale_id: uuid.UUID) -> str:
    """What the QR of a receipt holds."""
    return RECEIPT_PREFIX + str(sale_id).upper()


def sale_of_receipt(scanned: str) -> uuid.UUID | None:
    """The sale whose receipt was scanned, or none when it is another code."""
    text = scanned.strip()
    if text[: len(RECEIPT_PREFIX)].upper() != RECEIPT_PREFIX:
        return None
    digits = text[len(RECEIPT_PREFIX) :].replace("-", "")
    return uuid.UUID(digits) if re.fullmatch(r"[0-9A-Fa-f]{32}", digits) else None
