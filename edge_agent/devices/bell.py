"""A bell on a switch: rings a pattern of on and off."""

from collections.abc import Callable

from edge_agent.config import Pattern
from edge_agent.devices.base import Done, Failed, Hub, Outcome, Progress, State, Task
from edge_agent.drivers.gpio import Switch
from edge_agent.wire import DeviceAnnounce, RingArgs

NEVER_MS = 86_400_000


class Bell:
    """A bell in its lane."""

    def __init__(self, name: str, patterns: dict[str, str], switch: Switch, hub: Hub) -> None:
        self.name = name
        self._patterns = {key: Pattern.of(text) for key, text in patterns.items()}
        self._switch, self._hub = switch, hub

    def announce(self) -> DeviceAnnounce:
        return DeviceAnnounce(device=self.name, device_class="bell", driver="gpio-relay", ops=("ring",))

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        pattern = self._patterns.get(task.args.pattern) if isinstance(task.args, RingArgs) else None
        if pattern is None:
            return Failed("unsupported")
        progress.sending()
        for _ in range(pattern.times):
            self._switch.on()
            is_ending = self._hub.pause(pattern.on_ms)
            self._switch.off()
            if is_ending or self._hub.pause(pattern.off_ms):
                break
        return Done(False)

    def tick(self) -> int:
        self._hub.state(self.name, State("ready"))
        return NEVER_MS

    def close(self) -> None:
        self._switch.off()
        self._switch.close()
