"""A cash drawer on a printer's socket: opened by one short pulse, never late, never twice."""

from collections.abc import Callable

from edge_agent.codecs.escpos_status import PrinterStatus
from edge_agent.devices.base import Done, Failed, Hub, Later, Outcome, Progress, State, Task
from edge_agent.devices.printer import Printer
from edge_agent.drivers.escpos import EscposPort
from edge_agent.drivers.link import LinkDown
from edge_agent.profiles import DrawerPort
from edge_agent.rendering import drawer_pulse
from edge_agent.rendering.escpos import realtime_drawer_pulse
from edge_agent.wire import DeviceAnnounce

SENSE_LOOKS, SENSE_PAUSE_MS = 5, 60
OURS_MS = 5_000
"""A drawer that opens within this time after our pulse was opened by it."""
NEVER_MS = 86_400_000


class Drawer:
    """A drawer in its printer's lane."""

    def __init__(self, name: str, port: DrawerPort, printer: Printer, hub: Hub) -> None:
        self.name = name
        self._port, self._printer, self._hub = port, printer, hub
        self._is_open: bool | None = None
        self._pulsed_ms: int | None = None
        printer.on_status = self._sense

    def announce(self) -> DeviceAnnounce:
        return DeviceAnnounce(
            device=self.name,
            device_class="drawer",
            driver="escpos",
            ops=("open",),
            parent=self._printer.name,
            confirm="sensor" if self._port.open_level else "none",
        )

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        try:
            with self._printer.borrowed() as port:
                return self._pulse(port, task, progress)
        except LinkDown:
            return Later("offline")

    def tick(self) -> int:
        return NEVER_MS  # The printer's looks tell of the drawer too.

    def close(self) -> None:
        """The printer has the port."""

    def _pulse(self, port: EscposPort, task: Task, progress: Progress) -> Outcome:
        self._printer.fill_up()
        self._spare_the_coil()
        progress.sending()
        pulse = self._pulse_now(port)
        if pulse is None:
            return Failed("printer_waits")
        if task.ends_ms is not None and self._hub.now_ms() >= task.ends_ms:
            # Asking the printer, sparing the coil and writing to the disk took what was left of its life.
            return Failed("too_late")
        self._pulsed_ms = self._hub.now_ms()
        try:
            port.send(pulse)
            return Done(self._is_seen_open(port))
        except LinkDown:
            return Failed("link_lost")

    def _pulse_now(self, port: EscposPort) -> bytes | None:
        """The bytes that open the drawer at once; none where they would wait in the printer's buffer.

        A buffer opens the drawer when paper is back, perhaps in an hour. A pulse in real time never stands in it, so
        even paper that ends in this moment does not matter.
        """
        if self._printer.profile.has_realtime_pulse:
            return realtime_drawer_pulse(self._port)
        status = port.status()
        is_waiting = status is not None and status.trouble is not None
        return None if is_waiting else drawer_pulse(self._port)

    def _spare_the_coil(self) -> None:
        """Pulses keep the pause of the socket between them."""
        if self._pulsed_ms is not None:
            self._hub.pause(max(0, self._pulsed_ms + self._port.on_ms + self._port.off_ms - self._hub.now_ms()))

    def _is_seen_open(self, port: EscposPort) -> bool:
        if self._port.open_level is None:
            return False
        for _ in range(SENSE_LOOKS):
            level = port.drawer_level()
            if level is None:
                return False
            self._tell(self._means_open(level))
            if self._is_open:
                return True
            self._hub.pause(SENSE_PAUSE_MS)
        return False

    def _sense(self, status: PrinterStatus | None) -> None:
        if status is None:
            self._hub.state(self.name, State("offline", "offline", (("open", self._is_open),)))
        else:
            self._tell(self._means_open(status.is_drawer_high))

    def _means_open(self, is_high: bool) -> bool | None:
        return None if self._port.open_level is None else is_high == (self._port.open_level == "high")

    def _tell(self, is_open: bool | None) -> None:
        before, self._is_open = self._is_open, is_open
        self._hub.state(self.name, State("ready", None, (("open", is_open),)))
        if before is not None and is_open is not None and before != is_open:
            pulsed_ms = self._pulsed_ms
            by_us = pulsed_ms is not None and self._hub.now_ms() - pulsed_ms < OURS_MS
            self._hub.event(self.name, "opened" if is_open else "closed", {"by_us": by_us} if is_open else {})
