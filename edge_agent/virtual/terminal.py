"""A pseudo terminal that a virtual serial device sits at: the driver opens its other end like any serial port."""

import contextlib
import os
import pty
import select
import threading
import tty
from collections.abc import Callable

CHUNK = 4096


class SerialTwin:
    """The device's end of a serial line. `receive` gets what the host sends and returns the answer."""

    def __init__(self, receive: Callable[[bytes], bytes]) -> None:
        self._receive = receive
        self._ours, self._theirs = pty.openpty()
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)  # What nobody reads is lost, as on a real line.
        self.path = os.ttyname(self._theirs)
        """Where the host opens the line."""
        self._wake_read, self._wake_write = os.pipe()
        self._thread = threading.Thread(target=self._serve, name=f"twin-{self.path}", daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Bytes that the device sends by itself."""
        with contextlib.suppress(OSError):
            os.write(self._ours, data)

    def stop(self) -> None:
        """Unplug. Safe to repeat."""
        if self._wake_write < 0:
            return
        os.close(self._wake_write)
        self._wake_write = -1
        self._thread.join()
        for end in (self._ours, self._theirs, self._wake_read):
            os.close(end)

    def _serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._ours, self._wake_read], [], [])
            if self._wake_read in ready:
                return
            answer = self._receive(os.read(self._ours, CHUNK))
            if answer:
                self.send(answer)
