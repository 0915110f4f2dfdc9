"""A shop, its catalogue's world, and a browser on its address."""

from tests.server.catalog.conftest import acts_as, client, nobody, owner, world
from tests.server.sync.conftest import at_till, terminal_id

__all__ = ["acts_as", "at_till", "client", "nobody", "owner", "terminal_id", "world"]
