"""All shops are brought to the newest schema: one that fails keeps its own, a run that is cut short is resumed."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa

from fixtures.browser import Browser
from fixtures.waiting import wait_for
from server import migrations
from server.core import flags, tenant
from server.core.doors import App
from server.core.errors import Busy
from server.core.flags import Flag
from server.core.tenant import Placement, Tenant, TenantRow, all_tenants
from server.core.transaction import control_reading, reading, writing
from server.tenants import migration, opening, provisioning, schema
from tests.server.conftest import CLUSTER, SQLITE, application

SHOPS = 24
MARKED = "half way"
NEWER = f'''"""Three steps, of which the last fails in a shop that is marked."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{schema.head("tenant")}", None, None


def upgrade() -> None:
    op.create_table("added", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("flag", sa.Column("added", sa.Integer(), nullable=True))
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM flag WHERE subject_id = '{MARKED}'")):
        raise RuntimeError("{MARKED}")
'''


@pytest.fixture
def own(database: str, placement: Callable[[], Placement], tmp_path: Path) -> Iterator[App]:
    """An application whose shops are its own: a migration of all of them touches no other test's."""
    with application(tmp_path / "before", placement()) as made, made.app_context():
        yield made
        with control_reading() as control:
            shops = all_tenants(control)
        for shop in shops:
            provisioning.drop_database(shop)


@pytest.fixture
def shops(own: App, database: str, request: pytest.FixtureRequest) -> list[Tenant]:
    """Two shops of it, or as many as a test asks for."""
    place = SQLITE if database == "sqlite" else CLUSTER
    names = [f"shop{number}" for number in range(getattr(request, "param", 2))]
    return [provisioning.create_database(name, name, placement_id=place) for name in names]


@pytest.fixture
def newer(own: App, shops: list[Tenant], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The next release on the same shops: its tree has one revision more, and no shop has seen it yet."""
    trees = tmp_path / "trees"
    shutil.copytree(migrations.FOLDER, trees, ignore=shutil.ignore_patterns("__pycache__"))
    (trees / "tenant" / "versions" / "9999_newer.py").write_text(NEWER)
    monkeypatch.setattr(migrations, "FOLDER", trees)
    with application(own.extensions["aisales_config"].data, Placement(id=9, kind="sqlite")) as made:
        yield made


def test_a_second_run_does_nothing(own: App, newer: App, shops: list[Tenant]) -> None:
    first = migration.migrate_all()

    assert [(outcome.slug, outcome.revision, outcome.error) for outcome in first] == [
        (shop.slug, "9999", None) for shop in shops
    ]
    assert migration.migrate_all() == []


@pytest.mark.pooled
def test_a_migration_that_fails_half_way_is_rolled_back_and_holds_up_nobody(
    own: App, newer: App, shops: list[Tenant]
) -> None:
    marked, other = shops
    mark(own, marked)

    outcomes = {outcome.slug: outcome for outcome in migration.migrate_all()}

    assert outcomes[other.slug].error is None
    assert MARKED in (outcomes[marked.slug].error or "")
    assert row_of(marked).migration_error == outcomes[marked.slug].error
    assert (revision_in(marked), revision_in(other)) == (marked.schema_revision, "9999")
    assert not has_table(marked, "added")


def test_a_shop_whose_migration_failed_is_told_to_come_again_and_the_others_sell(
    own: App, newer: App, shops: list[Tenant]
) -> None:
    marked, other = shops
    mark(own, marked)
    migration.migrate_all()

    refused = Browser(newer, marked).get("/staff/me")
    served = Browser(newer, other).get("/staff/me")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert served.status_code == 401


def test_once_its_cause_is_mended_the_next_run_does_only_what_is_left(
    own: App, newer: App, shops: list[Tenant]
) -> None:
    marked, _ = shops
    mark(own, marked)
    migration.migrate_all()
    with tenant.tenant_scope(own, marked), writing() as session:
        session.execute(sa.update(Flag).values(subject_id="mended"))

    assert [outcome.slug for outcome in migration.migrate_all()] == [marked.slug]
    assert row_of(marked).migration_error is None
    assert Browser(newer, marked).get("/staff/me").status_code == 401


def test_the_release_before_serves_a_shop_that_has_the_next_schema_already(
    own: App, newer: App, shops: list[Tenant]
) -> None:
    migration.migrate_all()
    tenant.forget_remembered()

    shop = tenant.tenant_of_slug(shops[0].slug)
    with tenant.tenant_scope(own, shop), writing():
        flags.raise_flag("price_differs", "sale", "by the release before")
    with tenant.tenant_scope(own, shop), reading() as session:
        assert session.scalars(sa.select(Flag.subject_id)).all() == ["by the release before"]


def test_the_next_release_waits_for_the_schema_that_it_needs(newer: App, shops: list[Tenant]) -> None:
    with tenant.tenant_scope(newer, shops[0]), pytest.raises(Busy), reading():
        pass


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize("shops", [SHOPS], indirect=True)
def test_a_run_that_is_killed_is_resumed(newer: App, shops: list[Tenant]) -> None:
    run = get_context("fork").Process(target=migration.migrate_all, kwargs={"processes": 2})

    run.start()
    wait_for(lambda: any(revision_in(shop) == "9999" for shop in shops), what="the first shop")
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    run.join()
    resumed = migration.migrate_all(processes=2)

    assert [outcome for outcome in resumed if outcome.error] == []
    assert {revision_in(shop) for shop in shops} == {"9999"}
    assert {row_of(shop).schema_revision for shop in shops} == {"9999"}
    assert migration.migrate_all() == []


def mark(app: App, shop: Tenant) -> None:
    """Let the newer revision fail in this shop."""
    with tenant.tenant_scope(app, shop), writing():
        flags.raise_flag("price_differs", "sale", MARKED)


def row_of(shop: Tenant) -> TenantRow:
    with control_reading() as control:
        return control.get_one(TenantRow, shop.id)


def revision_in(shop: Tenant) -> str:
    """The revision that the database itself names."""
    with _engine(shop).connect() as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def has_table(shop: Tenant, name: str) -> bool:
    return sa.inspect(_engine(shop)).has_table(name)


def _engine(shop: Tenant) -> sa.Engine:
    with control_reading() as control:
        placement = control.get_one(Placement, shop.placement_id)
    return opening.migration_engine(migration.url_of(tenant.config(), row_of(shop), placement))
