"""What sales announces."""

from dataclasses import dataclass

from server.cash.events import Told


@dataclass(frozen=True)
class SaleCompleted(Told):
    """A sale or a return is booked; `id` is its id. `prints`: the terminal wants its paper."""

    branch_id: int
    person_id: int
    hlc: str
    prints: bool
    opens_drawer: bool
    has_origins: bool


@dataclass(frozen=True)
class CopyWanted(Told):
    """A receipt is to be printed once more; `id` is the copy's id."""
