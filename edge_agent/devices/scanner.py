"""A scanner: each code once, at most fifty a second, and worthless after three seconds."""

from collections import deque
from collections.abc import Callable

from edge_agent.codecs.keymap import KeyLines, keys_of
from edge_agent.codecs.scans import SUFFIXES, Scan, ScanLines
from edge_agent.config import ScannerConfig
from edge_agent.devices.base import Failed, Hub, Outcome, Progress, State, Task
from edge_agent.drivers.link import Link, LinkDown
from edge_agent.profiles import ScannerProfile
from edge_agent.wire import SCAN_LIFE_MS, DeviceAnnounce

LISTEN_MS = 250
LOST_LOOK_MS = 1_000
MAX_SCANS_A_SECOND = 50


class Scanner:
    """A scanner in its lane."""

    def __init__(self, name: str, config: ScannerConfig, profile: ScannerProfile, link: Link, hub: Hub) -> None:
        self.name = name
        self._config, self._profile, self._link, self._hub = config, profile, link, hub
        self._lines = ScanLines(SUFFIXES[profile.suffix], profile.has_aim_id)
        self._keys = KeyLines()
        self._last: tuple[str, int] = ("", 0)
        self._recent: deque[int] = deque(maxlen=MAX_SCANS_A_SECOND)

    def announce(self) -> DeviceAnnounce:
        return DeviceAnnounce(
            device=self.name,
            device_class="scanner",
            driver=self._profile.link,
            ops=(),
            profile=self._profile.name,
            link=self._config.link.words,
        )

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        return Failed("unsupported")

    def tick(self) -> int:
        try:
            self._link.open()
            self._hub.state(self.name, State("ready"))
            for scan in self._heard(self._link.read(LISTEN_MS)):
                self._tell(scan)
        except LinkDown:
            self._hub.state(self.name, State("offline", "offline"))
            return LOST_LOOK_MS
        return 0

    def close(self) -> None:
        self._link.close()

    def _heard(self, data: bytes) -> list[Scan]:
        if self._profile.link == "serial":
            return self._lines.feed(data)
        return [Scan(code) for code in self._keys.feed(keys_of(data))]

    def _tell(self, scan: Scan) -> None:
        now_ms = self._hub.now_ms()
        pause_ms = (
            self._profile.repeat_pause_ms if self._config.repeat_pause_ms is None else self._config.repeat_pause_ms
        )
        if scan.code == self._last[0] and now_ms - self._last[1] < pause_ms:
            return
        if len(self._recent) == MAX_SCANS_A_SECOND and now_ms - self._recent[0] < 1_000:
            return
        self._last = (scan.code, now_ms)
        self._recent.append(now_ms)
        self._hub.event(self.name, "scan", {"code": scan.code, "symbology": scan.symbology}, SCAN_LIFE_MS)
