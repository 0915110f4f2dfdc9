"""MT-SICS: Mettler counter and laboratory scales. 9600 baud, 8N1, lines end in CR LF.

`SI` asks for the weight at once: `S S     100.00 g` stable, `S D` moving, `S I` cannot now, `S +` over, `S -` under;
`ES`, `ET`, `EL` are errors of the line.
"""

from edge_agent.codecs.weight import MILLIGRAMS_OF_UNIT, Reading, Send, Step, grams_of

MAX_LINE = 64


class MtSics:
    """Asks with `SI` and reads lines."""

    def __init__(self) -> None:
        self._line = bytearray()

    def ask(self) -> bytes:
        self._line.clear()
        return b"SI\r\n"

    def feed(self, data: bytes) -> list[Step]:
        steps: list[Step] = []
        for byte in data:
            if byte in (0x0D, 0x0A):
                steps += _reading_of(self._line.decode("ascii", "replace").split())
                self._line.clear()
            elif len(self._line) < MAX_LINE:
                self._line.append(byte)
        return steps


def zero() -> Send:
    """The command that sets zero."""
    return Send(b"Z\r\n")


def tare() -> Send:
    """The command that takes what lies on the scale as tare."""
    return Send(b"T\r\n")


def _reading_of(words: list[str]) -> list[Step]:
    match words:
        case ["S", ("S" | "D") as kind, number, unit] if unit in MILLIGRAMS_OF_UNIT:
            try:
                grams = grams_of(number, unit)
            except ValueError:
                return []
            return [Reading(grams, kind == "S", "ok" if kind == "S" else "motion")]
        case ["S", "+"]:
            return [Reading(0, False, "over")]
        case ["S", "-"]:
            return [Reading(0, False, "under")]
        case ["S", "I"]:
            return [Reading(0, False, "motion")]
        case ["ES" | "ET" | "EL"]:
            return [Reading(0, False, "fault")]
        case _:
            return []
