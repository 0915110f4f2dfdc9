"""Weights: the reading that every scale codec gives, in whole grams."""

from dataclasses import dataclass
from typing import Literal, Protocol

Status = Literal["ok", "motion", "under", "over", "fault"]
MILLIGRAMS_OF_UNIT = {"kg": 1_000_000, "g": 1_000, "mg": 1, "lb": 453_592, "oz": 28_350}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scale shows. A sale takes it only when it is stable and above zero."""

    grams: int
    is_stable: bool
    status: Status = "ok"


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes that the protocol wants sent before it goes on."""

    data: bytes


Step = Reading | Send


class ScaleCodec(Protocol):
    """A scale's protocol: how to ask, and a parser for what comes back."""

    def ask(self) -> bytes:
        """What to send for the next weight. Forgets half a frame."""
        ...

    def feed(self, data: bytes) -> list[Step]:
        """The readings in these bytes, and what to send in between."""
        ...


def grams_of(number: str, unit: str) -> int:
    """A decimal text and its unit as whole grams, half up. Raises: ValueError for what is no number."""
    text = number.strip()
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    whole, _, fraction = digits.strip().partition(".")
    joined = (whole + fraction).strip()
    if not (joined.isascii() and joined.isdecimal()) or len(joined) > 12:
        raise ValueError(f"{number!r} is no weight")
    milligrams = int(joined) * MILLIGRAMS_OF_UNIT[unit]
    divisor = int("1000" + "0" * len(fraction))
    return sign * ((2 * milligrams + divisor) // (2 * divisor))
