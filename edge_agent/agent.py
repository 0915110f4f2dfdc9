"""The agent: joins transport, spool, desk, lanes and devices, and greets the server at every connection.

transport → received() → desk (judged, on disk) → lane → device → driver → bytes
device → desk or board → spool → post → transport, until the server says that it has it
"""

import logging
import os
import platform
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_agent import __version__
from edge_agent.board import Board
from edge_agent.build import groups_of
from edge_agent.clock import Clock
from edge_agent.config import AgentConfig
from edge_agent.desk import Desk
from edge_agent.devices.printer import Printer
from edge_agent.drivers.gpio import Switch
from edge_agent.drivers.registry import LinkFor, link_for
from edge_agent.lane import Lane
from edge_agent.log_post import LogPost
from edge_agent.post import Post
from edge_agent.spool import Spool, SpoolFull
from edge_agent.transport import Broker, Incoming, Listener, Outgoing, Transport
from edge_agent.watchdog import tell_systemd
from edge_agent.wire import (
    SERVER_STATE,
    Address,
    AgentAnnounce,
    ClockState,
    Command,
    Config,
    Health,
    OpenJob,
    Presence,
    SyncDown,
    SyncUp,
    WireError,
    parse_topic,
    utc_text,
)

log = logging.getLogger(__name__)
CAPS = ("print.v1", "scan.v1", "weigh.v1")
LANE_PATIENCE_MS = 40_000
"""The longest that a lane may take for one step before the watchdog lets systemd restart the agent."""
KEEPER_S = 5.0
HEALTH_EVERY, PRUNE_EVERY = 12, 720
GOODBYE_S = 2.0
BROKEN_OFF = ("sending", "uncertain")
"""Stages in which a paper may not have been sent to its end."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this agent is, from its enrolment."""

    address: Address
    broker: Broker


@dataclass(frozen=True, slots=True)
class Machine:
    """What an agent stands on: its clocks, its way to the broker, its links. The simulator brings its own."""

    clock: Clock = field(default_factory=Clock)
    connect: Callable[[Broker, list[str], Listener], Transport] = Transport
    links: LinkFor = link_for


