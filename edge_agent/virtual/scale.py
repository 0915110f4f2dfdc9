"""The virtual scale: a weight and whether it rests, told in the words of any protocol."""

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.codecs.cas_ecr import ACK, DC1, ENQ, EOT, ETX, SOH, STX, bcc
from edge_agent.virtual.terminal import SerialTwin

CAPACITY_GRAMS = 15_000


@dataclass(frozen=True, slots=True)
class Load:
    """What lies on the scale."""

    grams: int = 0
    is_stable: bool = True


def toledo8217(asked: bytes, load: Load) -> bytes:
    """The device's side of Toledo 8217."""
    answers = {b"W": _toledo_weight, b"Z": _toledo_status, b"T": _toledo_status}
    return b"".join(answers[one](load) for one in (asked[i : i + 1] for i in range(len(asked))) if one in answers)


def mt_sics(asked: bytes, load: Load) -> bytes:
    """The device's side of MT-SICS."""
    return b"".join(_sics_answer(line.strip(), load) for line in asked.split(b"\n") if line.strip())


def cas_ecr(asked: bytes, load: Load) -> bytes:
    """The device's side of the ECR type."""
    out = bytearray()
    for byte in asked:
        if byte == ENQ:
            out.append(ACK)
        elif byte == DC1:
            out += _ecr_frame(load)
    return bytes(out)


PROTOCOLS: dict[str, Callable[[bytes, Load], bytes]] = {
    "toledo8217": toledo8217,
    "mt_sics": mt_sics,
    "cas_ecr": cas_ecr,
}


class VirtualScale:
    """A scale at the end of a serial line."""

    def __init__(self, device: str, codec: str, changed: Callable[[], None]) -> None:
        self.device = device
        self.load = Load()
        self._changed = changed
        self._protocol = PROTOCOLS[codec]
        self._line = SerialTwin(lambda asked: self._protocol(asked, self.load))

    @property
    def path(self) -> str:
        return self._line.path

    def put(self, grams: int, is_stable: bool = True) -> None:
        """Lay a weight on it."""
        self.load = Load(grams, is_stable)
        self._changed()

    def stop(self) -> None:
        self._line.stop()


def _toledo_weight(load: Load) -> bytes:
    if not load.is_stable or not 0 <= load.grams <= CAPACITY_GRAMS:
        return _toledo_status(load)
    return b"\x02%02d.%03d\r" % divmod(load.grams, 1000)


def _toledo_status(load: Load) -> bytes:
    bits = 0x40 | (0x01 if not load.is_stable else 0) | (0x04 if load.grams < 0 else 0)
    bits |= (0x02 if load.grams > CAPACITY_GRAMS else 0) | (0x10 if load.grams == 0 else 0)
    return bytes([0x02, 0x3F, bits, 0x0D])


def _sics_answer(asked: bytes, load: Load) -> bytes:
    if asked not in (b"S", b"SI"):
        return asked[:1] + b" A\r\n" if asked in (b"Z", b"T") else b"ES\r\n"
    if load.grams > CAPACITY_GRAMS:
        return b"S +\r\n"
    return b"S %s %10s g\r\n" % (b"S" if load.is_stable else b"D", b"%d.0" % load.grams)


def _ecr_frame(load: Load) -> bytes:
    number = b"%02d.%03d" % divmod(abs(load.grams), 1000)
    state = b"S" if load.is_stable else b"U"
    sign = b"F" if abs(load.grams) > CAPACITY_GRAMS else b"-" if load.grams < 0 else b" "
    body = state + sign + number[:6] + b"kg"
    return bytes([SOH, STX]) + body + bytes([bcc(body), ETX, EOT])
