"""USB printers through the kernel's `usblp`: a device file that a udev rule names by serial number or port."""

import os

from edge_agent.drivers.files import FileLink


class UsbLp(FileLink):
    """A link to a printer device file, which reads back what the printer answers."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def __str__(self) -> str:
        return self._path

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def _close(self, file: int) -> None:
        os.close(file)
