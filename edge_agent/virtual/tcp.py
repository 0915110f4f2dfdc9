"""A port that a virtual device listens on: one client at a time, as network printers do. It can vanish and return."""

import contextlib
import logging
import select
import socket
import threading
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)
CHUNK = 4096


class Port(Protocol):
    """The socket of a virtual device, whatever it is made of."""

    @property
    def port(self) -> int:
        """Its number."""
        ...

    def up(self) -> None:
        """Listen. Safe to repeat."""
        ...

    def down(self) -> None:
        """Vanish. Safe to repeat."""
        ...

    def send(self, data: bytes) -> None:
        """Answer the client, if there is one."""
        ...


class TcpPort:
    """Listens on loopback. `receive` gets the client's bytes; `send` answers whoever is connected."""

    def __init__(self, receive: Callable[[bytes], None], port: int = 0) -> None:
        self._receive = receive
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None
        self._lock = threading.Lock()
        self._port = port
        self.up()

    @property
    def port(self) -> int:
        """The port, the same over all ups and downs."""
        return self._port

    def up(self) -> None:
        """Listen. Safe to repeat."""
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", self._port))
            listener.listen(4)
            self._port = listener.getsockname()[1]
            self._listener = listener
        threading.Thread(target=self._serve, args=(listener,), name=f"port-{self._port}", daemon=True).start()

    def down(self) -> None:
        """Vanish: the client is cut off, new ones are refused. Safe to repeat."""
        with self._lock:
            listener, self._listener = self._listener, None
            client, self._client = self._client, None
        if client is not None:
            _close(client)
        if listener is not None:
            _close(listener)

    def send(self, data: bytes) -> None:
        """Answer the client, if there is one."""
        client = self._client
        if client is not None:
            with contextlib.suppress(OSError):
                client.sendall(data)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._listener is not listener:
                    _close(client)
                    return
                self._client = client
            self._listen_to(client)

    def _listen_to(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            while client.fileno() >= 0:
                select.select([client], [], [])
                received = client.recv(CHUNK)
                if not received:
                    break
                self._receive(received)
        with self._lock:
            self._client = None if self._client is client else self._client
        _close(client)


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
