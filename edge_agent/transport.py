"""The way to the broker: the only file of the agent that knows MQTT.

A new client for each connection: the library's own memory of unacknowledged messages would send them twice, and the
spool is the memory that counts. Settings: MQTT 5, no clean start, session expiry 30 s, keepalive 8 s, the will 5 s
after a loss, so a flap of a second is no death. A silent death is told within 25 s: the broker waits one and a half
keepalives, looks every 6 s, then for the will's delay.
"""

import contextlib
import logging
import random
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

log = logging.getLogger(__name__)
KEEPALIVE_S, SESSION_EXPIRY_S, WILL_DELAY_S = 8, 30, 5
CONNECT_TIMEOUT_S = 10
BACK_OFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Pauses between attempts: a shop gets its printers back at most so long after its broker."""
MAX_IN_FLIGHT = 20
MAX_HANDED_OVER = 200
"""Messages of one connection that the library holds until the broker has them: a greeting and a window of reports."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and who the agent is there. `client_id` is the agent's key, bound to its credential."""

    host: str
    port: int
    client_id: str
    username: str
    password: str
    is_tls: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish."""

    topic: str
    payload: bytes
    qos: int = 1
    is_retained: bool = False


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that arrived. `expiry_s` is what the broker says is left of its life."""

    topic: str
    payload: bytes
    is_retained: bool
    expiry_s: int | None


class Listener(Protocol):
    """Who the transport tells. All calls come from its threads and must not block."""

    def will(self) -> Outgoing:
        """A connection begins: the message to leave behind when it is lost."""
        ...

    def connected(self) -> None:
        """Connected and subscribed."""
        ...

    def disconnected(self) -> None: ...

    def received(self, message: Incoming) -> None:
        """A message; it is acknowledged to the broker after this returns."""
        ...


class Transport:
    """Keeps one connection alive until it is stopped."""

    def __init__(self, broker: Broker, subscriptions: list[str], listener: Listener) -> None:
        self._broker, self._subscriptions, self._listener = broker, subscriptions, listener
        self._client: mqtt.Client | None = None
        self._is_ready = threading.Event()
        self._lost = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._stay_connected, name="transport", daemon=True)
        self.reconnects = 0

    @property
    def is_connected(self) -> bool:
        return self._is_ready.is_set()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye (so that no will is sent) and end. Safe to repeat."""
        self._ending.set()
        self._lost.set()
        if self._thread.is_alive():
            self._thread.join()

    def publish(self, message: Outgoing) -> bool:
        """Publish now; False when there is no connection or the window is full. Nothing is queued here."""
        client = self._client
        if client is None or not self.is_connected:
            return False
        result = client.publish(message.topic, message.payload, message.qos, message.is_retained)
        return result.rc == mqtt.MQTT_ERR_SUCCESS

    def publish_last(self, message: Outgoing, timeout_s: float) -> None:
        """Publish and wait until the broker has it, before `stop`."""
        client = self._client
        if client is not None and self.is_connected:
            last = client.publish(message.topic, message.payload, message.qos, message.is_retained)
            with contextlib.suppress(RuntimeError, ValueError):
                last.wait_for_publish(timeout_s)

    def _stay_connected(self) -> None:
        failures = 0
        while not self._ending.is_set():
            self._lost.clear()
            was_ready = self._one_connection()
            failures = 0 if was_ready else failures + 1
            self.reconnects += 1
            pause_s = BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)]
            # Jitter, so that a thousand agents do not come back in the same second.
            self._ending.wait(pause_s * random.uniform(0.5, 1.0))

    def _one_connection(self) -> bool:
        """Connect, stay until it is lost; whether it ever was ready."""
        client = self._new_client()
        was_ready = False
        try:
            client.connect(
                self._broker.host, self._broker.port, KEEPALIVE_S, clean_start=False, properties=_connect_properties()
            )
        except OSError as trouble:
            log.info("broker %s:%d: %s", self._broker.host, self._broker.port, trouble)
            return False
        self._client = client
        client.loop_start()
        try:
            self._lost.wait()
            was_ready = self.is_connected
        finally:
            self._is_ready.clear()
            client.disconnect()
            client.loop_stop()
            self._client = None
            if was_ready:
                self._listener.disconnected()
        return was_ready

    def _new_client(self) -> mqtt.Client:
        broker, will = self._broker, self._listener.will()
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=broker.client_id, protocol=mqtt.MQTTv5)
        client.username_pw_set(broker.username, broker.password)
        client.max_inflight_messages_set(MAX_IN_FLIGHT)
        client.max_queued_messages_set(MAX_HANDED_OVER)
        client.connect_timeout = CONNECT_TIMEOUT_S
        if broker.is_tls:
            client.tls_set_context(ssl.create_default_context())
        client.will_set(will.topic, will.payload, will.qos, will.is_retained, properties=_will_properties())
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_message, client.on_publish = (
            self._on_subscribe,
            self._on_message,
            self._on_publish,
        )
        client.on_socket_open = _without_delay
        return client

    def _on_connect(self, client: mqtt.Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            log.warning("the broker refuses: %s", reason)
            self._lost.set()
        else:
            client.subscribe([(one, mqtt.SubscribeOptions(qos=1)) for one in self._subscriptions])

    def _on_subscribe(
        self, client: mqtt.Client, userdata: Any, mid: int, reasons: list[ReasonCode], properties: Any
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            log.error("the broker refuses a subscription: %s", refused)
            self._lost.set()
            return
        self._is_ready.set()
        self._listener.connected()

    def _on_disconnect(
        self, client: mqtt.Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any
    ) -> None:
        self._lost.set()

    def _on_publish(self, client: mqtt.Client, userdata: Any, mid: int, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            log.error("the broker refuses a message: %s", reason)

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        expiry = getattr(message.properties, "MessageExpiryInterval", None)
        self._listener.received(Incoming(message.topic, bytes(message.payload), bool(message.retain), expiry))


def _properties(packet: int) -> Properties:
    make: Callable[[int], Properties] = Properties
    return make(packet)


def _connect_properties() -> Properties:
    properties = _properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = SESSION_EXPIRY_S
    return properties


def _will_properties() -> Properties:
    properties = _properties(PacketTypes.WILLMESSAGE)
    properties.WillDelayInterval = WILL_DELAY_S
    return properties


def _without_delay(client: mqtt.Client, userdata: Any, connection: Any) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
