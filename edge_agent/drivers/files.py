"""Links over a file descriptor: sockets, printer device files, serial lines. Writing and reading wait by `select`."""

import os
import select
import time

from edge_agent.drivers.link import CHUNK, WRITE_S, LinkDown


class FileLink:
    """A link over one descriptor that subclasses open and close."""

    is_shared = False

    def __init__(self) -> None:
        self._file: int | None = None

    @property
    def is_open(self) -> bool:
        return self._file is not None

    def open(self) -> None:
        """Raises: LinkDown."""
        if self._file is None:
            try:
                self._file = self._open()
            except (OSError, ValueError) as trouble:
                raise LinkDown(f"{self}: {trouble}") from trouble

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            self._close(file)

    def write(self, data: bytes) -> None:
        """Raises: LinkDown."""
        sent = 0
        deadline = time.monotonic() + WRITE_S
        while sent < len(data):
            taken = self._write_some(data[sent : sent + CHUNK], sent, deadline)
            sent += taken
            deadline = time.monotonic() + WRITE_S if taken else deadline

    def read(self, timeout_ms: int) -> bytes:
        """Raises: LinkDown."""
        file = self._required()
        try:
            ready, _, _ = select.select([file], [], [], timeout_ms / 1000)
            data = os.read(file, CHUNK) if ready else b""
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as trouble:
            raise self._lost(str(trouble)) from trouble
        if ready and not data:
            raise self._lost("the device has gone")
        return data

    def _open(self) -> int:
        raise NotImplementedError

    def _close(self, file: int) -> None:
        raise NotImplementedError

    def _required(self) -> int:
        if self._file is None:
            raise LinkDown(f"{self}: not open")
        return self._file

    def _write_some(self, data: bytes, sent: int, deadline: float) -> int:
        file = self._required()
        try:
            _, ready, _ = select.select([], [file], [], max(0.0, deadline - time.monotonic()))
            if ready:
                return os.write(file, data)
        except BlockingIOError:
            return 0
        except (OSError, ValueError) as trouble:
            raise self._lost(str(trouble), sent) from trouble
        raise self._lost(f"took nothing for {WRITE_S:.0f} s", sent)

    def _lost(self, trouble: str, sent: int = 0) -> LinkDown:
        self.close()
        return LinkDown(f"{self}: {trouble}", sent)
