"""The counter of a shop: the real agent on a virtual machine, virtual printers that lose paper and power, drawers.

A crash takes everything of the agent but its spool. What came out of a printer, and when a drawer was pulsed, is kept
here as a person at the counter would have seen it.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from unittest import mock

from edge_agent import wire
from edge_agent.agent import Agent, Identity, Machine
from edge_agent.clock import Clock
from edge_agent.config import AgentConfig, DrawerConfig, Link, PrinterConfig
from edge_agent.drivers.link import LinkDown
from edge_agent.profiles import SerialSettings, printer_profile
from edge_agent.spool import BALLAST_BYTES, Spool
from edge_agent.transport import Broker, Incoming, Outgoing
from edge_agent.virtual.paper import Paper
from edge_agent.virtual.printer import VirtualDrawer, VirtualPrinter
from tests.faults.sim.broker import VirtualBroker, VirtualTransport
from tests.faults.sim.ground import AGENT_KEY, DRAWERS, PRINTERS, SITE
from tests.faults.sim.virtual_time import Crashed, Deadline, VirtualCondition, VirtualEvent, VirtualTime, Worker

PROFILE = "virtual"
LOOK_MS = 60_000
"""How often a printer is looked at while nothing is to be printed."""

SLICE_MS = 500
RESTART_MS = 2_000
REBOOT_MS = 30_000
BOOTED_BEFORE_MS = 600_000


class AgentClock(Clock):
    """The clocks of the agent's machine. `ahead_ms` is how wrong its wall clock is."""

    def __init__(self, time: VirtualTime, boot_id: str, booted_ms: int, ahead_ms: int) -> None:
        self._time, self.boot_id, self.ahead_ms = time, boot_id, ahead_ms
        self._booted_ms = booted_ms

    def boot_ms(self) -> int:
        return self._time.now_ms - self._booted_ms

    def wall_ms(self) -> int:
        return self._time.now_ms + self.ahead_ms

    def is_synced(self) -> bool:
        return self.ahead_ms == 0

    def event(self) -> VirtualEvent:  # type: ignore[override]
        return VirtualEvent(self._time)

    def condition(self) -> VirtualCondition:  # type: ignore[override]
        return VirtualCondition(self._time)


class Cable:
    """Both ends of a network printer's cable: `Port` for the printer, `Link` for the agent."""

    is_shared = True

    def __init__(self, time: VirtualTime, receive: Callable[[bytes], None], port: int) -> None:
        self._time, self._receive = time, receive
        self.port = port
        self._is_up, self._is_open = True, False
        self._to_host = bytearray()

    def up(self) -> None:
        self._is_up = True

    def down(self) -> None:
        self._is_up = False
        self._to_host.clear()

    def send(self, data: bytes) -> None:
        self._to_host += data

    @property
    def is_open(self) -> bool:
        return self._is_open

    def open(self) -> None:
        if not self._is_up:
            raise LinkDown("refused")
        self._is_open = True
        self._to_host.clear()

    def close(self) -> None:
        self._is_open = False

    def write(self, data: bytes) -> None:
        if not self._is_up:
            self._is_open = False
            raise LinkDown("gone")
        self._receive(data)

    def read(self, timeout_ms: int) -> bytes:
        if not self._to_host:
            self._time.let_pass(max(timeout_ms, SLICE_MS))
        if not self._to_host and not self._is_up:
            self._is_open = False
            raise LinkDown("gone")
        data = bytes(self._to_host)
        self._to_host.clear()
        return data


@dataclass
class Counter:
    """A printer with its drawer as a person sees them."""

    printer: VirtualPrinter
    drawer: VirtualDrawer
    cable: Cable
    pulses_ms: list[int] = field(default_factory=list)

    @property
    def papers(self) -> list[Paper]:
        return self.printer.papers


