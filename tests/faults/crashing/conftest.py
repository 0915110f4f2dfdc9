"""One product for all crash tests of a test process: only what died is started again."""

from collections.abc import Iterator

import pytest

from fixtures.postgresql import PostgreSQL
from tests.faults.crashing.product import Product, running_product


@pytest.fixture(scope="session")
def product(postgres: PostgreSQL) -> Iterator[Product]:
    """Web, bridge, worker and two agents."""
    with running_product(postgres) as made:
        yield made
