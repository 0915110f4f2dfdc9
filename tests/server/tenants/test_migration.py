"""Revisions make what the models say; a tenant that fails keeps its schema, and the others go on."""

import pytest
import sqlalchemy as sa

from server.core import flags, tenant
from server.core.doors import App
from server.core.pool import open_raw
from server.core.tenant import Tenant, TenantRow
from server.core.transaction import control_reading, control_writing, writing
from server.tenants import migration, provisioning


def _engine(app: App, one: Tenant) -> sa.Engine:
    with app.app_context():
        return migration.migration_engine(migration._url_of(tenant.config(), one))


def test_the_revisions_make_exactly_what_the_models_say(app: App, shop: Tenant) -> None:
    with _engine(app, shop).connect() as connection:
        assert migration.differences(connection, "tenant") == []


def test_the_control_revisions_make_exactly_what_the_models_say(app: App) -> None:
    with app.app_context(), control_reading() as control:
        assert migration.differences(control.connection(), "control") == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_tables_without_a_rowid_stay_so(app: App, shop: Tenant) -> None:
    with _engine(app, shop).connect() as connection:
        (made,) = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'sale_line'").one()

    assert "WITHOUT ROWID" in made


def test_all_tenants_are_at_the_newest_revision_and_a_second_run_does_nothing(app: App, shop: Tenant) -> None:
    with app.app_context():
        migration.migrate_all(processes=1)
        assert migration.migrate_all(processes=1) == []
        with control_reading() as control:
            assert control.get_one(TenantRow, shop.id).schema_revision == migration.head("tenant")


def test_a_tenant_that_cannot_be_migrated_is_noted_and_holds_up_nobody(app: App, shop: Tenant) -> None:
    with app.app_context():
        broken = provisioning.create_database(f"{shop.slug}-broken", "Broken", placement_id=shop.placement_id)
        with control_writing() as control:
            control.execute(
                sa.update(TenantRow).where(TenantRow.id.in_([shop.id, broken.id])).values(schema_revision=None)
            )
        raw = open_raw(tenant.config(), broken)
        raw.execute("UPDATE alembic_version SET version_num = 'nowhere'")
        raw.commit()
        raw.close()

        outcomes = {outcome.slug: outcome for outcome in migration.migrate_all(processes=2)}
        with control_reading() as control:
            noted = control.get_one(TenantRow, broken.id).migration_error

    assert outcomes[shop.slug].error is None
    assert outcomes[broken.slug].error
    assert noted == outcomes[broken.slug].error
    with tenant.tenant_scope(app, shop), writing():
        flags.raise_flag("price_differs", "sale", "1")
    with app.app_context():
        provisioning.drop_database(broken)
