"""The catalogue's small world, a paired terminal in it, and requests that come from that terminal."""

from collections.abc import Callable

import pytest

from server.core.actor import Actor
from server.core.tenant import Tenant
from server.core.transaction import session, writing
from server.devices.models import Terminal
from tests.server.catalog.conftest import World, acts_as, client, count_queries, owner, world
from tests.server.conftest import NOW_MS

__all__ = ["acts_as", "client", "count_queries", "owner", "world"]


@pytest.fixture
def terminal_id(world: World) -> int:
    """A terminal of the branch."""
    with writing():
        terminal = Terminal(
            id=5, branch_id=world.branch_id, name="Kassa 1", public_key="k", paired_at=NOW_MS, rev=5, last_seq=0
        )
        session().add(terminal)
    return 5


@pytest.fixture
def at_till(terminal_id: int, world: World, acts_as: Callable[[Actor], None]) -> Tenant | None:
    """Requests come from the terminal."""
    acts_as(Actor(kind="device", terminal_id=terminal_id, branch_ids=frozenset({world.branch_id})))
    return None
