"""Serial lines by pyserial: scales, scanners, displays, older printers."""

import serial

from edge_agent.drivers.files import FileLink
from edge_agent.profiles import SerialSettings


class SerialPort(FileLink):
    """A link to a serial line with its settings."""

    def __init__(self, path: str, settings: SerialSettings) -> None:
        super().__init__()
        self._path, self._settings = path, settings
        self._port: serial.Serial | None = None

    def __str__(self) -> str:
        return self._path

    def _open(self) -> int:
        line = self._settings
        self._port = serial.Serial(
            self._path, line.baud, line.bits, line.parity, line.stop, timeout=0, write_timeout=0, exclusive=True
        )
        return int(self._port.fileno())

    def _close(self, file: int) -> None:
        assert self._port is not None
        self._port.close()
