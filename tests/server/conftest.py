"""Shared ground of the server's tests: an app on SQLite and one on PostgreSQL, and shops of their own in them."""

import contextlib
import itertools
from collections.abc import Callable, Iterator
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

SQLITE, CLUSTER = 1, 2
"""The placements of SQLite files and of the cluster."""

_numbers = itertools.count(1)


@pytest.fixture(scope="session", params=["sqlite", "postgresql", "pgbouncer"])
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this run of a test: every test that uses a shop runs on SQLite and PostgreSQL, and those
    marked `pooled` on PostgreSQL behind PgBouncer too."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def placement(request: pytest.FixtureRequest, database: str) -> Callable[[], Placement]:
    """Makes the row of where shops stand: the folder of SQLite files, or the cluster, with its pooler where one is."""
    if database == "sqlite":
        return lambda: Placement(id=SQLITE, kind="sqlite")
    admin_url = request.getfixturevalue("postgres").url
    pooled_url = request.getfixturevalue("pgbouncer").url if database == "pgbouncer" else admin_url
    return lambda: Placement(id=CLUSTER, kind="postgresql", pooled_url=pooled_url, admin_url=admin_url)


@pytest.fixture(scope="session")
def app(database: str, placement: Callable[[], Placement], tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An application whose shops stand on the database of this run."""
    with application(tmp_path_factory.mktemp(f"server-{database}"), placement()) as made:
        yield made


@contextlib.contextmanager
def application(folder: Path, placement: Placement) -> Iterator[App]:
    """An application with a control database of its own, as long as the block runs."""
    made = create_app(Config(data=folder, control_url=f"sqlite:///{folder}/control.db", limits_tries=False))
    with made.app_context():
        provisioning.prepare_control()
        with control_writing() as control:
            control.merge(placement)
    yield made
    made.extensions["aisales_engines"].dispose()


@pytest.fixture
def shop(app: App, database: str) -> Tenant:
    """A new empty shop at http://shop<n>.localhost."""
    with app.app_context():
        name = f"shop{next(_numbers)}"
        return provisioning.create_database(name, name, placement_id=SQLITE if database == "sqlite" else CLUSTER)


@pytest.fixture
def in_shop(app: App, shop: Tenant) -> Iterator[Tenant]:
    """The shop's scope with the system acting, at a fixed instant. Open reading() or writing() inside."""
    with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS):
        yield shop
