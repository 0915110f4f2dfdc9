"""Shared ground of the server's tests: an app on SQLite and one on PostgreSQL, and shops of their own in them."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import create_app
from server.core import actor, clock, tenant
from server.core.config import Config
from server.core.doors import App
from server.core.tenant import Placement, Tenant
from server.core.transaction import control_writing
from server.tenants import provisioning

NOW_MS = 1_795_550_400_000
"""2026-11-24T20:00:00Z: the instant at which tests happen, unless they say otherwise."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this run of a test: every test that uses a shop runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An application whose shops stand on the database of this run."""
    folder: Path = tmp_path_factory.mktemp(f"server-{database}")
    made = create_app(Config(data=folder, control_url=f"sqlite:///{folder}/control.db"))
    with made.app_context():
        provisioning.prepare_control()
        if database == "postgresql":
            url = request.getfixturevalue("postgres").url
            with control_writing() as control:
                control.add(Placement(id=2, kind="postgresql", pooled_url=url, admin_url=url))
    yield made
    made.extensions["aisales_engines"].dispose()


@pytest.fixture
def shop(app: App, database: str) -> Tenant:
    """A new empty shop at http://shop<n>.localhost."""
    with app.app_context():
        name = f"shop{next(_numbers)}"
        return provisioning.create_database(name, name, placement_id=1 if database == "sqlite" else 2)


@pytest.fixture
def in_shop(app: App, shop: Tenant) -> Iterator[Tenant]:
    """The shop's scope with the system acting, at a fixed instant. Open reading() or writing() inside."""
    with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS):
        yield shop
