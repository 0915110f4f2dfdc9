"""Word to systemd (Type=notify): ready, and still alive. Outside of systemd this says nothing."""

import contextlib
import os
import socket


def tell_systemd(message: str) -> None:
    """`READY=1` or `WATCHDOG=1`."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
        door.sendto(message.encode(), "\0" + path[1:] if path.startswith("@") else path)
