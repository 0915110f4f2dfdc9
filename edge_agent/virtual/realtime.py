"""Real-time commands: taken out of the stream as it arrives, obeyed even when the printer cannot print."""

from dataclasses import dataclass

DLE = 0x10
LENGTHS = {0x04: 3, 0x05: 3, 0x14: 5}


@dataclass(frozen=True, slots=True)
class Realtime:
    """`kind` 04 asks for a status, 05 recovers, 14 pulses a drawer."""

    kind: int
    params: bytes


class RealtimeFilter:
    """Splits a stream into real-time commands and the rest, in pieces of any size."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> tuple[list[Realtime], bytes]:
        commands, rest = [], bytearray()
        for byte in data:
            self._held.append(byte)
            if self._held[0] != DLE or (len(self._held) == 2 and byte not in LENGTHS):
                rest += self._let_go()
            elif len(self._held) >= 2 and len(self._held) == LENGTHS[self._held[1]]:
                commands.append(Realtime(self._held[1], bytes(self._held[2:])))
                self._held.clear()
        return commands, bytes(rest)

    def _let_go(self) -> bytes:
        """Everything held, but a DLE at its end that may begin a command."""
        keep = 1 if len(self._held) > 1 and self._held[-1] == DLE else 0
        out = bytes(self._held[: len(self._held) - keep])
        del self._held[: len(out)]
        return out
