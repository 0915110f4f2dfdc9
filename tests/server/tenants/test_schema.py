"""Revisions make what the models say, and their files tell their order."""

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from server import migrations
from server.core import tenant
from server.core.doors import App
from server.core.tenant import Placement, Tenant, TenantRow
from server.core.transaction import control_reading
from server.tenants import migration, opening, schema


def engine_of(app: App, shop: Tenant) -> sa.Engine:
    with app.app_context(), control_reading() as control:
        row, placement = control.get_one(TenantRow, shop.id), control.get_one(Placement, shop.placement_id)
        return opening.migration_engine(migration.url_of(tenant.config(), row, placement))


def test_the_revisions_make_exactly_what_the_models_say(app: App, shop: Tenant) -> None:
    with engine_of(app, shop).connect() as connection:
        assert schema.differences(connection, "tenant") == []


def test_the_control_revisions_make_exactly_what_the_models_say(app: App) -> None:
    with app.app_context(), control_reading() as control:
        assert schema.differences(control.connection(), "control") == []


@pytest.mark.parametrize("tree", ["control", "tenant"])
def test_the_names_of_the_files_tell_the_revisions_in_their_order(tree: migrations.Tree) -> None:
    walked = [script.revision for script in ScriptDirectory(str(migrations.FOLDER / tree)).walk_revisions()]

    assert list(migrations.revisions(tree)) == walked[::-1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_tables_without_a_rowid_stay_so(app: App, shop: Tenant) -> None:
    with engine_of(app, shop).connect() as connection:
        (made,) = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'sale_line'").one()

    assert "WITHOUT ROWID" in made
