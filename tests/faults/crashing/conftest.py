"""One product for all crash tests of a test process: only what died is started again."""

from collections.abc import Generator, Iterator

import pytest

from fixtures.postgresql import PostgreSQL
from tests.faults.crashing.product import Product, running_product
from tests.faults.crashing.walk import settle


@pytest.fixture(scope="session")
def running(postgres: PostgreSQL) -> Iterator[Product]:
    """Web, bridge, worker and two agents."""
    with running_product(postgres) as made:
        yield made


@pytest.fixture
def product(running: Product) -> Iterator[Product]:
    """The same, whole again after a test that failed half-way, with all agents back at a broker that was wiped."""
    yield running
    for name in running.programs:
        running.disarm(name)
    running.mend()
    for shop in running.shops.values():
        shop.help_printer()
    if running.is_scattered:
        running.is_scattered = False
        for shop in running.shops.values():
            settle(shop, shop.ring())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the processes said, beside a failure."""
    report = yield
    product = getattr(item, "funcargs", {}).get("product")
    if report.failed and isinstance(product, Product):
        report.sections.append(("The processes", product.told()))
    return report
