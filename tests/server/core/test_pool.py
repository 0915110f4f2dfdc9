"""Connections to PostgreSQL are few: idle ones make room, and where there is none the caller comes back."""

import contextlib
import dataclasses
from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

from fixtures.postgresql import PostgreSQL
from server.core import tenant
from server.core.config import Config
from server.core.doors import App
from server.core.errors import Busy
from server.core.pool import Engines
from server.core.tenant import Tenant
from server.core.transaction import reading, session
from server.staff.models import Person
from server.tenants import provisioning

PLACES = 3


@pytest.fixture
def narrow(app: App, database: str, shop: Tenant, postgres: PostgreSQL) -> Iterator[App]:
    """The application, whose user may open only three connections to PostgreSQL; SQLite knows no such limit."""
    before = app.extensions["aisales_engines"]
    with postgres.connect() as admin:
        admin.execute("DROP ROLE IF EXISTS narrow")
        admin.execute(f"CREATE ROLE narrow LOGIN CONNECTION LIMIT {PLACES} IN ROLE postgres")
    app.extensions["aisales_engines"] = Engines(Config(data=before.config.data, control_url=before.config.control_url))
    yield app
    app.extensions["aisales_engines"].dispose()
    app.extensions["aisales_engines"] = before


def look(app: App, shop: Tenant, postgres: PostgreSQL) -> None:
    """Read in a shop as the narrow user."""
    as_narrow = dataclasses.replace(shop, pooled_url=postgres.url.replace("postgres@", "narrow@"))
    with tenant.tenant_scope(app, as_narrow), reading():
        assert session().scalar(sa.select(Person.id)) is None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")
def test_idle_connections_of_other_shops_make_room(narrow: App, shops: list[Tenant], postgres: PostgreSQL) -> None:
    for shop in shops:
        look(narrow, shop, postgres)

    assert narrow.extensions["aisales_engines"].of(shops[0]).pool.status() == f"TenantPool idle={PLACES}"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True, scope="session")
def test_where_no_room_is_left_the_caller_comes_back(narrow: App, shops: list[Tenant], postgres: PostgreSQL) -> None:
    url = postgres.url.replace("postgres@", "narrow@").format(database="postgres")

    with contextlib.ExitStack() as held:
        for _ in range(PLACES):
            held.enter_context(psycopg.connect(url))
        with pytest.raises(Busy) as met:
            look(narrow, shops[0], postgres)
        assert met.value.headers["Retry-After"]

    look(narrow, shops[0], postgres)


@pytest.fixture(scope="module")
def shops(app: App, database: str) -> list[Tenant]:
    """More shops than places."""
    with app.app_context():
        return [provisioning.create_database(f"narrow{n}", f"narrow{n}", placement_id=2) for n in range(PLACES + 2)]
