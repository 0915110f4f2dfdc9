"""The virtual shop: all the twins together, with a version that rises whenever something can be seen to change."""

import threading
import time
from dataclasses import asdict
from typing import Any

from edge_agent.profiles import display_profile, printer_profile
from edge_agent.virtual.bell import VirtualBell
from edge_agent.virtual.display import VirtualDisplay
from edge_agent.virtual.printer import VirtualDrawer, VirtualPrinter
from edge_agent.virtual.scale import VirtualScale
from edge_agent.virtual.scanner import VirtualScanner
from edge_agent.wire import utc_text


class World:
    """receipt-1 with drawer-1, scale-1, scanner-1, display-1, bell-1."""

    def __init__(self, printer: str = "virtual", scale_codec: str = "toledo8217", printer_port: int = 0) -> None:
        self.version = 0
        self._changed = threading.Condition()
        self.drawer = VirtualDrawer("drawer-1", self.change)
        self.printer = VirtualPrinter(
            "receipt-1",
            printer_profile(printer),
            self.drawer,
            now=lambda: utc_text(time.time_ns() // 1_000_000),
            changed=self.change,
            port=printer_port,
        )
        self.scale = VirtualScale("scale-1", scale_codec, self.change)
        self.scanner = VirtualScanner("scanner-1")
        self.display = VirtualDisplay("display-1", display_profile("virtual"), self.change)
        self.bell = VirtualBell("bell-1", self.change)

    def change(self) -> None:
        """Something can be seen to have changed."""
        with self._changed:
            self.version += 1
            self._changed.notify_all()

    def wait_beyond(self, version: int, timeout_s: float) -> int:
        """Wait until the version is higher, or the time is over; the version then."""
        with self._changed:
            self._changed.wait_for(lambda: self.version > version, timeout_s)
            return self.version

    def seen(self) -> dict[str, Any]:
        """Everything that can be seen, as plain values."""
        return {
            "version": self.version,
            "printers": [_printer(self.printer)],
            "drawers": [_drawer(self.drawer)],
            "scales": [_scale(self.scale)],
            "scanners": [{"device": self.scanner.device}],
            "displays": [{"device": self.display.device, "lines": list(self.display.lines)}],
            "bells": [{"device": self.bell.device, "ringing": self.bell.is_ringing, "rings": self.bell.rings}],
        }

    def stop(self) -> None:
        """Unplug everything."""
        for twin in (self.printer, self.scale, self.scanner, self.display):
            twin.stop()


def _printer(printer: VirtualPrinter) -> dict[str, Any]:
    knobs = asdict(printer.knobs)
    papers = [
        {
            "n": paper.n, "id": paper.tag, "at": paper.begun_at, "cut": paper.is_cut,
            "png": f"/paper/{paper.n}.png", "text": paper.text,
        }
        for paper in printer.papers
    ]  # fmt: skip
    seen = {name: knobs[name] for name in ("paper_out", "cover_open", "off")}
    return {"device": printer.device, "profile": printer.profile.name, "knobs": knobs, **seen, "papers": papers}


def _drawer(drawer: VirtualDrawer) -> dict[str, Any]:
    return {"device": drawer.device, "open": drawer.is_open, "pulses": list(drawer.pulses)}


def _scale(scale: VirtualScale) -> dict[str, Any]:
    return {"device": scale.device, "grams": scale.load.grams, "stable": scale.load.is_stable}
