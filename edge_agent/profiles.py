"""Device profiles: what makers' manuals say of printers, scales, scanners and displays, from `firmware_configs/`.

A profile is data. A printer's `code_pages` are only those that were verified on the device or in its manual;
whatever a line needs beyond them is drawn, so a wrong letter never comes out.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from edge_agent.settings import SettingsError, Table, located, read_toml
from edge_agent.wire.message import WireError, require

PROFILES = Path(os.environ.get("AISALES_FIRMWARE_CONFIGS", Path(__file__).parent.parent / "firmware_configs"))
ENCODINGS = frozenset({"cp437", "cp737", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860", "cp862", "cp866"}) | {
    f"cp{number}" for number in range(1250, 1259)
}

T = TypeVar("T", bound=Table)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbId(Table):
    """A USB device by maker and model number."""

    vid: int
    pid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialSettings(Table):
    """Line settings of a serial device."""

    baud: int = 9600
    bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    stop: Literal[1, 2] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerPort(Table):
    """The drawer socket: pin 2 or 5, pulse times, and the level of pin 3 that means open (none: not learnt)."""

    pin: Literal[2, 5] = 2
    on_ms: int = 50
    off_ms: int = 500
    open_level: Literal["high", "low"] | None = None

    def __post_init__(self) -> None:
        require(2 <= self.on_ms <= 510 and 2 <= self.off_ms <= 510, "DrawerPort.on_ms: a pulse takes 2 to 510 ms")
        require(self.off_ms >= 4 * self.on_ms, "DrawerPort.off_ms: the pause is at least four times the pulse")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterProfile(Table):
    """A printer model. Units: `dots` across the paper, `columns` of font A, `cell_*` dots of a drawn letter.

    `raster`: `gs_v_0` rows of dots, `esc_star` stripes of 8 dots (impact printers), `none`.
    `confirm`: `process_id` (GS ( H, probed before it is trusted), `status_only`, `none`.
    """

    name: str
    vendor: str
    models: tuple[str, ...]
    dots: int
    columns: int
    code_pages: dict[str, int]
    usb: tuple[UsbId, ...] = ()
    serial: SerialSettings = field(default_factory=SerialSettings)
    language: Literal["escpos"] = "escpos"
    dpi: int = 203
    cell_height: int = 24
    line_height: int = 30
    cut: Literal["partial", "full", "none"] = "partial"
    feed_before_cut_lines: int = 1
    raster: Literal["gs_v_0", "esc_star", "none"] = "gs_v_0"
    has_qr: bool = True
    has_barcode: bool = True
    has_small_font: bool = True
    has_drawer: bool = True
    has_realtime_pulse: bool = False
    confirm: Literal["process_id", "status_only", "none"] = "status_only"
    slice_rows: int = 255
    poll_ms: int = 2_000
    drawer: DrawerPort = field(default_factory=DrawerPort)

    def __post_init__(self) -> None:
        require(8 <= self.columns <= 96, f"PrinterProfile.columns: {self.columns}")
        require(self.dots >= self.columns * 8, f"PrinterProfile.dots: {self.dots} for {self.columns} columns")
        require(1 <= self.slice_rows <= 255, "PrinterProfile.slice_rows: 1 to 255")
        unknown = sorted(set(self.code_pages) - ENCODINGS)
        require(not unknown, f"PrinterProfile.code_pages: {unknown} is no encoding that is known")
        require(all(0 <= page <= 255 for page in self.code_pages.values()), "PrinterProfile.code_pages: 0 to 255")

    @property
    def cell_width(self) -> int:
        """Dots of one letter of font A."""
        return self.dots // self.columns


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleProfile(Table):
    """A scale model: the protocol that it speaks and how often it may be asked."""

    name: str
    vendor: str
    models: tuple[str, ...]
    codec: Literal["toledo8217", "mt_sics", "cas_ecr"]
    serial: SerialSettings = field(default_factory=SerialSettings)
    poll_ms: int = 200
    read_timeout_ms: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerProfile(Table):
    """A scanner model: what ends a code, whether an AIM id stands before it, and the sheet to scan once."""

    name: str
    vendor: str
    models: tuple[str, ...]
    link: Literal["serial", "evdev"]
    serial: SerialSettings = field(default_factory=SerialSettings)
    suffix: Literal["cr", "lf", "crlf", "tab"] = "cr"
    has_aim_id: bool = True
    repeat_pause_ms: int = 300
    setup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayProfile(Table):
    """A customer display model: its grid and its verified code pages (by ESC t)."""

    name: str
    vendor: str
    models: tuple[str, ...]
    codec: Literal["cd5220"]
    columns: int = 20
    rows: int = 2
    code_pages: dict[str, int] = field(default_factory=lambda: {"cp437": 0})
    serial: SerialSettings = field(default_factory=SerialSettings)
    pause_ms: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerProfile(Table):
    """A drawer model: pulse and switch, for the drawer table of a printer's configuration."""

    name: str
    vendor: str
    models: tuple[str, ...]
    port: DrawerPort


def printer_profile(name: str) -> PrinterProfile:
    """Raises: SettingsError."""
    return _profile("printers", name, PrinterProfile)


def scale_profile(name: str) -> ScaleProfile:
    """Raises: SettingsError."""
    return _profile("scales", name, ScaleProfile)


def scanner_profile(name: str) -> ScannerProfile:
    """Raises: SettingsError."""
    return _profile("scanners", name, ScannerProfile)


def display_profile(name: str) -> DisplayProfile:
    """Raises: SettingsError."""
    return _profile("displays", name, DisplayProfile)


def drawer_profile(name: str) -> DrawerProfile:
    """Raises: SettingsError."""
    return _profile("drawers", name, DrawerProfile)


def profile_names(folder: str) -> list[str]:
    """The profiles of a folder of `firmware_configs/`, sorted."""
    return sorted(path.stem for path in (PROFILES / folder).glob("*.toml"))


def _profile(folder: str, name: str, kind: type[T]) -> T:
    path = PROFILES / folder / f"{name}.toml"
    if not path.is_file():
        raise SettingsError(f"no profile {name!r} in {PROFILES / folder}; there are {profile_names(folder)}")
    table, text = read_toml(path)
    try:
        return kind.from_dict(table)
    except WireError as trouble:
        raise located(path, text, None, trouble) from trouble
