"""The life of a shop: made, removed for thirty days, taken back, purged; its schema migrated or left as it was."""

import pytest
import sqlalchemy as sa

from server.core import clock, flags, tenant
from server.core.doors import App
from server.core.errors import Trouble
from server.core.pool import sqlite_file
from server.core.tenant import Tenant, TenantRow, TenantUnavailable, UnknownTenant
from server.core.transaction import control_reading, control_writing, reading, writing
from server.tenants import operations, provisioning

DAY_MS = 86_400_000


def test_a_removed_shop_is_closed_and_can_be_taken_back_within_thirty_days(app: App, shop: Tenant) -> None:
    now = clock.now_ms()
    with app.app_context(), clock.frozen(now):
        operations.remove(shop.slug)
        operations.remove(shop.slug)

    answer = app.test_client().get("/api/v1/staff/me", headers={"Host": f"{shop.slug}.localhost"})
    assert answer.status_code == 403
    assert answer.json["code"] == TenantUnavailable.code
    with app.app_context(), clock.frozen(now + 29 * DAY_MS):
        operations.undo_remove(shop.slug)
        assert tenant.tenant_of_slug(shop.slug).state == "active"


def test_after_thirty_days_a_removed_shop_is_gone_for_good(app: App, shop: Tenant) -> None:
    now = clock.now_ms()
    with app.app_context(), clock.frozen(now):
        operations.remove(shop.slug)
        assert shop.slug not in operations.purge_due()

    with app.app_context(), clock.frozen(now + 31 * DAY_MS):
        with pytest.raises(operations.NotRemoved):
            operations.undo_remove(shop.slug)
        assert shop.slug in operations.purge_due()
        with pytest.raises(UnknownTenant):
            tenant.tenant_of_slug(shop.slug)
    assert not sqlite_file(app.extensions["aisales_config"], shop.id).exists()


def test_a_shop_that_was_not_removed_cannot_be_taken_back(app: App, shop: Tenant) -> None:
    with app.app_context(), pytest.raises(operations.NotRemoved):
        operations.undo_remove(shop.slug)


@pytest.mark.parametrize("slug", ["", "a", "Shop", "1shop", "shop-", "a" * 31, "mağaza", "a b", "../x"])
def test_a_short_name_that_cannot_stand_in_an_address_is_refused(app: App, slug: str) -> None:
    with app.app_context(), pytest.raises(operations.SlugNotValid):
        operations.create(slug, "Shop")


def test_a_taken_name_is_refused_and_a_half_made_shop_gives_its_name_back(app: App, shop: Tenant) -> None:
    with app.app_context():
        with pytest.raises(provisioning.SlugTaken):
            provisioning.create_database(shop.slug, "Again", placement_id=shop.placement_id)
        with control_writing() as control:
            control.execute(sa.update(TenantRow).where(TenantRow.id == shop.id).values(state="creating"))
        tenant.forget_remembered()

        again = provisioning.create_database(shop.slug, "Again", placement_id=shop.placement_id)

    assert again.id != shop.id
    with tenant.tenant_scope(app, again), writing():
        flags.raise_flag("price_differs", "sale", "1")
    with tenant.tenant_scope(app, again), reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(flags.Flag)) == 1


def test_the_control_database_lists_every_shop(app: App, shop: Tenant) -> None:
    with app.app_context(), control_reading():
        listed = {row.slug: row for row in operations.tenants()}

    assert listed[shop.slug].state == "active"
    assert listed[shop.slug].schema_revision


def test_trouble_has_a_status_and_a_code_of_its_own() -> None:
    codes = {kind.code for kind in (operations.NotRemoved, operations.SlugNotValid, provisioning.SlugTaken)}

    assert len(codes) == 3
    assert Trouble.code not in codes
