"""Toledo 8217: Mettler Ariva, Viva, Diva, and the scales inside NCR and Datalogic scanners. 9600 baud, 7E1.

`W` asks. The answer is `02 "01.234" 0D` in kilograms, with `N` before the CR when a tare is set, or
`02 3F s 0D` with a status letter: bit 0 motion, 1 over, 2 under zero, 3 outside zero, 4 centre of zero, 5 net.
Bit 4 is no fault (an empty scale), and bit 6 is always set.
"""

from edge_agent.codecs.weight import Reading, Send, Status, Step, grams_of

STX, CR = 0x02, 0x0D
MAX_FRAME = 16
MOTION, OVER, UNDER, OUTSIDE = 0x01, 0x02, 0x04, 0x08


class Toledo8217:
    """Asks with `W` and reads frames."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None

    def ask(self) -> bytes:
        self._frame = None
        return b"W"

    def feed(self, data: bytes) -> list[Step]:
        steps: list[Step] = []
        for byte in data:
            if byte & 0x7F == STX:
                self._frame = bytearray()
            elif byte & 0x7F == CR and self._frame is not None:
                steps += _reading_of(bytes(self._frame))
                self._frame = None
            elif self._frame is not None:
                self._frame.append(byte & 0x7F)
                self._frame = self._frame if len(self._frame) <= MAX_FRAME else None
        return steps


def zero() -> Send:
    """The command that sets zero."""
    return Send(b"Z")


def tare() -> Send:
    """The command that takes what lies on the scale as tare."""
    return Send(b"T")


def status_of(letter: int) -> Reading:
    """The meaning of a status letter."""
    status: Status = "ok"
    if letter & MOTION:
        status = "motion"
    elif letter & OVER:
        status = "over"
    elif letter & UNDER:
        status = "under"
    elif letter & OUTSIDE:
        status = "fault"
    return Reading(0, status == "ok", status)


def _reading_of(frame: bytes) -> list[Step]:
    if len(frame) == 2 and frame[:1] == b"?":
        return [status_of(frame[1])]
    text = frame.decode("ascii").removesuffix("N")
    try:
        return [Reading(grams_of(text, "kg"), True)] if "." in text else []
    except ValueError:
        return []
