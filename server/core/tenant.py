"""Tenants: the control database's tables, and the scope in which everything of a business happens.

A request, a job, a bridge message or a command chooses its tenant once, from the authenticated channel (host, topic,
job argument), never from a payload. A context serves one tenant; without one, every query raises `NoTenant`.
"""

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, current_app, g
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.core import clock
from server.core.config import Config
from server.core.db import ControlModel, Id, UtcMs, WrongTenant, db
from server.core.errors import Busy, Trouble

SEEN_FOR_MS = 2_000
"""How long a host's tenant is remembered before the control database is asked again."""

ACCEPTS_PUSH = frozenset({"active", "read_only", "suspended"})
"""States in which a terminal's facts are booked: a suspended shop goes on selling."""

WAITS = frozenset({"creating", "moving"})


class TenantRow(ControlModel):
    """One customer of the SaaS and where its database stands."""

    __tablename__ = "tenant"
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    state: Mapped[str] = mapped_column(sa.String(16))
    purpose: Mapped[str] = mapped_column(sa.String(16))
    placement_id: Mapped[int] = mapped_column(sa.ForeignKey("placement.id"))
    database: Mapped[str] = mapped_column(sa.String(80), unique=True)
    generation: Mapped[int] = mapped_column(default=1)
    schema_revision: Mapped[str | None] = mapped_column(sa.String(40))
    migration_error: Mapped[str | None] = mapped_column(sa.Text)
    last_active_at: Mapped[int | None] = mapped_column(UtcMs, index=True)
    deleting_since: Mapped[int | None] = mapped_column(UtcMs)


class TenantHost(ControlModel):
    """A host name (without port, lower case) that leads to a tenant."""

    __tablename__ = "tenant_host"
    host: Mapped[str] = mapped_column(sa.String(253), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("tenant.id"), index=True)


class Placement(ControlModel):
    """Where databases may stand: the folder of SQLite files, or a PostgreSQL cluster.

    `pooled_url` serves requests and `admin_url` makes and drops databases; both hold `{database}` on PostgreSQL and
    are empty for SQLite.
    """

    __tablename__ = "placement"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    pooled_url: Mapped[str] = mapped_column(sa.Text, default="")
    admin_url: Mapped[str] = mapped_column(sa.Text, default="")


class Operator(ControlModel):
    """A person who runs the service itself, not one of a tenant's people."""

    __tablename__ = "operator"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.Text)


@dataclass(frozen=True)
class Tenant:
    """What a request needs to know of a tenant. `generation` rises when its database is restored or moved."""

    id: uuid.UUID
    slug: str
    name: str
    state: str
    purpose: str
    database: str
    generation: int
    placement_id: int
    kind: str
    pooled_url: str
    schema_revision: str | None


# The look-ups are built once: each request of a shop that was not asked for lately needs one.
_VALUES = sa.select(
    TenantRow.id,
    TenantRow.slug,
    TenantRow.name,
    TenantRow.state,
    TenantRow.purpose,
    TenantRow.database,
    TenantRow.generation,
    TenantRow.placement_id,
    TenantRow.schema_revision,
    Placement.kind,
    Placement.pooled_url,
).join(Placement, Placement.id == TenantRow.placement_id)
_VALUE: sa.BindParameter[object] = sa.bindparam("value")
_OF = {
    "host": _VALUES.join(TenantHost, TenantHost.tenant_id == TenantRow.id).where(TenantHost.host == _VALUE),
    "slug": _VALUES.where(TenantRow.slug == _VALUE),
    "id": _VALUES.where(TenantRow.id == _VALUE),
}
_OF_IDS = _VALUES.where(TenantRow.id.in_(sa.bindparam("ids", expanding=True)))
_ALL = _VALUES.where(TenantRow.state != "creating").order_by(TenantRow.slug)


@dataclass(frozen=True)
class Seen:
    """A tenant that was looked up, and by what: a value that got under another key is not believed."""

    key: tuple[str, object]
    at_ms: float
    tenant: Tenant


class NoTenant(RuntimeError):
    """Business data was asked for outside any tenant's scope: a mistake of ours."""


