"""Walls between tenants: no scope, no query; a context serves one; a wrong file or a restored copy fails closed."""

import contextlib
import dataclasses
import shutil
import sqlite3

import pytest
import sqlalchemy as sa

from server.core import changes, flags, pool, tenant, transaction
from server.core.db import WrongTenant, db
from server.core.doors import App
from server.core.flags import Flag
from server.core.pool import sqlite_file
from server.core.tenant import NoTenant, Tenant, TenantRow, UnknownTenant
from server.tenants import provisioning

pytestmark = pytest.mark.pooled


@pytest.fixture
def other(app: App, shop: Tenant) -> Tenant:
    """A second shop on the same placement."""
    with app.app_context():
        return provisioning.create_database(f"{shop.slug}-other", "Other", placement_id=shop.placement_id)


def test_a_query_without_a_tenant_is_refused(app: App) -> None:
    with app.app_context(), pytest.raises(NoTenant), transaction.reading():
        pass


def test_a_context_serves_one_tenant(app: App, shop: Tenant, other: Tenant) -> None:
    with tenant.tenant_scope(app, shop), pytest.raises(WrongTenant):
        tenant.choose(other)


def test_what_one_shop_writes_another_never_sees(app: App, shop: Tenant, other: Tenant) -> None:
    with tenant.tenant_scope(app, shop), transaction.writing():
        flags.raise_flag("price_differs", "sale", "canary")

    with tenant.tenant_scope(app, other), transaction.reading() as session:
        assert session.scalars(sa.select(Flag.subject_id)).all() == []
    with tenant.tenant_scope(app, shop), transaction.reading() as session:
        assert session.scalars(sa.select(Flag.subject_id)).all() == ["canary"]


def test_scopes_that_take_turns_keep_their_databases_apart(app: App, shop: Tenant, other: Tenant) -> None:
    for number in range(10):
        for one in (shop, other):
            with tenant.tenant_scope(app, one), transaction.writing():
                flags.raise_flag("price_differs", one.slug, str(number))

    for one in (shop, other):
        with tenant.tenant_scope(app, one), transaction.reading() as session:
            assert set(session.scalars(sa.select(Flag.subject_kind))) == {one.slug}


def test_a_statement_over_both_databases_is_refused(in_shop: Tenant) -> None:
    both = sa.select(Flag.id).join(TenantRow, TenantRow.id == Flag.id)

    with transaction.reading() as session, pytest.raises((WrongTenant, sa.exc.DBAPIError)):
        session.execute(both)


def test_a_raw_statement_that_names_no_table_is_refused(in_shop: Tenant) -> None:
    with transaction.reading() as session, pytest.raises(WrongTenant):
        session.execute(sa.text("SELECT 1"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_a_file_under_a_wrong_name_fails_closed(app: App, shop: Tenant, other: Tenant) -> None:
    config = app.extensions["aisales_config"]
    source = sqlite3.connect(sqlite_file(config, other.id))
    source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    shutil.copyfile(sqlite_file(config, other.id), sqlite_file(config, shop.id))

    with tenant.tenant_scope(app, shop), pytest.raises(WrongTenant), transaction.reading():
        pass


def test_a_stale_placement_fails_closed(app: App, shop: Tenant) -> None:
    stale = dataclasses.replace(shop, generation=shop.generation + 1)

    with tenant.tenant_scope(app, stale), pytest.raises(WrongTenant), transaction.reading():
        pass


@pytest.mark.parametrize("database", ["postgresql", "pgbouncer"], indirect=True, scope="session")
def test_a_placement_that_leads_to_another_shops_database_fails_closed(app: App, shop: Tenant, other: Tenant) -> None:
    astray = dataclasses.replace(shop, database=other.database)

    with tenant.tenant_scope(app, astray), pytest.raises(WrongTenant), transaction.reading():
        pass


def test_a_copy_that_was_put_back_by_hand_fails_closed(app: App, shop: Tenant) -> None:
    """It names the generation that it was taken from, and the control database says that the shop has gone on."""
    with app.app_context():
        pool.engines().forget(shop)
        with transaction.control_writing() as control:
            control.execute(sa.update(TenantRow).where(TenantRow.id == shop.id).values(generation=2))
        tenant.forget_remembered()

    answer = app.test_client().get("/api/v1/staff/me", headers={"Host": f"{shop.slug}.localhost"})

    assert (answer.status_code, answer.json["code"]) == (500, "mistake")


def test_an_unknown_host_answers_nothing(app: App) -> None:
    with app.app_context(), pytest.raises(UnknownTenant):
        tenant.tenant_of_host("nobody.localhost:8000")


def test_a_host_leads_to_its_shop_whatever_the_port_and_case(app: App, shop: Tenant) -> None:
    with app.app_context():
        assert tenant.tenant_of_host(f"{shop.slug.upper()}.localhost:8123").id == shop.id


def test_reference_numbers_start_at_the_generation(in_shop: Tenant) -> None:
    with transaction.writing():
        assert changes.take() == in_shop.generation * changes.GENERATION_SPAN + 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_idle_connections_of_many_tenants_stay_within_their_limit(app: App, database: str) -> None:
    with app.app_context():
        shops = [provisioning.create_database(f"idle{number}", "Idle") for number in range(6)]
    own = app.extensions["aisales_engines"].of(shops[0]).pool
    before, own.idle_at_most = own.idle_at_most, 3
    try:
        for one in shops:
            with tenant.tenant_scope(app, one), transaction.reading():
                assert changes.head() > 0
            assert own._count <= 3
    finally:
        own.idle_at_most = before


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_one_shop_that_floods_leaves_the_idle_connections_of_the_others(app: App, shop: Tenant, other: Tenant) -> None:
    engine = app.extensions["aisales_engines"].of(shop)
    with tenant.tenant_scope(app, other), transaction.reading():
        pass
    with tenant.tenant_scope(app, shop), contextlib.ExitStack() as flood:
        for _ in range(pool.IDLE_OF_ONE_AT_MOST + 8):
            flood.enter_context(engine.connect())

    idle = engine.pool._idle
    assert len(idle[shop.id]) == pool.IDLE_OF_ONE_AT_MOST
    assert len(idle[other.id]) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_the_caches_of_all_shops_together_have_one_limit(app: App, shop: Tenant) -> None:
    raw = pool.open_raw(app.extensions["aisales_config"], shop)

    assert raw.execute("PRAGMA soft_heap_limit").fetchone() == (pool.HEAP_BYTES,)
    raw.close()


def test_the_control_database_is_reached_only_by_its_own_doors(app: App) -> None:
    with app.app_context(), transaction.control_reading() as control:
        assert control.get_bind() is db.engine
