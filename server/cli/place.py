"""The data folder of a machine that runs everything: what stands where in it, its secrets, its ports, its lock."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import server
from server.cli import Refused

SECRET_BYTES = 32

ENVIRONMENT_FILE = "environment.json"
"""Stands in the data folder while `aisales up` runs, so that other commands find the same services."""


@dataclass(frozen=True)
class Place:
    """A data folder, by the names of what is in it."""

    data: Path

    @property
    def logs(self) -> Path:
        """One log file for each child."""
        return self.data / "logs"

    @property
    def broker(self) -> Path:
        """What the message broker keeps."""
        return self.data / "broker"

    @property
    def agent(self) -> Path:
        """The demo agent's spool and credential."""
        return self.data / "agent"

    @property
    def secret_file(self) -> Path:
        """The app's secret."""
        return self.data / "secret"

    @property
    def enrol_token_file(self) -> Path:
        """The one-use token by which the demo agent enrols."""
        return self.data / "agent-token"

    @property
    def schema_file(self) -> Path:
        """Which migrations the databases have seen: a start that has no others need not look."""
        return self.data / "schema"

    @property
    def demo_file(self) -> Path:
        """Addresses, sign-ins and PINs of the demo business, as its seed left them."""
        return self.data / "demo.json"


def prepare(data: Path) -> Place:
    """Make the folder and its parts. Raises Refused where it cannot be written."""
    place = Place(data.resolve())
    try:
        for folder in (place.data, place.logs, place.broker, place.agent):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        secret(place.secret_file)
    except OSError as error:
        raise Refused(f"the data folder {place.data} cannot be written ({error.strerror})") from error
    return place


def secret(path: Path) -> str:
    """A random secret that is made once and only its owner reads."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text()


def write_private(path: Path, text: str) -> None:
    """Put a file in its place whole, readable by its owner alone from its first byte on."""
    draft = path.with_name(path.name + ".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    draft.rename(path)


def ports(place: Place) -> dict[str, int]:
    """The ports of the broker and of the virtual hardware, chosen once: the agent remembers where its broker stands."""
    file = place.data / "ports.json"
    if not file.exists():
        write_private(file, json.dumps({"broker": free_port(), "sim": free_port()}))
    chosen: dict[str, int] = json.loads(file.read_text())
    return chosen


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether this program may listen on that port of the loopback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def migrations_digest() -> str:
    """What tells one set of migrations from another."""
    trees = Path(server.__file__).parent / "migrations"
    digest = hashlib.sha256()
    for script in sorted(trees.glob("*/versions/*.py")):
        digest.update(script.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def held(place: Place) -> Iterator[None]:
    """Hold the folder: one supervisor at a time. Raises Refused when another one has it."""
    with open(place.data / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise Refused(f"AI Sales POS already runs on {place.data} (process {lock.read().strip()})") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
