"""A scale: asked while somebody looks, now and then otherwise. The weight is told as shown, never averaged."""

import time
from collections.abc import Callable

from edge_agent.codecs import cas_ecr, mt_sics, toledo8217
from edge_agent.codecs.weight import Reading, ScaleCodec, Send
from edge_agent.config import ScaleConfig
from edge_agent.devices.base import Done, Failed, Hub, Later, Outcome, Progress, State, Task
from edge_agent.drivers.link import Link, LinkDown
from edge_agent.profiles import ScaleProfile
from edge_agent.wire import DeviceAnnounce, LiveWeight, Op, WatchArgs

IDLE_POLL_MS = 2_000
MAX_STEPS = 20
CODECS: dict[str, Callable[[], ScaleCodec]] = {
    "toledo8217": toledo8217.Toledo8217,
    "mt_sics": mt_sics.MtSics,
    "cas_ecr": cas_ecr.CasEcr,
}
COMMANDS: dict[str, dict[Op, bytes]] = {
    "toledo8217": {"zero": toledo8217.zero().data, "tare": toledo8217.tare().data},
    "mt_sics": {"zero": mt_sics.zero().data, "tare": mt_sics.tare().data},
    "cas_ecr": {},
}


class Scale:
    """A scale in its lane."""

    def __init__(self, name: str, config: ScaleConfig, profile: ScaleProfile, link: Link, hub: Hub) -> None:
        self.name = name
        self._config, self._profile, self._link, self._hub = config, profile, link, hub
        self._codec = CODECS[profile.codec]()
        self._watched_until_ms = 0

    def announce(self) -> DeviceAnnounce:
        return DeviceAnnounce(
            device=self.name,
            device_class="scale",
            driver=self._profile.codec,
            ops=("watch", *COMMANDS[self._profile.codec]),
            profile=self._profile.name,
            link=self._config.link.words,
        )

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        if isinstance(task.args, WatchArgs):
            self._watched_until_ms = self._hub.now_ms() + task.args.lease_ms
            return Done(True)
        command = COMMANDS[self._profile.codec].get(task.op)
        if command is None:
            return Failed("unsupported")
        try:
            self._link.open()
            progress.sending()
            self._link.write(command)
        except LinkDown:
            return Later("offline")
        return Done(False)

    def tick(self) -> int:
        is_watched = self._hub.now_ms() < self._watched_until_ms
        try:
            reading = self.weigh()
        except LinkDown:
            self._hub.state(self.name, State("offline", "offline"))
            return IDLE_POLL_MS
        self._tell(reading)
        if is_watched:
            self._hub.weight(self._live(reading))
        return (self._config.poll_ms or self._profile.poll_ms) if is_watched else IDLE_POLL_MS

    def close(self) -> None:
        self._link.close()

    def weigh(self) -> Reading | None:
        """One reading; None when the scale does not answer in its time. Raises: LinkDown."""
        self._link.open()
        deadline = time.monotonic() + self._profile.read_timeout_ms / 1000
        self._link.write(self._codec.ask())
        for _ in range(MAX_STEPS):
            left_ms = int((deadline - time.monotonic()) * 1000)
            if left_ms <= 0:
                break
            for step in self._codec.feed(self._link.read(left_ms)):
                if isinstance(step, Send):
                    self._link.write(step.data)
                else:
                    return step
        return None

    def _live(self, reading: Reading | None) -> LiveWeight:
        if reading is None:
            return LiveWeight(device=self.name, grams=0, stable=False, status="fault")
        return LiveWeight(device=self.name, grams=reading.grams, stable=reading.is_stable, status=reading.status)

    def _tell(self, reading: Reading | None) -> None:
        if reading is None:
            self._hub.state(self.name, State("trouble", "mute"))
        elif reading.status in ("over", "under", "fault"):
            self._hub.state(self.name, State("trouble", reading.status))
        else:
            self._hub.state(self.name, State("ready"))
