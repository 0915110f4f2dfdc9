"""An MQTT broker between the bridge and one agent, as far as they can tell, on virtual time and with faults.

Messages take their time each, so they overtake each other; some come twice, some never. Retained ones are kept, a will
is spoken five seconds after a loss, what is published to a client that is away waits thirty seconds. A wiped broker
knows nothing.
"""

import functools
import queue
import threading
from collections.abc import Callable

from edge_agent.transport import SESSION_EXPIRY_S, WILL_DELAY_S, Broker, Incoming, Listener, Outgoing
from server.bridge.link import Arrival
from tests.faults.sim.plan import Plan
from tests.faults.sim.virtual_time import VirtualTime

RETRY_MS = 2_000


class VirtualBroker:
    """Knows one bridge and one agent."""

    def __init__(self, time: VirtualTime, plan: Plan) -> None:
        self.time, self.plan = time, plan
        self.bridge: VirtualLink | None = None
        self.agent: VirtualTransport | None = None
        self._retained: dict[str, bytes] = {}
        self._waiting: list[tuple[int, Callable[[], None]]] = []

    def from_agent(self, sender: "VirtualTransport", message: Outgoing) -> None:
        """A message that the agent has handed over."""

        def arrive() -> None:
            if message.is_retained:
                self._retained[message.topic] = message.payload
            if self.bridge is not None:
                self.bridge.arrive(message.topic, message.payload, is_retained=False)

        self._carry(arrive)

    def to_agent(self, topic: str, payload: bytes, life_s: int | None) -> None:
        """A message that the bridge has handed over; it waits a little for an agent that is away."""
        ends_ms = self.time.now_ms + (life_s or SESSION_EXPIRY_S) * 1000

        def arrive() -> None:
            left_s = -(-(ends_ms - self.time.now_ms) // 1000)
            if left_s <= 0:
                return
            if self.agent is None or not self.agent.is_connected:
                self._waiting.append((ends_ms, arrive))
            else:
                self.agent.arrive(Incoming(topic, payload, False, left_s if life_s is not None else None))

        self._carry(arrive)

    def agent_came(self) -> None:
        """What waited for the agent goes out."""
        waiting, self._waiting = self._waiting, []
        for ends_ms, arrive in waiting:
            if ends_ms > self.time.now_ms:
                self._carry(arrive)

    def agent_lost(self, will: Outgoing) -> None:
        """Its will is spoken in a while, unless it is back."""

        def speak() -> None:
            if self.agent is not None and self.agent.is_connected:
                return
            self._retained[will.topic] = will.payload
            if self.bridge is not None:
                self.bridge.arrive(will.topic, will.payload, is_retained=False)

        self.time.after(WILL_DELAY_S * 1000, speak)

    def bridge_came(self) -> None:
        """A bridge that subscribes hears what is retained."""
        bridge = self.bridge
        assert bridge is not None
        for topic, payload in list(self._retained.items()):
            if payload:
                self._carry(functools.partial(bridge.arrive, topic, payload, is_retained=True))

    def wipe(self) -> None:
        """Killed and started anew: everyone is cut off, and nothing is known of before."""
        self._retained.clear()
        self._waiting.clear()
        for one in (self.agent, self.bridge):
            if one is not None:
                one.cut()

    def _carry(self, arrive: Callable[[], None]) -> None:
        if self.plan.strikes("mqtt_lost"):
            return
        self.time.after(self.plan.delay_ms("mqtt_delayed"), arrive)
        if self.plan.strikes("mqtt_doubled"):
            self.time.after(self.plan.delay_ms("mqtt_delayed"), arrive)


class VirtualLink:
    """The bridge's connection (`server.bridge.link.Link`)."""

    def __init__(self, broker: VirtualBroker, heard: Callable[[], None]) -> None:
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        self.is_up = threading.Event()
        self._broker, self._heard = broker, heard
        self._is_over = False
        broker.bridge = self
        self.come()

    def come(self) -> None:
        """Connected and subscribed."""
        if not self._is_over:
            self.is_up.set()
            self._broker.bridge_came()

    def ask_again(self) -> None:
        """Everything retained is told once more."""
        if self.is_up.is_set():
            self._broker.bridge_came()

    def cut(self) -> None:
        """The connection is lost; it is there again in a while."""
        self.is_up.clear()
        self._broker.time.after(RETRY_MS, self.come)

    def end(self) -> None:
        """The bridge is gone."""
        self._is_over = True
        self.is_up.clear()
        if self._broker.bridge is self:
            self._broker.bridge = None

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False, life_s: int | None = None
    ) -> bool:
        if not self.is_up.is_set():
            return False
        self._broker.to_agent(topic, payload, life_s)
        return True

    def arrive(self, topic: str, payload: bytes, *, is_retained: bool) -> None:
        """A message of the broker."""
        if self.is_up.is_set():
            self.arrivals.put(Arrival(topic, payload, is_retained, lambda: None))
            self._heard()


class VirtualTransport:
    """The agent's connection (`edge_agent.transport.Transport`)."""

    def __init__(self, virtual: VirtualBroker, broker: Broker, subscriptions: list[str], listener: Listener) -> None:
        self._broker, self._listener = virtual, listener
        self._will: Outgoing | None = None
        self._is_over = False
        self.is_connected = False
        self.is_reachable = True
        self.reconnects = 0

    def start(self) -> None:
        self._broker.agent = self
        self.connect()

    def connect(self) -> None:
        """Try; again in a while where it fails."""
        if self._is_over or self.is_connected:
            return
        if not self.is_reachable:
            self._broker.time.after(RETRY_MS, self.connect)
            return
        self._will = self._listener.will()
        self.is_connected = True
        self._listener.connected()
        self._broker.agent_came()

    def cut(self) -> None:
        """The connection is lost without a word."""
        if self.is_connected:
            assert self._will is not None
            self.is_connected = False
            self.reconnects += 1
            self._broker.agent_lost(self._will)
            self._listener.disconnected()
        self._broker.time.after(RETRY_MS, self.connect)

    def die(self) -> None:
        """The agent's process is gone."""
        was_connected, self.is_connected, self._is_over = self.is_connected, False, True
        if was_connected:
            assert self._will is not None
            self._broker.agent_lost(self._will)
        if self._broker.agent is self:
            self._broker.agent = None

    def publish(self, message: Outgoing) -> bool:
        if not self.is_connected:
            return False
        self._broker.from_agent(self, message)
        return True

    def publish_last(self, message: Outgoing, timeout_s: float) -> None:
        self.publish(message)

    def stop(self) -> None:
        self.die()

    def arrive(self, message: Incoming) -> None:
        """A message of the broker."""
        self._listener.received(message)
