"""What the operator does with tenants: create, list, remove for thirty days, take that back, purge what is due."""

import re
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from flask import Flask, current_app

from server.core import actor, clock, tenant
from server.core.errors import Trouble
from server.core.tenant import Placement, Tenant, TenantRow
from server.core.transaction import control_reading, control_writing, writing
from server.tenants import provisioning, setup

SLUG = re.compile(r"[a-z][a-z0-9-]{0,28}[a-z0-9]")

REMOVED_FOR_MS = 30 * 24 * 3600 * 1000
"""How long a removed tenant can be taken back before its database is dropped."""


class SlugNotValid(Trouble):
    """A short name has 2 to 30 lower-case letters, digits and hyphens, and begins with a letter."""

    code = "slug_not_valid"


class NotRemoved(Trouble):
    """This shop is not removed, or its thirty days are over."""

    status = 409
    code = "shop_not_removed"


@dataclass(frozen=True)
class Created:
    """A new empty shop, and the link at which its owner begins."""

    tenant: Tenant
    setup_link: str


def create(slug: str, name: str) -> Created:
    """Make an empty shop. Raises SlugTaken, SlugNotValid."""
    if not SLUG.fullmatch(slug):
        raise SlugNotValid(params={"slug": slug})
    made = provisioning.create_database(slug, name)
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    with tenant.tenant_scope(app, made), actor.acting(actor.SYSTEM), writing():
        link = setup.make_link(tenant.config().port)
    return Created(made, link)


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
