"""Topics: `pos/v1/{tenant}/{site}/{agent}/{up|down}/...` and `pos/v1/srv/state`.

The direction stands before the kind, so an agent needs one write filter and one read filter.
Every part is `[a-z0-9-]{1,36}`: tenant is the slug, site the branch code in lower case, agent its random key,
device its name in the agent's configuration. The tenant of a message is what its topic says, never its payload.

    up/presence (retained, the will) · up/announce (retained) · up/dev/{device}/announce (retained)
    up/dev/{device}/state (retained) · up/dev/{device}/event · up/dev/{device}/live (QoS 0)
    up/ack · up/sync · up/health (QoS 0) · up/log (QoS 0)
    down/cmd (never retained) · down/config (retained) · down/sync
"""

import re
from dataclasses import dataclass

from edge_agent.wire.message import WireError, require

ROOT = "pos/v1"
SERVER_STATE = f"{ROOT}/srv/state"
"""Retained, with a will: whether a bridge is alive. Payload: ServerState."""
ALL_UP = f"{ROOT}/+/+/+/up/#"
"""What the bridge subscribes to."""

NAME = re.compile(r"[a-z0-9-]{1,36}\Z")
UP_KINDS = frozenset({"presence", "announce", "ack", "sync", "health", "log"})
DEVICE_KINDS = frozenset({"announce", "state", "event", "live"})
DOWN_KINDS = frozenset({"cmd", "config", "sync"})
RETAINED_KINDS = frozenset({"presence", "announce", "device_announce", "device_state", "config"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where an agent lives in the topic tree."""

    tenant: str
    site: str
    agent: str

    def __post_init__(self) -> None:
        for part in (self.tenant, self.site, self.agent):
            check_name(part)

    @property
    def prefix(self) -> str:
        return f"{ROOT}/{self.tenant}/{self.site}/{self.agent}"

    @property
    def up_filter(self) -> str:
        """Everything that this agent may publish (its role in dynamic security)."""
        return f"{self.prefix}/up/#"

    @property
    def down_filter(self) -> str:
        """Everything that this agent may read, beside SERVER_STATE."""
        return f"{self.prefix}/down/#"

    def up(self, kind: str) -> str:
        """`presence`, `announce`, `ack`, `sync`, `health` or `log`."""
        require(kind in UP_KINDS, f"no up topic {kind!r}")
        return f"{self.prefix}/up/{kind}"

    def device(self, device: str, kind: str) -> str:
        """`announce`, `state`, `event` or `live` of a device."""
        require(kind in DEVICE_KINDS, f"no device topic {kind!r}")
        return f"{self.prefix}/up/dev/{check_name(device)}/{kind}"

    def down(self, kind: str) -> str:
        """`cmd`, `config` or `sync`."""
        require(kind in DOWN_KINDS, f"no down topic {kind!r}")
        return f"{self.prefix}/down/{kind}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic taken apart. The kinds of a device's topics are `device_announce`, `device_state` and so on."""

    address: Address
    is_up: bool
    kind: str
    device: str | None = None

    @property
    def is_retained(self) -> bool:
        return self.kind in RETAINED_KINDS


def parse_topic(topic: str) -> Topic:
    """Take an agent's topic apart. Raises: WireError for anything else, SERVER_STATE included."""
    parts = topic.split("/")
    require(len(parts) >= 7 and parts[:2] == ROOT.split("/"), f"no topic of an agent: {topic!r:.200}")
    address, direction, rest = Address(*parts[2:5]), parts[5], parts[6:]
    if direction == "down" and len(rest) == 1 and rest[0] in DOWN_KINDS:
        return Topic(address, False, rest[0])
    if direction == "up" and len(rest) == 1 and rest[0] in UP_KINDS:
        return Topic(address, True, rest[0])
    if direction == "up" and len(rest) == 3 and rest[0] == "dev" and rest[2] in DEVICE_KINDS:
        return Topic(address, True, f"device_{rest[2]}", check_name(rest[1]))
    raise WireError(f"no topic of an agent: {topic!r:.200}")


def check_name(name: str) -> str:
    """A part of a topic, as it is. Raises: WireError."""
    require(bool(NAME.match(name)), f"{name!r:.60} is no name for a topic")
    return name
