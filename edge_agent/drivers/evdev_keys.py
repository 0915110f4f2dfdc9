"""Scanners that play a keyboard, read by the agent alone (grabbed, so the console never types what they read)."""

import fcntl
import os

from edge_agent.drivers.files import FileLink

EVIOCGRAB = 0x40044590
"""`_IOW('E', 0x90, int)`: the device's events come to this reader only."""


class EvdevKeys(FileLink):
    """A link that reads Linux input events; `codecs/keymap.py` makes letters of them."""

    def __init__(self, path: str, is_grabbed: bool = True) -> None:
        super().__init__()
        self._path, self._is_grabbed = path, is_grabbed

    def __str__(self) -> str:
        return self._path

    def _open(self) -> int:
        file = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if self._is_grabbed:
                fcntl.ioctl(file, EVIOCGRAB, 1)
        except OSError:
            os.close(file)
            raise
        return file

    def _close(self, file: int) -> None:
        os.close(file)
