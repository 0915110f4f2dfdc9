"""What the operator does with tenants: list, remove for thirty days, take that back, purge what is due."""

import sqlalchemy as sa

from server.core import clock, tenant
from server.core.errors import Trouble
from server.core.tenant import Placement, Tenant, TenantRow
from server.core.transaction import control_reading, control_writing
from server.tenants import provisioning

REMOVED_FOR_MS = 30 * 24 * 3600 * 1000
"""How long a removed tenant can be taken back before its database is dropped."""


class NotRemoved(Trouble):
    """This shop is not removed, or its thirty days are over."""

    status = 409
    code = "shop_not_removed"


def tenants() -> list[TenantRow]:
    """Every tenant's row, by slug, for the operator's eyes."""
    with control_reading() as control:
        return list(control.scalars(sa.select(TenantRow).order_by(TenantRow.slug)))


def remove(slug: str) -> None:
    """Close a shop; it can be taken back for thirty days. Safe to repeat. Raises UnknownTenant."""
    gone = tenant.tenant_of_slug(slug)
    with control_writing() as control:
        control.execute(
            sa.update(TenantRow)
            .where(TenantRow.id == gone.id, TenantRow.state != "deleting")
            .values(state="deleting", deleting_since=clock.now_ms())
        )
    tenant.forget_remembered()


def undo_remove(slug: str) -> None:
    """Open a removed shop again. Raises UnknownTenant, NotRemoved."""
    back = tenant.tenant_of_slug(slug)
    with control_writing() as control:
        row = control.get_one(TenantRow, back.id)
        if row.state != "deleting" or (row.deleting_since or 0) + REMOVED_FOR_MS < clock.now_ms():
            raise NotRemoved(params={"slug": slug})
        row.state, row.deleting_since = "active", None
    tenant.forget_remembered()


def purge_due() -> list[str]:
    """Drop the databases of shops that were removed more than thirty days ago; returns their slugs. Safe to repeat."""
    due = sa.select(TenantRow, Placement).join(Placement).where(TenantRow.state == "deleting")
    due = due.where(TenantRow.deleting_since < clock.now_ms() - REMOVED_FOR_MS)
    with control_reading() as control:
        gone: list[Tenant] = [tenant.as_value(*found) for found in control.execute(due).all()]
    for one in gone:
        provisioning.drop_database(one)
    return [one.slug for one in gone]