class Agent:
    """One agent with its devices. `switches` stand in for GPIO outputs."""

    def __init__(
        self,
        identity: Identity,
        config: AgentConfig,
        folder: Path,
        *,
        switches: Mapping[str, Switch] | None = None,
        machine: Machine | None = None,
    ) -> None:
        under = machine or Machine()
        self.clock = under.clock
        self.spool = Spool(folder)
        self._address = identity.address
        self._session = 0
        self._started_ms = self.clock.boot_ms()
        self.board = Board(self._address, self.spool, self.clock, lambda: self._session)
        groups = groups_of(config, self.board, switches or {}, under.links)
        self._devices = {name: device for group in groups for name, device in group.items()}
        self._ops_of = {name: device.announce().ops for name, device in self._devices.items()}
        self._transport = under.connect(identity.broker, [self._address.down_filter, SERVER_STATE], self)
        self._post = Post(
            self._address, self.spool, self.clock, self._transport.publish, self._greet, lambda: self._session
        )
        self._desk = Desk(self.spool, self.clock, self._ops_of, lambda: self._session, self._post)
        self.lanes = [Lane(group, self._desk, self.clock) for group in groups]
        self._lane_of = {name: lane for lane, group in zip(self.lanes, groups, strict=True) for name in group}
        self.board.publish, self.board.wake = self._transport.publish, self._post.wake
        self._log_post = LogPost(self._address, self.clock, self._transport.publish)
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Take up what the spool holds, then let devices and server in."""
        logging.getLogger("edge_agent").addHandler(self._log_post)
        self.resume()
        for thread in self.threads:
            thread.start()
        self._transport.start()

    def resume(self) -> None:
        """Give the lanes what the spool holds from before."""
        for one in self.spool.open_commands():
            printer = self._devices.get(one.command.device)
            if isinstance(printer, Printer) and one.stage in BROKEN_OFF:
                printer.broke_off()
        for job in self._desk.resume():
            lane = self._lane_of.get(job.command.device)
            if lane is not None:
                lane.submit(job)

    @property
    def threads(self) -> list[threading.Thread]:
        """Everything that runs beside the transport."""
        return [*self.lanes, self._post, self._keeper]

    def stop(self) -> None:
        """End in order: devices first, the last reports, the goodbye. Safe to repeat."""
        self.board.ending.set()
        for lane in self.lanes:
            lane.end()
        for lane in self.lanes:
            lane.join()
        self._post.end()
        self._post.join()
        self._transport.publish_last(self._presence("offline"), GOODBYE_S)
        self._transport.stop()
        self._keeper.join()
        self.spool.close()
        logging.getLogger("edge_agent").removeHandler(self._log_post)

    # The transport's listener

    def will(self) -> Outgoing:
        self._session = self.spool.next_session()
        return self._presence("offline")

    def connected(self) -> None:
        log.info("connected as %s, session %d", self._address.prefix, self._session)
        self._post.connected()

    def disconnected(self) -> None:
        log.info("the connection is lost")
        self._post.disconnected()

    def received(self, message: Incoming) -> None:
        try:
            self._receive(message)
        except WireError as trouble:
            log.warning("a message on %s is dropped: %s", message.topic, trouble)
        except Exception:
            # The agent's door for messages: a mistake of ours must not end the thread of the transport.
            log.exception("a message on %s could not be taken", message.topic)

    def _receive(self, message: Incoming) -> None:
        if message.topic == SERVER_STATE:
            return
        match parse_topic(message.topic).kind:
            case "cmd" if message.is_retained:
                # A kept command would fire again at every connection.
                log.error("a retained command is dropped")
            case "cmd":
                self._take(Command.from_json(message.payload), message.expiry_s)
            case "sync":
                sync = SyncDown.from_json(message.payload)
                self._post.confirmed(sync)
                self._desk.forget(sync.forget)
            case "config" if message.payload:
                self._configure(Config.from_json(message.payload))

    def _take(self, command: Command, expiry_s: int | None) -> None:
        lane = self._lane_of.get(command.device)
        job = self._desk.receive(command, expiry_s, lane is not None and lane.is_busy)
        if job is not None and lane is not None:
            lane.submit(job)

    def _configure(self, config: Config) -> None:
        """Only whether a device is enabled may come from the server; anything else keeps the last good one."""
        wanted = enabled_devices(config.doc, self._devices)
        for name, device in self._devices.items():
            self._ops_of[name] = device.announce().ops if wanted.get(name, True) else ()
        self.spool.remember("config_rev", str(config.rev))

    # Greeting

    def _greet(self) -> bool:
        """Presence, announcements, states, what is gone, and what the spool holds; False to try again."""
        return all(self._transport.publish(message) for message in self._greeting())

    def _greeting(self) -> list[Outgoing]:
        address = self._address
        announces = [
            Outgoing(address.device(name, "announce"), device.announce().to_json(), is_retained=True)
            for name, device in self._devices.items()
        ]
        agent = Outgoing(address.up("announce"), self._announce().to_json(), is_retained=True)
        sync = Outgoing(address.up("sync"), self._sync().to_json())
        return [self._presence("online"), agent, *announces, *self.board.states(), *self._gone(), sync]

    def _gone(self) -> list[Outgoing]:
        """Devices that an earlier configuration had: their retained topics are emptied."""
        known = set(filter(None, self.spool.remembered("devices").split(" ")))
        self.spool.remember("devices", " ".join(sorted(self._devices)))
        return [
            Outgoing(self._address.device(name, kind), b"", is_retained=True)
            for name in sorted(known - set(self._devices))
            for kind in ("announce", "state")
        ]

    def _presence(self, state: Any) -> Outgoing:
        presence = Presence(
            state=state,
            boot_id=self.clock.boot_id,
            session=self._session,
            sent_at=utc_text(self.clock.wall_ms()),
            clock=ClockState(sync=self.clock.is_synced()),
        )
        return Outgoing(self._address.up("presence"), presence.to_json(), is_retained=True)

    def _announce(self) -> AgentAnnounce:
        return AgentAnnounce(
            agent=self._address.agent,
            model=board_model(),
            os=f"{platform.system()} {platform.release()}",
            sw=__version__,
            boot_id=self.clock.boot_id,
            started_at=utc_text(self.clock.wall_ms() - self.clock.boot_ms() + self._started_ms),
            caps=CAPS,
            config_rev=int(self.spool.remembered("config_rev", "0")),
            spool_depth=self.spool.up_range()[2],
        )

    def _sync(self) -> SyncUp:
        first, last, _ = self.spool.up_range()
        jobs = tuple(OpenJob(id=one.command.id, stage=one.stage) for one in self.spool.open_commands())
        return SyncUp(
            boot_id=self.clock.boot_id,
            session=self._session,
            last_seq_done=self.spool.last_seq_done(),
            open=jobs,
            up_from=first,
            up_to=last,
        )

    # Keeping

    def _keep(self) -> None:
        """Pet the watchdog while every lane comes round; health once a minute; prune once an hour."""
        rounds = 0
        tell_systemd("READY=1")
        while not self.board.ending.wait(KEEPER_S):
            rounds += 1
            now_ms = self.clock.boot_ms()
            if all(now_ms - lane.ticked_ms < LANE_PATIENCE_MS for lane in self.lanes):
                tell_systemd("WATCHDOG=1")
            if rounds % HEALTH_EVERY == 0:
                self._transport.publish(Outgoing(self._address.up("health"), self._health().to_json(), qos=0))
            if rounds % PRUNE_EVERY == 0:
                with suppress(SpoolFull):
                    self.spool.prune(self.clock.wall_ms())

    def _health(self) -> Health:
        return Health(
            uptime_s=(self.clock.boot_ms() - self._started_ms) // 1000,
            spool_open=len(self.spool.open_commands()),
            spool_up=self.spool.up_range()[2],
            reconnects=self._transport.reconnects,
            sent_at=utc_text(self.clock.wall_ms()),
        )


def enabled_devices(doc: dict[str, Any], known: Mapping[str, Any]) -> dict[str, bool]:
    """Which devices the server wants on: `{"devices": {"bell-1": {"enabled": false}}}`. Raises: WireError."""
    devices = doc.get("devices", {})
    is_plain = set(doc) <= {"devices"} and isinstance(devices, dict) and set(devices) <= set(known)
    if not is_plain or any(set(one) != {"enabled"} or not isinstance(one["enabled"], bool) for one in devices.values()):
        raise WireError("a configuration that sets more than which devices are enabled")
    return {name: one["enabled"] for name, one in devices.items()}


def board_model() -> str:
    """The model of this computer, as far as it says."""
    path = Path("/proc/device-tree/model")
    return path.read_text().rstrip("\0\n") if path.exists() else f"{platform.machine()} {os.uname().nodename}"[:60]
