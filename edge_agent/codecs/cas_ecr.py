"""CAS, Ohaus Aviator and others of "ECR type". 9600 baud, 8N1.

The host sends ENQ, the scale ACK (or NAK: not now), the host DC1, the scale
`01 02 S|U|F sp|-|F d d . d d d k g BCC 03 04`, BCC being the XOR of what stands between STX and itself.
"""

from functools import reduce
from operator import xor

from edge_agent.codecs.weight import Reading, Send, Status, Step, grams_of

SOH, STX, ETX, EOT, ENQ, ACK, DC1, NAK = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x11, 0x15
BODY = 10
"""Letters between STX and BCC: state, sign, six of the number, two of the unit."""


class CasEcr:
    """Asks with ENQ, answers ACK with DC1, and checks the sum of what comes."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None

    def ask(self) -> bytes:
        self._frame = None
        return bytes([ENQ])

    def feed(self, data: bytes) -> list[Step]:
        steps: list[Step] = []
        for byte in data:
            if self._frame is not None:
                steps += self._within(byte)
            elif byte == SOH:
                self._frame = bytearray()
            elif byte == ACK:
                steps.append(Send(bytes([DC1])))
            elif byte == NAK:
                steps.append(Reading(0, False, "motion"))
        return steps

    def _within(self, byte: int) -> list[Step]:
        assert self._frame is not None
        self._frame.append(byte)
        if self._frame[0] != STX or len(self._frame) > BODY + 4:
            self._frame = None
            return []
        if len(self._frame) < BODY + 4:
            return []
        frame, self._frame = bytes(self._frame), None
        return _reading_of(frame)


def bcc(body: bytes) -> int:
    """The check byte of a frame's body."""
    return reduce(xor, body, 0)


def _reading_of(frame: bytes) -> list[Step]:
    body = frame[1 : 1 + BODY]
    if frame[1 + BODY :] != bytes([bcc(body), ETX, EOT]):
        return []
    text = body.decode("ascii", "replace")
    state, sign, number, unit = text[0], text[1], text[2:8], text[8:10].strip()
    if sign == "F" or state == "F":
        return [Reading(0, False, "over")]
    try:
        grams = grams_of(("-" if sign == "-" else "") + number.strip(), unit)
    except (KeyError, ValueError):
        return []
    return [Reading(grams, state == "S", _status(state, grams))]


def _status(state: str, grams: int) -> Status:
    if grams < 0:
        return "under"
    return "ok" if state == "S" else "motion"
