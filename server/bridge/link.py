"""A connection to the broker. Arrivals wait in a queue and are acknowledged only after their effect is committed.

Nothing is published while the broker is away: what is due stands in the tenants' databases and goes out on return.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

KEEPALIVE_S = 10
SESSION_EXPIRY_S = 30
WILL_DELAY_S = 5
INBOX_AT_MOST = 10_000
OUTGOING_AT_MOST = 1_000
RECONNECT_S = (1, 15)

log = structlog.get_logger()


@dataclass(frozen=True)
class Arrival:
    """One message from the broker; `done` acknowledges it, so that the broker may forget it."""

    topic: str
    payload: bytes
    is_retained: bool
    done: Callable[[], None]


@dataclass(frozen=True)
class Will:
    """What the broker says for us when we are gone without a word."""

    topic: str
    payload: bytes


class Link:
    """One client of the broker. Filters are subscribed to at every connect, so retained messages come each time."""

    def __init__(
        self, url: str, client_id: str, *, filters: Sequence[str], will: Will | None = None, manual_ack: bool = True
    ) -> None:
        parts = urlsplit(url)
        self.arrivals: queue.Queue[Arrival] = queue.Queue(INBOX_AT_MOST)
        self.is_up = threading.Event()
        self.on_connect: Callable[[], None] = lambda: None
        self._filters = list(filters)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id,
            protocol=mqtt.MQTTv5,
            manual_ack=manual_ack,
            reconnect_on_failure=True,
        )
        self._client.username_pw_set(unquote(parts.username or ""), unquote(parts.password or ""))
        self._client.max_queued_messages_set(OUTGOING_AT_MOST)
        self._client.max_inflight_messages_set(20)
        self._client.reconnect_delay_set(*RECONNECT_S)
        if parts.scheme == "mqtts":
            self._client.tls_set()
        if will is not None:
            self._client.will_set(will.topic, will.payload, qos=1, retain=True, properties=_will_properties())
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_message = self._arrived

    def start(self) -> None:
        """Connect, now or as soon as the broker answers, and stay connected."""
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        self._client.connect_async(
            self._host, self._port, keepalive=KEEPALIVE_S, clean_start=False, properties=properties
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye and end the network thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, life_s: int | None = None
    ) -> bool:
        """Hand a message to the broker; False when there is no connection (the row that caused it stays due)."""
        if not self.is_up.is_set():
            return False
        properties = Properties(PacketTypes.PUBLISH)
        if life_s is not None:
            properties.MessageExpiryInterval = max(1, life_s)
        sent = self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        return sent.rc == mqtt.MQTT_ERR_SUCCESS

    def _connected(self, client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason))
            return
        for one in self._filters:
            client.subscribe(one, options=SubscribeOptions(qos=1))
        self.is_up.set()
        self.on_connect()

    def _disconnected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.is_up.clear()
        log.warning("broker_gone", reason=str(reason))

    def _arrived(self, client: Any, _userdata: Any, message: Any) -> None:
        def done() -> None:
            if message.qos > 0:
                client.ack(message.mid, message.qos)

        arrival = Arrival(message.topic, bytes(message.payload), bool(message.retain), done)
        try:
            self.arrivals.put_nowait(arrival)
        except queue.Full:
            log.error("inbox_full", topic=message.topic)


def _will_properties() -> Properties:
    properties = Properties(PacketTypes.WILLMESSAGE)
    properties.WillDelayInterval = WILL_DELAY_S
    return properties
