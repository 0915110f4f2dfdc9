"""Network printers: raw bytes on TCP port 9100. One client at a time, so the link is let go after each use."""

import socket

from edge_agent.drivers.files import FileLink
from edge_agent.drivers.link import CONNECT_S


class Tcp9100(FileLink):
    """A link to a host and port."""

    is_shared = True

    def __init__(self, host: str, port: int = 9100) -> None:
        super().__init__()
        self._host, self._port = host, port
        self._socket: socket.socket | None = None

    def __str__(self) -> str:
        return f"{self._host}:{self._port}"

    def _open(self) -> int:
        one = socket.create_connection((self._host, self._port), CONNECT_S)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.setblocking(False)
        self._socket = one
        return one.fileno()

    def _close(self, file: int) -> None:
        assert self._socket is not None
        self._socket.close()