class UnknownTenant(Trouble):
    """No shop answers at this address."""

    status = 404
    code = "unknown_shop"


class TenantUnavailable(Trouble):
    """This shop is closed here."""

    status = 403
    code = "shop_unavailable"


def current() -> Tenant:
    """The tenant in force. Raises NoTenant outside a scope."""
    tenant = g.get("tenant") if g else None
    if tenant is None:
        raise NoTenant("no tenant in force")
    return tenant  # type: ignore[no-any-return]


def choose(tenant: Tenant) -> None:
    """Put a tenant in force for the rest of this app context. Raises WrongTenant when another one already is."""
    already = g.get("tenant")
    if already is not None and already.id != tenant.id:
        raise WrongTenant(f"this context serves {already.slug}, not {tenant.slug}")
    g.tenant = tenant


@contextlib.contextmanager
def tenant_scope(app: Flask, tenant: Tenant) -> Iterator[Tenant]:
    """A context of its own for one tenant: jobs, the bridge, commands, tests."""
    with app.app_context():
        choose(tenant)
        yield tenant


def require_schema(tenant: Tenant) -> None:
    """Refuse a database that stands at an older revision than this code needs; a newer one is served, because a
    revision only adds to what the code before it uses. Raises Busy."""
    older: frozenset[str] = current_app.extensions["aisales_older_revisions"]
    if tenant.schema_revision is None or tenant.schema_revision in older:
        raise Busy("the shop's database waits for its newer schema", retry_after_s=30)


def tenant_of_host(host: str) -> Tenant:
    """The tenant that answers at a host name. Raises UnknownTenant."""
    name = host.rsplit(":", 1)[0].lower() if not host.endswith("]") else host
    return _remembered(("host", name))


def tenant_of_slug(slug: str) -> Tenant:
    """The tenant of that slug. Raises UnknownTenant."""
    return _remembered(("slug", slug))


def tenant_of_id(tenant_id: uuid.UUID) -> Tenant:
    """The tenant of that id. Raises UnknownTenant."""
    return _remembered(("id", tenant_id))


def tenants_of_ids(ids: Sequence[uuid.UUID]) -> list[Tenant]:
    """The tenants of those ids in one query, in their order; unknown ones are left out."""
    with db.engine.connect() as control:
        found = {row.id: Tenant(**row._mapping) for row in control.execute(_OF_IDS, {"ids": ids})}
    return [found[tenant_id] for tenant_id in ids if tenant_id in found]


def forget_remembered() -> None:
    """Ask the control database again at the next look-up: after a change of a tenant's row in this process."""
    current_app.extensions["tenants_seen"].clear()


def _remembered(key: tuple[str, object]) -> Tenant:
    seen: dict[tuple[str, object], Seen] = current_app.extensions["tenants_seen"]
    hit = seen.get(key)
    now = clock.monotonic_s() * 1000
    if hit is not None and hit.key == key and now - hit.at_ms < SEEN_FOR_MS:
        return hit.tenant
    tenant = _load(*key)
    seen[key] = Seen(key, now, tenant)
    return tenant


def _load(by: str, value: object) -> Tenant:
    with db.engine.connect() as control:
        found = control.execute(_OF[by], {"value": value}).first()
    if found is None:
        raise UnknownTenant
    return Tenant(**found._mapping)


def as_value(row: TenantRow, placement: Placement) -> Tenant:
    """The value of a tenant's rows."""
    return Tenant(
        id=row.id,
        slug=row.slug,
        name=row.name,
        state=row.state,
        purpose=row.purpose,
        database=row.database,
        generation=row.generation,
        placement_id=placement.id,
        kind=placement.kind,
        pooled_url=placement.pooled_url,
        schema_revision=row.schema_revision,
    )


def all_tenants(control: Session) -> list[Tenant]:
    """Every tenant that has a database. Only the migration runner and the outbox's slow sweep may walk this list."""
    return [Tenant(**row._mapping) for row in control.connection().execute(_ALL)]


def config() -> Config:
    """The settings of the running app."""
    return current_app.extensions["aisales_config"]  # type: ignore[no-any-return]
