"""Who acts, as a plain value set at the doors (request, job, bridge, command), so that nobody asks `staff` for a right.

Each module lists its `RIGHTS`; the app hands them to `offer`, so that roles can be made of them.
"""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flask import g

from server.core.errors import NotAllowed, NotSignedIn

Kind = Literal["person", "device", "api_key", "system", "support", "nobody"]


@dataclass(frozen=True)
class Cap:
    """How far a right goes: basis points (1000 = 10 %) and minor units; None is without limit."""

    bp: int | None = None
    minor: int | None = None

    def covers(self, *, bp: int = 0, minor: int = 0) -> bool:
        """Whether a discount of that share and amount stays within the cap."""
        return (self.bp is None or bp <= self.bp) and (self.minor is None or minor <= self.minor)


@dataclass(frozen=True)
class Right:
    """A right that a role may carry; `capped` ones take a limit."""

    name: str
    capped: bool = False


@dataclass(frozen=True)
class Actor:
    """Who acts and what that one may do. `branch_ids` None means every branch."""

    kind: Kind
    person_id: int | None = None
    terminal_id: int | None = None
    agent_id: int | None = None
    branch_ids: frozenset[int] | None = None
    rights: Mapping[str, Cap] = field(default_factory=dict)
    language: str = "az"
    session_id: bytes | None = None

    def may(self, right: str) -> bool:
        """Whether the actor holds a right."""
        return self.kind == "system" or right in self.rights

    def sees_branch(self, branch_id: int) -> bool:
        """Whether the actor works in a branch."""
        return self.branch_ids is None or branch_id in self.branch_ids


NOBODY = Actor(kind="nobody")
SYSTEM = Actor(kind="system")

_offered: dict[str, Right] = {}


def offer(rights: Iterable[Right]) -> None:
    """Make a module's rights known. Safe to repeat."""
    _offered.update({right.name: right for right in rights})


def offered() -> list[Right]:
    """Every right of the running app, by name."""
    return [_offered[name] for name in sorted(_offered)]


def current() -> Actor:
    """Who acts now; NOBODY where no door has said so."""
    return g.get("actor") or NOBODY


def set_current(actor: Actor) -> None:
    """Called by the doors, once they know who acts."""
    g.actor = actor


@contextlib.contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Let someone act for a block: jobs, commands, seeds, tests."""
    before = g.get("actor")
    g.actor = actor
    try:
        yield actor
    finally:
        g.actor = before


def require(right: str) -> Actor:
    """The actor, who must hold the right. Raises NotSignedIn or NotAllowed (with the right's name)."""
    actor = current()
    if actor.kind == "nobody":
        raise NotSignedIn
    if not actor.may(right):
        raise NotAllowed(f"the right {right} is needed", params={"right": right})
    return actor


def require_branch(branch_id: int) -> None:
    """Refuse a branch in which the actor does not work, as if it were not there."""
    if not current().sees_branch(branch_id):
        raise NotAllowed("another branch", params={"right": "branch"})
