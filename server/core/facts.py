"""What a terminal pushed, as the modules see it: checked once at the door of `sync`, then trusted.

A module offers for each kind of operation a *book*: opened for all operations of that kind that came together, so that
it reads everything they need at once, then it records them one by one and is closed.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from server.core.errors import Trouble

CLOCK_DRIFT_MS = 300_000
"""Up to here a device's own clock is believed; further off, the age by its monotonic clock stands."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One pushed operation. Its id is the id of the fact that it brings. Units: milliseconds UTC."""

    id: uuid.UUID
    seq: int
    kind: str
    happened_at: int
    hlc: str
    age_ms: int | None
    person_id: int | None
    shift_id: uuid.UUID | None
    body: Mapping[str, Any]
    terminal_id: int
    branch_id: int
    received_at: int

    @property
    def occurred_at(self) -> int:
        """When it happened, without trusting a device's wall clock alone."""
        if self.age_ms is None:
            return min(self.happened_at, self.received_at + CLOCK_DRIFT_MS)
        by_age = self.received_at - self.age_ms
        return self.happened_at if abs(by_age - self.happened_at) <= CLOCK_DRIFT_MS else by_age


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag that the booking of a fact raises about it: its kind, and what a person needs to know to judge."""

    kind: str
    detail: Mapping[str, Any] = field(default_factory=dict)


class NotAFact(Trouble):
    """This cannot be what it claims to be: it is kept whole for a person, and nothing is booked."""

    code = "not_a_fact"

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code.replace("_", " "), code=code, params=params)


class Book(Protocol):
    """Records the facts of one kind that came together."""

    def record(self, fact: Fact) -> list[Raised]:
        """Book one fact inside the savepoint in force. Raises NotAFact, and then leaves nothing behind."""

    def close(self) -> None:
        """Write what was gathered for all recorded facts."""
