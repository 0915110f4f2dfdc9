"""A site's `agent.toml`: which devices hang on this agent, and how.

An unknown key is an error. What a table leaves out comes from the device's profile (`firmware_configs/`).
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from edge_agent import profiles
from edge_agent.profiles import DrawerPort
from edge_agent.settings import SettingsError, Table, located, read_toml
from edge_agent.wire.message import WireError, require
from edge_agent.wire.topics import check_name

SCHEMA = 1
MAX_DEVICES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Table):
    """How a device is reached. `tcp` host and port; `usb_lp`, `serial`, `evdev` a path that stays after a replug.

    Line settings of `serial` come from the profile where they are left out.
    """

    kind: Literal["tcp", "usb_lp", "usb", "serial", "evdev"]
    host: str | None = None
    port: int = 9100
    path: str | None = None
    vid: int | None = None
    pid: int | None = None
    serial: str | None = None
    baud: int | None = None
    bits: Literal[7, 8] | None = None
    parity: Literal["N", "E", "O"] | None = None
    stop: Literal[1, 2] | None = None

    def __post_init__(self) -> None:
        needed = {"tcp": self.host, "usb": self.vid}.get(self.kind, self.path)
        require(needed is not None, f"Link.kind: {self.kind} needs host, vid or path")
        require(
            self.path is None or not self.path.startswith("/dev/usb/lp"), "Link.path: /dev/usb/lpN changes; use a rule"
        )

    @property
    def words(self) -> str:
        """For people: `tcp 10.0.0.50:9100`."""
        where = f"{self.host}:{self.port}" if self.kind == "tcp" else self.path or f"{self.vid:04x}:{self.pid or 0:04x}"
        return f"{self.kind} {where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerConfig(Table):
    """A drawer on a printer's socket; what is left out comes from the printer's profile."""

    name: str
    profile: str | None = None
    pin: Literal[2, 5] | None = None
    on_ms: int | None = None
    off_ms: int | None = None
    open_level: Literal["high", "low"] | None = None

    def port(self, of_printer: DrawerPort) -> DrawerPort:
        """The socket: this table over the drawer's profile over the printer's."""
        base = profiles.drawer_profile(self.profile).port if self.profile else of_printer
        return DrawerPort(
            pin=self.pin or base.pin,
            on_ms=self.on_ms or base.on_ms,
            off_ms=self.off_ms or base.off_ms,
            open_level=self.open_level or base.open_level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterConfig(Table):
    """A receipt or kitchen printer. `possible_duplicate` heads a paper that repeats by itself."""

    profile: str
    link: Link
    driver: Literal["escpos"] = "escpos"
    confirm: Literal["auto", "process_id", "status_only", "none"] = "auto"
    poll_ms: int | None = None
    possible_duplicate: str = "TƏKRAR OLA BİLƏR / POSSIBLE DUPLICATE"
    drawer: DrawerConfig | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleConfig(Table):
    """A scale on a serial line."""

    profile: str
    link: Link
    poll_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerConfig(Table):
    """A scanner on a serial line, or one that plays a keyboard."""

    profile: str
    link: Link
    repeat_pause_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayConfig(Table):
    """A customer display on a serial line."""

    profile: str
    link: Link


PATTERN = re.compile(r"(\d{1,4})/(\d{1,4})x(\d{1,2})\Z")
MAX_RING_MS = 10_000


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a bell rings: on for so long, off for so long, so many times."""

    on_ms: int
    off_ms: int
    times: int

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """`300/200x2`. Raises: WireError for what is no pattern, rings for nothing or longer than ten seconds."""
        match = PATTERN.match(text)
        require(match is not None, f"BellConfig.patterns: {text!r} is no pattern")
        assert match is not None
        pattern = cls(*(int(number) for number in match.groups()))
        rings_ms = (pattern.on_ms + pattern.off_ms) * pattern.times
        require(
            pattern.on_ms > 0 and 0 < rings_ms <= MAX_RING_MS, f"BellConfig.patterns: {text!r} rings too long, or not"
        )
        return pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class BellConfig(Table):
    """A bell on a GPIO pin. A pattern is `on/off x times` in milliseconds: `300/200x2`."""

    pin: int
    active_high: bool = True
    patterns: dict[str, str] = field(default_factory=lambda: {"new": "300/200x2", "late": "800/200x3"})

    def __post_init__(self) -> None:
        # 0 and 1 carry the identity of add-on boards, 28 and above are the board's own (SD card among them).
        require(2 <= self.pin <= 27, f"BellConfig.pin: {self.pin} is no free pin")
        for text in self.patterns.values():
            Pattern.of(text)


DeviceConfig = PrinterConfig | ScaleConfig | ScannerConfig | DisplayConfig | BellConfig
CLASSES: dict[str, type[DeviceConfig]] = {
    "printer": PrinterConfig,
    "scale": ScaleConfig,
    "scanner": ScannerConfig,
    "display": DisplayConfig,
    "bell": BellConfig,
}
PROFILE_OF = {
    PrinterConfig: profiles.printer_profile,
    ScaleConfig: profiles.scale_profile,
    ScannerConfig: profiles.scanner_profile,
    DisplayConfig: profiles.display_profile,
}


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """The devices of a site by name."""

    devices: dict[str, DeviceConfig]


def load(path: Path) -> AgentConfig:
    """Read and check a site's file. Raises: SettingsError with file, line and key."""
    tables, text = read_toml(path)
    unknown = sorted(set(tables) - {"schema", "device"})
    if tables.get("schema") != SCHEMA or unknown:
        raise SettingsError(
            f"{path}:1: schema = {SCHEMA} and [device.…] are expected, not {unknown or tables.get('schema')}"
        )
    devices = tables.get("device", {})
    if not isinstance(devices, dict) or len(devices) > MAX_DEVICES:
        raise SettingsError(f"{path}:1: [device.…] tables are expected, {MAX_DEVICES} at most")
    config = AgentConfig({name: _device(path, text, name, table) for name, table in devices.items()})
    _check_names(path, config)
    return config


def _device(path: Path, text: str, name: str, table: object) -> DeviceConfig:
    section = f"device.{name}"
    try:
        check_name(name)
        values: dict[str, Any] = dict(table) if isinstance(table, dict) else {}
        kind = CLASSES.get(str(values.pop("class", None)))
        require(kind is not None, f"Device.class: one of {sorted(CLASSES)} is expected")
        assert kind is not None
        device: DeviceConfig = kind.from_dict(values)
        if not isinstance(device, BellConfig):
            PROFILE_OF[type(device)](device.profile)
    except WireError as trouble:
        raise located(path, text, section, trouble) from trouble
    return device


def _check_names(path: Path, config: AgentConfig) -> None:
    drawers = [one.drawer.name for one in config.devices.values() if isinstance(one, PrinterConfig) and one.drawer]
    twice = {name for name in drawers if name in config.devices or drawers.count(name) > 1}
    if twice:
        raise SettingsError(f"{path}: two devices are called {sorted(twice)}")
