"""What the cash announces. Values survive JSON, so that a reaction that failed can be tried again."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """About which fact, on which terminal, when it came and how old it was then. Units: milliseconds."""

    id: str
    terminal_id: int
    received_at: int
    age_ms: int | None

    def left_of(self, life_ms: int, now_ms: int) -> int:
        """What is left of a life that began with the fact; nothing when its age is not known."""
        return 0 if self.age_ms is None else life_ms - self.age_ms - (now_ms - self.received_at)


@dataclass(frozen=True)
class ShiftClosed(Told):
    """A shift has its Z; `id` is the Z report's."""


@dataclass(frozen=True)
class CashMoved(Told):
    """Cash was put into a drawer or taken out by hand; `id` is the move's."""


@dataclass(frozen=True)
class DrawerWanted(Told):
    """A drawer is to open without a sale; `id` is the opening's."""

    reason: str
