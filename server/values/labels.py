"""Labels of a shop's own scales: EAN-13 codes beginning with 02 or 20 to 29 whose digits a tenant's templates explain.

`20{item:5}{weight_g:5}{c}`: two fixed digits, five of the item's PLU, five of grams, the code's check digit.
`21{item:4}{v}{price_c:5}{c}`: the price in minor units, guarded by GS1's price check digit `v`. `{count:n}` is pieces.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from server.values.barcode import is_valid, with_check_digit

FIELDS = ("item", "weight_g", "price_c", "count", "v", "c")
CODE_LENGTH = 13
_FIELD = re.compile(r"\{(\w+)(?::(\d+))?\}")
# GS1's weighted products: the n-th entry is the product of the digit n.
_TWO_MINUS, _THREE = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7), (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS, _FIVE_MINUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9), (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)


class BadTemplate(ValueError):
    """A template that cannot explain an EAN-13."""


class WrongCheckDigit(ValueError):
    """A label whose check digit, or price check digit, is wrong: rejected, never guessed."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says. Units: weight in thousandths of a kilogram (grams), price in minor units, whole pieces."""

    plu: int
    zeroed: str
    weight_g: int | None = None
    price_minor: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled pattern: the fixed digits before its fields, and the fields with their widths."""

    prefix: str
    fields: tuple[tuple[str, int], ...]


@lru_cache(maxsize=256)
def compile_template(pattern: str) -> Template:
    """Check a pattern and take it apart. Raises: BadTemplate."""
    prefix = pattern.split("{", 1)[0]
    fields = tuple((name, int(width or 1)) for name, width in _FIELD.findall(pattern))
    names = [name for name, _ in fields]
    rebuilt = prefix + "".join(match[0] for match in _FIELD.finditer(pattern))
    if rebuilt != pattern or not re.fullmatch(r"02\d*|2\d+", prefix, re.ASCII):
        raise BadTemplate(f"{pattern!r} must begin with 02 or 20 to 29 and hold only digits and fields")
    if set(names) - set(FIELDS) or len(set(names)) != len(names) or "item" not in names or names[-1] != "c":
        raise BadTemplate(f"{pattern!r} needs an item field, its check digit last, and each field once")
    if len({"weight_g", "price_c", "count"} & set(names)) != 1:
        raise BadTemplate(f"{pattern!r} must hold exactly one of weight_g, price_c and count")
    if len(prefix) + sum(width for _, width in fields) != CODE_LENGTH or dict(fields)["c"] != 1:
        raise BadTemplate(f"{pattern!r} must describe {CODE_LENGTH} digits")
    if "v" in names and dict(fields).get("price_c") not in (4, 5):
        raise BadTemplate(f"{pattern!r}: a price check digit guards a price of 4 or 5 digits")
    return Template(prefix, fields)


def read_label(code: str, patterns: Iterable[str]) -> Label | None:
    """Read a code by the template with the longest fixed digits; none when no template fits.

    Raises: WrongCheckDigit.
    """
    fitting = [template for template in map(compile_template, patterns) if code.startswith(template.prefix)]
    if len(code) != CODE_LENGTH or not (code.isascii() and code.isdigit()) or not fitting:
        return None
    if not is_valid(code):
        raise WrongCheckDigit(code)
    return _read(code, max(fitting, key=lambda template: len(template.prefix)))


def price_check_digit(price: str) -> int:
    """GS1's check digit of a price field of 4 or 5 digits. Raises: ValueError for another length."""
    digits = [int(digit) for digit in price]
    if len(digits) == 4:
        tables = (_TWO_MINUS, _TWO_MINUS, _THREE, _FIVE_MINUS)
        return 3 * sum(table[digit] for table, digit in zip(tables, digits, strict=True)) % 10
    if len(digits) == 5:
        tables5 = (_FIVE_PLUS, _TWO_MINUS, _FIVE_MINUS, _FIVE_PLUS, _TWO_MINUS)
        total = sum(table[digit] for table, digit in zip(tables5, digits, strict=True))
        return _FIVE_MINUS.index(-total % 10)
    raise ValueError("a price check digit guards 4 or 5 digits")


def _read(code: str, template: Template) -> Label:
    found, at = {}, len(template.prefix)
    for name, width in template.fields:
        found[name] = code[at : at + width]
        at += width
    if "v" in found and price_check_digit(found["price_c"]) != int(found["v"]):
        raise WrongCheckDigit(code)
    return Label(
        plu=int(found["item"]),
        zeroed=_zeroed(template, found["item"]),
        weight_g=_number(found.get("weight_g")),
        price_minor=_number(found.get("price_c")),
        count=_number(found.get("count")),
    )


def _zeroed(template: Template, item: str) -> str:
    """The code with everything but the item at zero: under it a catalogue may hold the article as a barcode."""
    body = template.prefix + "".join(item if name == "item" else "0" * width for name, width in template.fields[:-1])
    return with_check_digit(body)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)
