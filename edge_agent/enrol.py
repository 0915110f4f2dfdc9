"""Enrolment: a one-use token becomes the agent's identity, kept in its state folder with mode 0600.

Programs cannot resolve `*.localhost`, so the address to connect to and the host that is meant may differ.
"""

import http.client
import json
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edge_agent import __version__
from edge_agent.agent import Identity, board_model
from edge_agent.transport import Broker
from edge_agent.wire import Address
from edge_agent.wire.message import Message, WireError, loads

PATH = "/api/v1/devices/agents/enrol"
FILE = "identity.json"
TIMEOUT_S = 15
MAX_ANSWER = 65_536


class EnrolmentFailed(RuntimeError):
    """The server did not take the token, or its answer cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAnswer(Message):
    """Where the broker is."""

    host: str
    port: int
    tls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentAnswer(Message):
    """What the server gives for a token."""

    key: str
    tenant: str
    site: str
    broker: BrokerAnswer
    username: str
    password: str

    def identity(self) -> Identity:
        """Raises: WireError."""
        broker = Broker(self.broker.host, self.broker.port, self.key, self.username, self.password, self.broker.tls)
        return Identity(Address(self.tenant, self.site, self.key), broker)


def identity_in(folder: Path) -> Identity | None:
    """The identity of an earlier enrolment. Raises: EnrolmentFailed for a broken file."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return EnrolmentAnswer.from_json(path.read_bytes()).identity()
    except (OSError, WireError) as trouble:
        raise EnrolmentFailed(f"{path}: {trouble}") from trouble


def enrol(folder: Path, server: str, token: str, *, name: str, host_header: str | None = None) -> Identity:
    """Trade a token for an identity and keep it. Raises: EnrolmentFailed."""
    wish = {"token": token, "name": name, "model": board_model(), "sw": __version__}
    answer = _post(server, host_header, wish)
    try:
        known = EnrolmentAnswer.from_dict(answer)
        identity = known.identity()
    except WireError as trouble:
        raise EnrolmentFailed(f"the server's answer cannot be used: {trouble}") from trouble
    _keep(folder, known)
    return identity


def _keep(folder: Path, answer: EnrolmentAnswer) -> None:
    """Written beside, synced and renamed, so that a power cut leaves the old file or the new one."""
    beside = folder / (FILE + ".new")
    file = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(answer.to_json())
        out.flush()
        os.fsync(out.fileno())
    beside.replace(folder / FILE)


def _post(server: str, host_header: str | None, wish: dict[str, Any]) -> object:
    split = urlsplit(server)
    headers = {"Content-Type": "application/json", "X-AISales": "1", "Host": host_header or split.netloc}
    connection = _connection(split.scheme, split.hostname or "", split.port)
    try:
        connection.request("POST", PATH, json.dumps(wish).encode(), headers)
        response = connection.getresponse()
        body = response.read(MAX_ANSWER)
        if response.status not in (200, 201):
            raise EnrolmentFailed(f"{server} answers {response.status}: {body[:300].decode(errors='replace')}")
        return loads(body)
    except (OSError, http.client.HTTPException, WireError) as trouble:
        raise EnrolmentFailed(f"{server}: {trouble}") from trouble
    finally:
        connection.close()


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
