"""`--sim`: the virtual shop with its HTTP door, and the configuration by which the agent's real drivers reach it."""

import logging
import os

from edge_agent.config import (
    AgentConfig,
    BellConfig,
    DisplayConfig,
    DrawerConfig,
    Link,
    PrinterConfig,
    ScaleConfig,
    ScannerConfig,
)
from edge_agent.drivers.gpio import Switch
from edge_agent.settings import SettingsError
from edge_agent.virtual.http import SimServer
from edge_agent.virtual.world import World

log = logging.getLogger(__name__)
PROFILE = "AISALES_SIM_PRINTER"
"""Names another printer profile for the virtual printer, to see a paper as that model prints it."""
BELL_PIN = 17


class Sim:
    """A virtual shop that is served on loopback until it is stopped. Raises: SettingsError when the port is taken."""

    def __init__(self, port: int = 0) -> None:
        self.world = World(os.environ.get(PROFILE, "virtual"))
        try:
            self._server = SimServer(self.world, port)
        except OSError as trouble:
            self.world.stop()
            raise SettingsError(f"the virtual devices cannot be served on port {port}: {trouble.strerror}") from trouble
        log.info("virtual devices at http://127.0.0.1:%d/state", self.port)

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def switches(self) -> dict[str, Switch]:
        return {self.world.bell.device: self.world.bell}

    @property
    def config(self) -> AgentConfig:
        """The site's configuration, as a file would say it."""
        world = self.world
        return AgentConfig(
            {
                world.printer.device: PrinterConfig(
                    profile=world.printer.profile.name,
                    link=Link(kind="tcp", host="127.0.0.1", port=world.printer.port),
                    poll_ms=300,
                    drawer=DrawerConfig(name=world.drawer.device, open_level="high"),
                ),
                world.scale.device: ScaleConfig(profile="toledo-8217", link=Link(kind="serial", path=world.scale.path)),
                world.scanner.device: ScannerConfig(
                    profile="generic-serial", link=Link(kind="serial", path=world.scanner.path)
                ),
                world.display.device: DisplayConfig(
                    profile="virtual", link=Link(kind="serial", path=world.display.path)
                ),
                world.bell.device: BellConfig(pin=BELL_PIN),
            }
        )

    def stop(self) -> None:
        """Unplug everything."""
        self._server.stop()
        self.world.stop()