class Site:
    """The agent and what hangs on it."""

    def __init__(self, time: VirtualTime, broker: VirtualBroker, random: Random, folder: Path, slug: str) -> None:
        self.time, self._broker, self._random, self._folder = time, broker, random, folder
        self._address = wire.Address(slug, SITE, AGENT_KEY)
        folder.mkdir()
        with (folder / "spool.ballast").open("wb") as ballast:
            ballast.truncate(BALLAST_BYTES)  # There already, and no bytes of it are written.
        self.counters = {name: self._counter(name, drawer) for name, drawer in zip(PRINTERS, DRAWERS, strict=True)}
        self._boot_no, self._booted_ms, self.ahead_ms = 1, time.now_ms - BOOTED_BEFORE_MS, 0
        self.agent: Agent | None = None
        self._transport: VirtualTransport | None = None
        self._workers: list[Worker] = []
        self.deadline = Deadline()
        """When the agent dies."""

    def start(self) -> None:
        """The agent's process begins."""
        clock = AgentClock(self.time, f"boot-{self._boot_no}", self._booted_ms, self.ahead_ms)
        machine = Machine(clock, self._connect, self._link)  # type: ignore[arg-type]
        identity = Identity(self._address, Broker("broker", 1883, AGENT_KEY, "", ""))
        self.agent = agent = Agent(identity, self._config(), self._folder, machine=machine)
        agent.resume()
        lanes_and_post = agent.threads[:-1]  # The keeper only pets a watchdog.
        self._workers = [self.time.start(self._guarded(thread.run)) for thread in lanes_and_post]
        assert self._transport is not None
        self._transport.start()

    def crash(self, *, reboots: bool = False) -> None:
        """Power cut, or the process killed; it is started again by itself."""
        if self.agent is None:
            return
        agent, self.agent = self.agent, None
        assert self._transport is not None
        self._transport.die()
        for worker in self._workers:
            worker.kill()
        agent.spool.close()
        for counter in self.counters.values():
            counter.cable.close()
        if reboots:
            self._boot_no, self._booted_ms = self._boot_no + 1, self.time.now_ms
        self.time.after(REBOOT_MS if reboots else RESTART_MS, self.start)

    @contextlib.contextmanager
    def mortal(self) -> Iterator[None]:
        """While this is in force the agent may die before and after everything that it writes down or sends."""
        with contextlib.ExitStack() as stack:
            for owner, names in ((Spool, ("take", "advance", "keep", "confirm")), (Cable, ("write",))):
                for name in names:
                    stack.enter_context(mock.patch.object(owner, name, self.deadline.around(getattr(owner, name))))
            yield

    def set_clock(self, ahead_ms: int) -> None:
        """Somebody sets the machine's wall clock."""
        self.ahead_ms = ahead_ms
        if self.agent is not None:
            self.agent.clock.ahead_ms = ahead_ms  # type: ignore[attr-defined]

    def cut_off(self, ms: int) -> None:
        """The agent cannot reach the broker for a while."""
        transport = self._transport
        if transport is not None:
            transport.is_reachable = False
            transport.cut()

            def back() -> None:
                transport.is_reachable = True

            self.time.after(ms, back)

    def come_back(self) -> None:
        """Whatever kept the agent from the broker is over."""
        if self._transport is not None:
            self._transport.is_reachable = True

    def put_right(self) -> None:
        """Paper, covers, power: a person has looked after everything, and shut the drawers."""
        self.deadline.set(None)
        for counter in self.counters.values():
            counter.printer.turn(paper_out=False, off=False, die_after=None, paper_out_after=None)
            counter.drawer.close()

    def _guarded(self, run: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            try:
                run()
            except Crashed:
                self.time.after(0, self.crash)

        return go

    def _connect(self, broker: Broker, subscriptions: list[str], listener: Agent) -> VirtualTransport:
        self._transport = VirtualTransport(self._broker, broker, subscriptions, _Guard(listener, self))
        return self._transport

    def _link(self, link: Link, _line: SerialSettings) -> Cable:
        return next(one.cable for one in self.counters.values() if one.cable.port == link.port)

    def _config(self) -> AgentConfig:
        return AgentConfig(
            {
                name: PrinterConfig(
                    profile=PROFILE,
                    link=Link(kind="tcp", host="127.0.0.1", port=one.cable.port),
                    poll_ms=LOOK_MS,
                    drawer=DrawerConfig(name=one.drawer.device, open_level="high"),
                )
                for name, one in self.counters.items()
            }
        )

    def _counter(self, name: str, drawer_name: str) -> Counter:
        cables: list[Cable] = []

        def listen(receive: Callable[[bytes], None], port: int) -> Cable:
            cables.append(Cable(self.time, receive, port))
            return cables[0]

        drawer = VirtualDrawer(drawer_name, lambda: None)
        printer = VirtualPrinter(
            name, printer_profile(PROFILE), drawer,
            now=lambda: wire.utc_text(self.time.now_ms), changed=lambda: None,
            port=9100 + PRINTERS.index(name), listen=listen,
        )  # fmt: skip
        return Counter(printer, drawer, cables[0])


class _Guard:
    """The agent as its transport's listener; a crash in the middle of a message takes the whole process."""

    def __init__(self, agent: Agent, site: Site) -> None:
        self._agent, self._site = agent, site

    def will(self) -> Outgoing:
        return self._agent.will()

    def connected(self) -> None:
        self._agent.connected()

    def disconnected(self) -> None:
        self._agent.disconnected()

    def received(self, message: Incoming) -> None:
        try:
            self._agent.received(message)
        except Crashed:
            self._site.crash()
