"""What every device has: a name, jobs, a state that is told when it changes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from edge_agent.wire import DeviceAnnounce, LiveWeight, Message, Op

DeviceWord = Literal["ready", "busy", "held", "trouble", "offline"]


@dataclass(frozen=True, slots=True)
class Done:
    """The effect happened. `is_confirmed`: the device itself said so."""

    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing has left yet; try again while the job lives. `reason` is for people: paper_out, offline …"""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It will not happen."""

    reason: str
    is_retryable: bool = False


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Bytes have left and nobody knows what became of them."""

    bytes_sent: int
    reason: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The agent is ending; the spool still says how far it was."""


Outcome = Done | Later | Failed | Uncertain | Interrupted


class Progress(Protocol):
    """How a device tells of a job under way."""

    def sending(self) -> None:
        """The first byte is about to leave: on disk before it does."""
        ...

    def sent(self) -> None:
        """All bytes have been handed over."""
        ...

    def held(self, reason: str) -> None:
        """The device has our bytes and waits for a person."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """A job as a device sees it."""

    id: str
    op: Op
    args: Message
    attempt: int
    mark: bool = False
    """It may have come out before: say so on the paper."""
    ends_ms: int | None = None
    """The end of its life in boot time, for what must not happen late (none: looked at before it began)."""


@dataclass(frozen=True, slots=True)
class State:
    """A device's condition, as it is told."""

    word: DeviceWord
    trouble: str | None = None
    details: tuple[tuple[str, Any], ...] = ()


class Hub(Protocol):
    """The agent, as its devices see it."""

    def state(self, device: str, state: State) -> None:
        """A device's condition; telling the same again costs nothing."""
        ...

    def event(self, device: str, event: str, body: dict[str, Any], life_ms: int | None = None) -> None:
        """Something happened at a device."""
        ...

    def weight(self, weight: LiveWeight) -> None:
        """A reading of a watched scale."""
        ...

    def now_ms(self) -> int:
        """Boot time."""
        ...

    def pause(self, ms: int) -> bool:
        """Wait; True when the agent is ending."""
        ...


class Device(Protocol):
    """A device in its lane."""

    name: str

    def announce(self) -> DeviceAnnounce:
        """What it is."""
        ...

    def run(self, task: Task, progress: Progress, between: Callable[[], None]) -> Outcome:
        """Do a job. `between` lets urgent jobs of the lane pass while it waits for a person."""
        ...

    def tick(self) -> int:
        """Look after itself; milliseconds until the next time."""
        ...

    def close(self) -> None:
        """Let the device go."""
        ...
