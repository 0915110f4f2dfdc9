"""What a link to a device can do, whatever carries the bytes."""

from typing import Protocol

CONNECT_S = 3.0
WRITE_S = 10.0
"""A printer that takes nothing for so long has stopped; its buffer holds some seconds of printing."""
CHUNK = 2_048


class LinkDown(OSError):
    """The device cannot be reached, or has gone. `bytes_sent` were taken by the system before."""

    def __init__(self, trouble: str, bytes_sent: int = 0) -> None:
        super().__init__(trouble)
        self.bytes_sent = bytes_sent


class Link(Protocol):
    """Bytes to and from a device. After LinkDown it must be opened anew."""

    is_shared: bool
    """Others may need the device too (a network printer takes one client): closed after each use."""

    @property
    def is_open(self) -> bool: ...

    def open(self) -> None:
        """Reach the device. Safe to repeat. Raises: LinkDown."""
        ...

    def close(self) -> None:
        """Let it go. Safe to repeat."""
        ...

    def write(self, data: bytes) -> None:
        """Hand all bytes over. Raises: LinkDown with how many went."""
        ...

    def read(self, timeout_ms: int) -> bytes:
        """What arrives within the time, empty when nothing does. Raises: LinkDown."""
        ...
