"""Shops for property tests: one for each example."""

import itertools
from collections.abc import Callable

import pytest

from server.core.doors import App
from server.core.tenant import Tenant
from server.tenants import provisioning

_numbers = itertools.count(1)


@pytest.fixture
def fresh_shop(app: App, database: str) -> Callable[[], Tenant]:
    """Makes a new empty shop at each call."""

    def make() -> Tenant:
        with app.app_context():
            name = f"fresh{next(_numbers)}"
            return provisioning.create_database(name, name, placement_id=1 if database == "sqlite" else 2)

    return make
