"""A shop with a branch and a till, and requests that come from it."""

from tests.server.catalog.conftest import acts_as, client, owner, world
from tests.server.sync.conftest import at_till, terminal_id

__all__ = ["acts_as", "at_till", "client", "owner", "terminal_id", "world"]
