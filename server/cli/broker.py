"""The message broker of one machine: Mosquitto's configuration and its dynamic-security file.

Everything is denied unless a role allows it. Version 2.0.11 has two traps that shape this file: without
`set_tcp_nodelay` a role change takes 50 ms, and with `memory_limit` the broker drops every client.
"""

import base64
import getpass
import hashlib
import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.cli import Refused
from server.cli.place import secret, write_private

HASH_ROUNDS = 101
"""What Mosquitto itself uses. The passwords are 256 random bits, so more rounds would protect nothing."""

TOPICS = "pos/v1/#"
CONTROL = "$CONTROL/dynamic-security/#"


@dataclass(frozen=True)
class Broker:
    """A broker's folder and port; `admin` may change roles, `bridge` may read and write every shop's topics."""

    folder: Path
    port: int

    @property
    def config_file(self) -> Path:
        """What Mosquitto is started with."""
        return self.folder / "mosquitto.conf"

    @property
    def admin_file(self) -> Path:
        """The administrator's name and password, as JSON."""
        return self.folder / "admin.json"

    @property
    def url(self) -> str:
        """Where and as whom the bridge connects."""
        return f"mqtt://bridge:{secret(self.folder / 'bridge-password')}@127.0.0.1:{self.port}"


def program() -> str:
    """The path of Mosquitto. Raises Refused when it or its plug-in is not installed."""
    found = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if not found or not _plugin():
        raise Refused("the message broker Mosquitto is missing; install it: apt-get install mosquitto")
    return found


def prepare(broker: Broker) -> None:
    """Write the configuration, and at the first start the credentials and the roles."""
    broker.folder.mkdir(parents=True, exist_ok=True)
    security = broker.folder / "dynamic-security.json"
    if not security.exists():
        admin_password = secrets.token_urlsafe(32)
        write_private(broker.admin_file, json.dumps({"username": "admin", "password": admin_password}))
        bridge_password = secret(broker.folder / "bridge-password")
        write_private(security, json.dumps(_security(admin_password, bridge_password), indent=2))
    write_private(broker.config_file, _config(broker, security))


def _config(broker: Broker, security: Path) -> str:
    lines = [
        f"user {getpass.getuser()}",
        f"listener {broker.port} 127.0.0.1",
        "allow_anonymous false",
        f"plugin {_plugin()}",
        f"plugin_opt_config_file {security}",
        "persistence true",
        f"persistence_location {broker.folder}/",
        "autosave_interval 60",
        "set_tcp_nodelay true",
        "check_retain_source true",
        "max_inflight_messages 20",
        "max_queued_messages 1000",
        "max_packet_size 131072",
        "max_keepalive 60",
        "persistent_client_expiration 1d",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "connection_messages false",
    ]
    return "\n".join(lines) + "\n"


def _security(admin_password: str, bridge_password: str) -> dict[str, Any]:
    refused_by_default = ("publishClientSend", "publishClientReceive", "subscribe", "unsubscribe")
    return {
        "defaultACLAccess": dict.fromkeys(refused_by_default, False),
        "clients": [_client("admin", admin_password), _client("bridge", bridge_password)],
        "groups": [],
        "roles": [_role("admin", CONTROL), _role("bridge", TOPICS)],
    }


def _client(name: str, password: str) -> dict[str, Any]:
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, HASH_ROUNDS)
    return {
        "username": name,
        "password": base64.b64encode(digest).decode(),
        "salt": base64.b64encode(salt).decode(),
        "iterations": HASH_ROUNDS,
        "roles": [{"rolename": name}],
    }


def _role(name: str, topics: str) -> dict[str, Any]:
    kinds = ("publishClientSend", "publishClientReceive", "subscribePattern", "unsubscribePattern")
    return {"rolename": name, "acls": [{"acltype": kind, "topic": topics, "allow": True} for kind in kinds]}


def _plugin() -> str:
    places = ("*/mosquitto_dynamic_security.so", "mosquitto_dynamic_security.so")
    folders = (Path("/usr/lib"), Path("/usr/local/lib"), Path("/usr/lib64"))
    return next((str(found) for folder in folders for place in places for found in sorted(folder.glob(place))), "")
