"""From a site's configuration to its devices, grouped into lanes: what shares a link shares a lane."""

from collections.abc import Mapping

from edge_agent.config import (
    AgentConfig,
    BellConfig,
    DeviceConfig,
    DisplayConfig,
    PrinterConfig,
    ScaleConfig,
    ScannerConfig,
)
from edge_agent.devices.base import Device, Hub
from edge_agent.devices.bell import Bell
from edge_agent.devices.display import CustomerDisplay
from edge_agent.devices.drawer import Drawer
from edge_agent.devices.printer import Printer
from edge_agent.devices.scale import Scale
from edge_agent.devices.scanner import Scanner
from edge_agent.drivers.escpos import EscposPort
from edge_agent.drivers.gpio import Switch, relay
from edge_agent.drivers.registry import LinkFor, link_for
from edge_agent.profiles import display_profile, printer_profile, scale_profile, scanner_profile

Group = dict[str, Device]


def groups_of(config: AgentConfig, hub: Hub, switches: Mapping[str, Switch], links: LinkFor = link_for) -> list[Group]:
    """The devices of a site, a group a lane. `switches` replace GPIO outputs, for virtual bells; `links` make links."""
    return [_group(name, device, hub, switches, links) for name, device in config.devices.items()]


def _group(name: str, config: DeviceConfig, hub: Hub, switches: Mapping[str, Switch], links: LinkFor) -> Group:
    match config:
        case PrinterConfig():
            return _printer_group(name, config, hub, links)
        case ScaleConfig():
            scale = scale_profile(config.profile)
            return {name: Scale(name, config, scale, links(config.link, scale.serial), hub)}
        case ScannerConfig():
            scanner = scanner_profile(config.profile)
            return {name: Scanner(name, config, scanner, links(config.link, scanner.serial), hub)}
        case DisplayConfig():
            display = display_profile(config.profile)
            return {name: CustomerDisplay(name, config, display, links(config.link, display.serial), hub)}
        case BellConfig():
            switch = switches[name] if name in switches else relay(config.pin, config.active_high)
            return {name: Bell(name, config.patterns, switch, hub)}


def _printer_group(name: str, config: PrinterConfig, hub: Hub, links: LinkFor) -> Group:
    profile = printer_profile(config.profile)
    printer = Printer(name, config, profile, EscposPort(links(config.link, profile.serial), hub.now_ms), hub)
    if config.drawer is None:
        return {name: printer}
    drawer = Drawer(config.drawer.name, config.drawer.port(profile.drawer), printer, hub)
    return {name: printer, config.drawer.name: drawer}
