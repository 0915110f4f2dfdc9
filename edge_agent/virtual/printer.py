"""The virtual receipt printer with its drawer: a port, a buffer, a mechanism, and knobs for what goes wrong.

While it is out of paper or its cover is open it keeps what it receives and prints it afterwards; real-time
questions are answered all the same. Without power, or once it has died, the buffer is gone.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from edge_agent.profiles import PrinterProfile
from edge_agent.virtual.machine import Mechanism, Pulse
from edge_agent.virtual.paper import Paper
from edge_agent.virtual.picture import png
from edge_agent.virtual.realtime import Realtime, RealtimeFilter
from edge_agent.virtual.tcp import Port, TcpPort
from edge_agent.virtual.tokens import Tokens

MAX_RAW = 4_000_000
MAX_PULSES = 1_000
KNOBS = frozenset({"paper_out", "cover_open", "off", "mute", "die_after", "paper_out_after"})


@dataclass(frozen=True, slots=True)
class Knobs:
    """What is wrong with the printer. `die_after`, `paper_out_after`: so many bytes from now (none: never),
    real-time questions not counted."""

    paper_out: bool = False
    cover_open: bool = False
    off: bool = False
    mute: bool = False
    die_after: int | None = None
    paper_out_after: int | None = None


@dataclass(slots=True)
class VirtualDrawer:
    """A drawer on a printer: opens by a pulse, closes by hand."""

    device: str
    changed: Callable[[], None]
    is_open: bool = False
    pulses: list[dict[str, Any]] = field(default_factory=list)

    def kick(self, pulse: Pulse, at: str) -> None:
        """A pulse arrives."""
        self.pulses.append(asdict(pulse) | {"at": at})
        del self.pulses[:-MAX_PULSES]
        self.is_open = True
        self.changed()

    def close(self) -> None:
        """Somebody pushes it shut."""
        self.is_open = False
        self.changed()


class VirtualPrinter:
    """Listens on a loopback port like a network printer on 9100; `listen` gives it another way to its host."""

    def __init__(
        self,
        device: str,
        profile: PrinterProfile,
        drawer: VirtualDrawer | None,
        *,
        now: Callable[[], str],
        changed: Callable[[], None],
        port: int = 0,
        listen: Callable[[Callable[[bytes], None], int], Port] = TcpPort,
    ) -> None:
        self.device, self.profile, self.drawer = device, profile, drawer
        self.knobs = Knobs()
        self.raw = bytearray()
        self._now, self._changed = now, changed
        self._lock = threading.RLock()
        self._buffer = bytearray()
        self._filter, self._tokens = RealtimeFilter(), Tokens()
        self._mechanism = Mechanism(profile, pulse=self._kick, answer=self._answer, now=now)
        self._port = listen(self._receive, port)

    @property
    def port(self) -> int:
        return self._port.port

    @property
    def papers(self) -> list[Paper]:
        """The last papers, the one in the printer last."""
        with self._lock:
            return list(self._mechanism.papers)

    def picture(self, n: int) -> bytes | None:
        """A paper as PNG, by its number."""
        with self._lock:
            paper = next((one for one in self._mechanism.papers if one.n == n), None)
            if paper is None:
                return None
            profile = self.profile
            return png(paper, profile.dots, profile.columns, profile.cell_height, profile.line_height)

    def turn(self, **knobs: Any) -> None:
        """Turn knobs; what was held back is printed as soon as nothing hinders it. Raises: ValueError."""
        with self._lock:
            before, self.knobs = self.knobs, replace(self.knobs, **_checked(knobs))
            if self.knobs.off and not before.off:
                self._lose_power()
            if before.off and not self.knobs.off:
                self._port.up()
            self._work()
        self._changed()

    def stop(self) -> None:
        """Close the port."""
        self._port.down()

    def _receive(self, data: bytes) -> None:
        with self._lock:
            if self.knobs.off:
                return
            commands, rest = self._filter.feed(data)
            limit = self.knobs.die_after
            is_last = limit is not None and len(rest) >= limit
            taken = rest[:limit] if is_last else rest
            self._keep(taken)
            self._buffer += taken
            for command in commands:
                self._obey_realtime(command)
            self._work()
            if is_last:
                self.knobs = replace(self.knobs, die_after=None, off=True)
                self._lose_power()
            elif limit is not None:
                self.knobs = replace(self.knobs, die_after=limit - len(taken))
        if rest:
            self._changed()

    def _keep(self, data: bytes) -> None:
        """What is printed and pulsed, for tests; questions for the status would drown it."""
        self.raw += data[: max(0, MAX_RAW - len(self.raw))]

    def _work(self) -> None:
        """Print what is in the buffer, as far as paper and cover allow."""
        while self._buffer and not (self.knobs.paper_out or self.knobs.cover_open or self.knobs.off):
            limit = self.knobs.paper_out_after
            piece = bytes(self._buffer if limit is None else self._buffer[:limit])
            del self._buffer[: len(piece)]
            for token in self._tokens.feed(piece):
                self._mechanism.obey(token)
            if limit is not None:
                left = limit - len(piece)
                self.knobs = replace(self.knobs, paper_out_after=left or None, paper_out=left == 0)

    def _lose_power(self) -> None:
        self._port.down()
        self._buffer.clear()
        self._tokens.clear()
        self._filter = RealtimeFilter()
        self._mechanism.power_off()

    def _obey_realtime(self, command: Realtime) -> None:
        if command.kind == 0x04:
            self._answer(bytes([self._status(command.params[0])]))
        elif command.kind == 0x14 and command.params[0] == 1:
            self._keep(b"\x10\x14" + command.params)
            on_ms = command.params[2] * 100
            self._kick(Pulse(5 if command.params[1] else 2, on_ms, on_ms))

    def _status(self, question: int) -> int:
        knobs = self.knobs
        match question:
            case 1:
                is_open = self.drawer is not None and self.drawer.is_open
                return 0x12 | (0x04 if is_open else 0) | (0x08 if knobs.paper_out or knobs.cover_open else 0)
            case 2:
                return 0x12 | (0x04 if knobs.cover_open else 0) | (0x20 if knobs.paper_out else 0)
            case 4:
                return 0x12 | (0x60 if knobs.paper_out else 0)
            case _:
                return 0x12

    def _answer(self, data: bytes) -> None:
        if not self.knobs.mute:
            self._port.send(data)

    def _kick(self, pulse: Pulse) -> None:
        if self.drawer is not None:
            self.drawer.kick(pulse, self._now())


def _checked(knobs: dict[str, Any]) -> dict[str, Any]:
    for name, value in knobs.items():
        if name not in KNOBS:
            raise ValueError(f"no knob {name!r:.40}; there are {sorted(KNOBS)}")
        is_count = name in ("die_after", "paper_out_after")
        is_right = (value is None or (type(value) is int and value > 0)) if is_count else isinstance(value, bool)
        if not is_right:
            raise ValueError(f"{name}: {value!r:.40}")
    return knobs
