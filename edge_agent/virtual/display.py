"""The virtual customer display: a CD5220 grid at the end of a serial line."""

from collections.abc import Callable

from edge_agent.profiles import DisplayProfile
from edge_agent.virtual.terminal import SerialTwin

LINE_NAMES = {0x41: 0, 0x42: 1}


class VirtualDisplay:
    """Shows what `ESC Q A|B` writes; knows `ESC @`, FF and `ESC t`."""

    def __init__(self, device: str, profile: DisplayProfile, changed: Callable[[], None]) -> None:
        self.device = device
        self._profile = profile
        self._changed = changed
        self._pages = {number: name for name, number in profile.code_pages.items()}
        self._page = next(iter(profile.code_pages))
        self._rest = bytearray()
        self._empty()
        self._line = SerialTwin(self._receive)

    @property
    def path(self) -> str:
        return self._line.path

    def stop(self) -> None:
        self._line.stop()

    def _empty(self) -> None:
        self.lines = [" " * self._profile.columns] * self._profile.rows

    def _receive(self, data: bytes) -> bytes:
        self._rest += data
        while self._rest and (length := self._obey()):
            del self._rest[:length]
        self._changed()
        return b""

    def _obey(self) -> int:
        """The length of the command at the front, done; 0 when its end is not here yet."""
        rest = self._rest
        if rest[0] == 0x0C:
            self._empty()
        if rest[0] != 0x1B:
            return 1
        if len(rest) < 2:
            return 0
        if rest[1] == 0x40:
            self._empty()
            return 2
        if rest[1] == 0x74:
            self._page = self._pages.get(rest[2], self._page) if len(rest) > 2 else self._page
            return 3 if len(rest) > 2 else 0
        return self._write_line() if rest[1] == 0x51 else 2

    def _write_line(self) -> int:
        end = self._rest.find(0x0D)
        if end < 0:
            return 0
        row = LINE_NAMES.get(self._rest[2])
        if row is not None and row < self._profile.rows:
            width = self._profile.columns
            self.lines[row] = bytes(self._rest[3:end]).decode(self._page, "replace")[:width].ljust(width)
        return end + 1
