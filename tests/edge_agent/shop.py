"""A private broker, a stand-in for the server's bridge, and an agent with a virtual shop."""

import shutil
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from edge_agent import wire
from edge_agent.agent import Agent, Identity
from edge_agent.sim import Sim
from edge_agent.transport import Broker
from fixtures.private import Program, start
from fixtures.waiting import free_port, is_open, wait_for

PATIENCE_S = 15.0


class PrivateBroker:
    """A mosquitto of our own on a port of its own; `kill` and `start` lose everything that it held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        (folder / "mosquitto.conf").write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_packet_size 131072\nmax_inflight_messages 20\nset_tcp_nodelay true\n"
        )
        self._program: Program | None = None
        self.start()

    def start(self) -> None:
        program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin") or "mosquitto"
        self._program = start([program, "-c", self.folder / "mosquitto.conf"], self.folder / "log")
        wait_for(lambda: is_open(self.port), what="mosquitto")

    def kill(self) -> None:
        assert self._program is not None
        self._program.kill()


class Bridge:
    """The server's side of the wire: sends commands, keeps every report and says that it has it."""

    def __init__(self, port: int, address: wire.Address) -> None:
        self.address = address
        self.messages: list[tuple[wire.Topic, bytes, bool]] = []
        self.acks: list[wire.Ack] = []
        self.events: list[wire.DeviceEvent] = []
        self.confirms = True
        self.clock_ms: Callable[[], int] | None = None
        """What it says of its time; nothing where a server does not."""
        self._changed = threading.Condition()
        self._seq = 0
        self._session = 0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"bridge-{uuid.uuid4().hex[:8]}", protocol=mqtt.MQTTv5
        )
        self._client.on_message = self._on_message
        self._client.on_connect = lambda client, *rest: client.subscribe(f"{address.prefix}/up/#", qos=1)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        wait_for(self._client.is_connected)

    def wait(self, is_true: Callable[[], Any], what: str = "it") -> Any:
        """Wait until something is so, looking again at every message."""
        with self._changed:
            assert self._changed.wait_for(is_true, PATIENCE_S), f"waited in vain for {what}; acks: {self.stages()}"
        return is_true()

    def stages(self, job: str | None = None) -> list[str]:
        return [ack.stage for ack in self.acks if job in (None, ack.cmd_id)]

    def wait_for_stage(self, job: str, stage: str) -> wire.Ack:
        self.wait(lambda: stage in self.stages(job), f"{stage} of {job}")
        return next(ack for ack in self.acks if ack.cmd_id == job and ack.stage == stage)

    def wait_for_state(self, device: str, word: str, trouble: str | None = None) -> None:
        def is_so() -> bool:
            told = [m for topic, m, _ in self.messages if topic.kind == "device_state" and topic.device == device]
            state = wire.DeviceState.from_json(told[-1]) if told and told[-1] else None
            return state is not None and (state.state, state.trouble) == (word, trouble)

        self.wait(is_so, f"{device} {word}")

    def wait_online(self) -> None:
        def is_online() -> bool:
            told = [m for topic, m, _ in self.messages if topic.kind == "presence"]
            return bool(told) and wire.Presence.from_json(told[-1]).state == "online"

        self.wait(is_online, "presence")

    def command(self, op: Any, device: str, args: wire.Message, **fields: Any) -> wire.Command:
        """A command with a new id (or `id`), the next seq, made now."""
        self._seq += 1
        job = fields.pop("id", None) or str(uuid.uuid4())
        seq = fields.pop("seq", self._seq)
        return wire.Command.of(job, op, device, args, seq=seq, created_at_ms=now_ms(), **fields)

    def send(self, command: wire.Command, *, retain: bool = False) -> str:
        self.publish("cmd", command.to_json(), retain=retain)
        return command.id

    def publish(self, kind: str, payload: bytes, *, retain: bool = False) -> None:
        self._client.publish(self.address.down(kind), payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        topic = wire.parse_topic(message.topic)
        with self._changed:
            self.messages.append((topic, message.payload, message.retain))
            number = self._read(topic, message.payload)
            self._changed.notify_all()
        if number and self.confirms:
            told_at = None if self.clock_ms is None else wire.utc_text(self.clock_ms())
            answer = wire.SyncDown(session=self._session, acked=(number,), sent_at=told_at).to_json()
            client.publish(self.address.down("sync"), answer, qos=1)

    def _read(self, topic: wire.Topic, payload: bytes) -> int:
        if topic.kind == "ack":
            self.acks.append(wire.Ack.from_json(payload))
            return self.acks[-1].n
        if topic.kind == "device_event":
            self.events.append(wire.DeviceEvent.from_json(payload))
            return self.events[-1].n
        if topic.kind == "sync":
            self._session = wire.SyncUp.from_json(payload).session
        return 0


class Shop:
    """An agent with its virtual devices and the bridge that it talks to."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.address = wire.Address("market", "m1", uuid.uuid4().hex[:12])
        self.sim = Sim()
        self.world = self.sim.world
        self.bridge = Bridge(port, self.address)
        self.agent: Agent | None = None

    @property
    def identity(self) -> Identity:
        return Identity(self.address, Broker("127.0.0.1", self.port, self.address.agent, "", ""))

    def open(self) -> "Shop":
        """Start the agent and wait until it is online and its printer ready."""
        self.agent = Agent(self.identity, self.sim.config, self.folder, switches=self.sim.switches)
        self.agent.start()
        self.bridge.wait_online()
        self.bridge.wait_for_state("receipt-1", "ready")
        return self

    def shut(self) -> None:
        if self.agent is not None:
            self.agent.stop()
            self.agent = None

    def close(self) -> None:
        self.shut()
        self.bridge.close()
        self.sim.stop()


def paper(*texts: str, kind: Any = "receipt", copy: int = 0) -> wire.PrintArgs:
    """A paper of some lines."""
    blocks = tuple(wire.Text(text=text) for text in texts)
    return wire.PrintArgs(kind=kind, copy=copy, doc=wire.Document(blocks=(*blocks, wire.Cut())))


def now_ms() -> int:
    return time.time_ns() // 1_000_000
