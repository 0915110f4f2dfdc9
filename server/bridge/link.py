"""A connection to the broker. Arrivals wait in a queue and are acknowledged only after their effect is committed.

Nothing is published while the broker is away: what is due stands in the tenants' databases and goes out on return.
So each connection has a client of its own: the library would send what a lost connection left unacknowledged once
more on the next one, with the life that it had before, and open a drawer minutes late.
"""

import functools
import queue
import socket
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
RECONNECT_S = (1.0, 2.0, 4.0, 8.0, 15.0)

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
    """A way to the broker. Filters are subscribed to at every connect, so retained messages come each time."""

    def __init__(
        self, url: str, client_id: str, *, filters: Sequence[str], will: Will | None = None, manual_ack: bool = True
    ) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue(INBOX_AT_MOST)
        self.is_up = threading.Event()
        self.on_connect: Callable[[], None] = lambda: None
        self._address, self._client_id = urlsplit(url), client_id
        self._filters, self._will, self._manual_ack = list(filters), will, manual_ack
        self._client: mqtt.Client | None = None
        self._was_up = False
        self._lost, self._ending = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._stay_connected, name=f"link-{client_id}", daemon=True)

    def start(self) -> None:
        """Connect, now or as soon as the broker answers, and stay connected."""
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye, once all that was handed over is out, and end."""
        self._ending.set()
        self._lost.set()
        self._thread.join()

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, life_s: int | None = None
    ) -> bool:
        """Hand a message to the broker; False when there is no connection (the row that caused it stays due)."""
        client = self._client
        if client is None or not self.is_up.is_set():
            return False
        sent = client.publish(topic, payload, qos=qos, retain=retain, properties=_life(life_s))
        return sent.rc == mqtt.MQTT_ERR_SUCCESS

    def ask_again(self) -> None:
        """Have the broker tell everything once more that it retains, as after a connect."""
        client = self._client
        if client is not None and self.is_up.is_set():
            self._subscribe(client)

    def _subscribe(self, client: mqtt.Client) -> None:
        for one in self._filters:
            client.subscribe(one, options=SubscribeOptions(qos=1))

    def _stay_connected(self) -> None:
        failures = 0
        while not self._ending.is_set():
            self._lost.clear()
            failures = 0 if self._one_connection() else failures + 1
            self._ending.wait(RECONNECT_S[min(failures, len(RECONNECT_S) - 1)])

    def _one_connection(self) -> bool:
        """Connect, stay until it is lost or not wanted any more; whether it ever was up."""
        client = self._new_client()
        self._was_up = False
        properties = Properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = SESSION_EXPIRY_S
        host, port = self._address.hostname or "127.0.0.1", self._address.port or 1883
        try:
            client.connect(host, port, keepalive=KEEPALIVE_S, clean_start=False, properties=properties)
        except OSError as error:
            log.info("broker_away", error=str(error))
            return False
        self._client = client
        client.loop_start()
        if not self._ending.is_set():
            self._lost.wait()
        self.is_up.clear()
        client.disconnect()
        client.loop_stop()
        return self._was_up

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, self._client_id, protocol=mqtt.MQTTv5, manual_ack=self._manual_ack
        )
        client.username_pw_set(unquote(self._address.username or ""), unquote(self._address.password or ""))
        client.max_queued_messages_set(OUTGOING_AT_MOST)
        client.max_inflight_messages_set(20)
        if self._address.scheme == "mqtts":
            client.tls_set()
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, qos=1, retain=True, properties=_will_properties())
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_message, client.on_socket_open = self._arrived, _without_delay
        return client

    def _connected(self, client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("broker_refused", reason=str(reason))
            self._lost.set()
            return
        self._subscribe(client)
        self._was_up = True
        self.is_up.set()
        self.on_connect()

    def _disconnected(self, _client: Any, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.is_up.clear()
        self._lost.set()
        if not self._ending.is_set():
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


def _without_delay(_client: Any, _userdata: Any, connection: Any) -> None:
    """A command must not wait for the receipt of the one before it."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@functools.lru_cache(maxsize=256)
def _life(life_s: int | None) -> Properties:
    """What says how long a message lives; the library only reads it, and making it costs more than sending."""
    properties = Properties(PacketTypes.PUBLISH)
    if life_s is not None:
        properties.MessageExpiryInterval = max(1, life_s)
    return properties


def _will_properties() -> Properties:
    properties = Properties(PacketTypes.WILLMESSAGE)
    properties.WillDelayInterval = WILL_DELAY_S
    return properties
