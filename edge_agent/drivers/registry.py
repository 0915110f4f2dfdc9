"""From a configured link to the link itself."""

from collections.abc import Callable

from edge_agent.config import Link as LinkConfig
from edge_agent.drivers.evdev_keys import EvdevKeys
from edge_agent.drivers.link import Link
from edge_agent.drivers.serial_port import SerialPort
from edge_agent.drivers.tcp9100 import Tcp9100
from edge_agent.drivers.usb_bulk import UsbBulk
from edge_agent.drivers.usb_lp import UsbLp
from edge_agent.profiles import SerialSettings

LinkFor = Callable[[LinkConfig, SerialSettings], Link]


def link_for(config: LinkConfig, line: SerialSettings) -> Link:
    """The link of a device, not open yet; `line` are the serial settings of its profile."""
    path = config.path or ""
    match config.kind:
        case "tcp":
            return Tcp9100(config.host or "", config.port)
        case "usb_lp":
            return UsbLp(path)
        case "usb":
            return UsbBulk(config.vid or 0, config.pid, config.serial)
        case "evdev":
            return EvdevKeys(path)
        case "serial":
            return SerialPort(path, _line(config, line))


def _line(config: LinkConfig, line: SerialSettings) -> SerialSettings:
    return SerialSettings(
        baud=config.baud or line.baud,
        bits=config.bits or line.bits,
        parity=config.parity or line.parity,
        stop=config.stop or line.stop,
    )
