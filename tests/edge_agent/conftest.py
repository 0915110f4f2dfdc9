"""The broker and the shop that the agent's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge_agent.shop import PrivateBroker, Shop


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    """One broker for all tests that do not hurt it."""
    broker = PrivateBroker(tmp_path_factory.mktemp("broker"))
    yield broker
    broker.kill()


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[PrivateBroker]:
    """A broker that the test may kill."""
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = PrivateBroker(folder)
    yield broker
    broker.kill()


@pytest.fixture
def shop(broker: PrivateBroker, tmp_path: Path) -> Iterator[Shop]:
    """An open shop."""
    shop = Shop(tmp_path, broker.port)
    yield shop.open()
    shop.close()
