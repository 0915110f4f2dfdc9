"""A customer display: shows the newest lines."""

from collections.abc import Callable

from edge_agent.codecs import cd5220
from edge_agent.config import DisplayConfig
from edge_agent.devices.base import Done, Failed, Hub, Later, Outcome, Progress, State, Task
from edge_agent.drivers.link import Link, LinkDown
from edge_agent.profiles import DisplayProfile
from edge_agent.wire import DeviceAnnounce, ShowArgs

LOOK_MS = 5_000


class CustomerDisplay:
    """A display in its lane."""

    def __init__(self, name: str, config: DisplayConfig, profile: DisplayProfile, link: Link, hub: Hub) -> None:
        self.name = name
        self._config, self._profile, self._link, self._hub = config, profile, link, hub

    def announce(self) -> DeviceAnnounce:
        return DeviceAnnounce(
            device=self.name,
            device_class="display",
            driver=self._profile.codec,
            ops=("show",),
            profile=self._profile.name,
            link=self._config.link.words,
            media={"columns": self._profile.columns, "rows": self._profile.rows},
        )

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        if not isinstance(task.args, ShowArgs):
            return Failed("unsupported")
        try:
            self._link.open()
            self._link.write(self._bytes(task.args.lines))
        except LinkDown:
            return Later("offline")
        self._hub.pause(self._profile.pause_ms)
        return Done(False)

    def tick(self) -> int:
        try:
            self._link.open()
            self._hub.state(self.name, State("ready"))
        except LinkDown:
            self._hub.state(self.name, State("offline", "offline"))
        return LOOK_MS

    def close(self) -> None:
        self._link.close()

    def _bytes(self, lines: tuple[str, ...]) -> bytes:
        if not lines:
            return cd5220.clear()
        profile = self._profile
        return cd5220.show(lines, columns=profile.columns, rows=profile.rows, pages=profile.code_pages)
