"""Clients of the broker that say and ask for what they like, and write down what is delivered to them."""

import contextlib
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge_agent.wire import Address
from fixtures.mosquitto import Mosquitto
from fixtures.waiting import wait_for

REFUSED_FROM = 128
"""Reason codes of MQTT 5 from here on are refusals."""


@dataclass(frozen=True)
class Credential:
    """Name, password and client id at the broker."""

    username: str
    password: str
    client_id: str


@dataclass(frozen=True)
class Heard:
    """One delivered message."""

    topic: str
    payload: bytes
    is_retained: bool


@dataclass
class Client:
    """One connection. Answers of the broker stand in lists, in the order of their coming."""

    mosquitto: Mosquitto
    who: Credential
    heard: list[Heard] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    _answers: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.raw = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, self.who.client_id, protocol=mqtt.MQTTv5, reconnect_on_failure=False
        )
        self.raw.username_pw_set(self.who.username or None, self.who.password or None)
        self.connected_with: int | None = None
        self.is_up = False
        self.raw.on_connect = self._connected
        self.raw.on_disconnect = self._disconnected
        self.raw.on_message = lambda _c, _u, m: self.heard.append(Heard(m.topic, bytes(m.payload), bool(m.retain)))
        self.raw.on_subscribe = lambda _c, _u, mid, reasons, _p: self._answers.update({mid: reasons[0].value})
        self.raw.on_publish = lambda _c, _u, mid, reason, _p: self._answers.update({mid: reason.value})

    def connect(self, *, clean: bool = True, lasts_s: int = 0) -> int:
        """Connect, and return the broker's reason code."""
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = lasts_s
        self.connected_with = None
        self.raw.connect(self.mosquitto.host, self.mosquitto.port, clean_start=clean, properties=properties)
        self.raw.loop_start()
        wait_for(lambda: self.connected_with is not None, what="an answer to CONNECT")
        return int(self.connected_with or 0)

    def subscribe(self, topics: str) -> int:
        """Ask for topics, and return the broker's reason code."""
        _, mid = self.raw.subscribe(topics, options=SubscribeOptions(qos=1))
        return wait_for(lambda: (self._answers[mid],) if mid in self._answers else None, what="SUBACK")[0]

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Say something, and go on before the broker has answered."""
        self.raw.publish(topic, payload, qos=1, retain=retain)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int:
        """Say something, and return the broker's reason code. `is_published` of paho is true for refusals too."""
        sent = self.raw.publish(topic, payload, qos=1, retain=retain)
        return wait_for(lambda: (self._answers[sent.mid],) if sent.mid in self._answers else None, what="PUBACK")[0]

    def will(self, topic: str, payload: bytes) -> None:
        """What the broker is to say, at once and retained, when this connection breaks."""
        properties = Properties(PacketTypes.WILLMESSAGE)
        properties.WillDelayInterval = 0
        self.raw.will_set(topic, payload, qos=1, retain=True, properties=properties)

    def break_off(self) -> None:
        """End the connection without a word, as a pulled plug does."""
        raw = self.raw.socket()
        assert raw is not None
        raw.shutdown(socket.SHUT_RDWR)
        wait_for(lambda: not self.is_up, what="the end of the connection")

    def end(self) -> None:
        """Say goodbye."""
        self.raw.disconnect()
        self.raw.loop_stop()

    def payloads(self, topic: str = "") -> list[bytes]:
        """What came on a topic, or at all."""
        return [one.payload for one in self.heard if topic in ("", one.topic)]

    def _connected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.is_up = not reason.is_failure
        self.connected_with = reason.value

    def _disconnected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.is_up = False
        self.refusals.append(str(reason))


@contextlib.contextmanager
def connection(mosquitto: Mosquitto, who: Credential) -> Iterator[Client]:
    """A connection as long as the block."""
    client = Client(mosquitto, who)
    assert client.connect() == 0, client.who.client_id
    try:
        yield client
    finally:
        client.end()


def agent_of(address: Address, password: str) -> Credential:
    """How an agent signs in."""
    return Credential(address.agent, password, address.agent)


def bridge_of(mosquitto: Mosquitto) -> Credential:
    """How the bridge signs in."""
    name, password = mosquitto.url.removeprefix("mqtt://").split("@")[0].split(":")
    return Credential(name, password, f"bridge-{uuid.uuid4().hex[:8]}")
