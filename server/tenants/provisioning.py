"""Making a tenant's database: a copy of a template that stands at the newest schema.

On SQLite the template is a file (`template.py`), on PostgreSQL a database that `CREATE DATABASE ... TEMPLATE` copies.
Both are made once for each revision, under a draft name first, so a crash leaves no half-made template.
"""

import dataclasses
import shutil
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from server.core import clock, tenant
from server.core.changes import GENERATION_SPAN
from server.core.db import db
from server.core.errors import Trouble
from server.core.ids import new_id
from server.core.pool import engines, sqlite_file
from server.core.tenant import Placement, Tenant, TenantHost, TenantRow
from server.core.transaction import control_noting, control_reading, control_writing
from server.tenants import opening, schema, template
from server.tenants.template import FIRST_GENERATION

DOMAINS = ("localhost",)
"""A new shop answers at `<slug>.<domain>`; further hosts are added by the operator."""

_TAKE = sa.insert(TenantRow)
_TAKE_HOST = sa.insert(TenantHost)
_OPEN = (
    sa.update(TenantRow)
    .where(TenantRow.id == sa.bindparam("made"))
    .values(state="active", schema_revision=sa.bindparam("revision"))
)
_EARLIER = (
    sa.select(Placement, TenantRow)
    .outerjoin(TenantRow, TenantRow.slug == sa.bindparam("of_slug"))
    .where(Placement.id == sa.bindparam("place"))
)


class SlugTaken(Trouble):
    """A shop of this name is there already."""

    status = 409
    code = "slug_taken"


def prepare_control() -> None:
    """Bring the control database to its newest schema and make the SQLite placement. Safe to repeat."""
    if db.engine.url.database and db.engine.dialect.name == "sqlite":
        Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    schema.upgrade_control()
    with control_writing() as control:
        if control.scalar(sa.select(Placement.id).limit(1)) is None:
            control.add(Placement(id=1, kind="sqlite"))


def create_database(slug: str, name: str, *, purpose: str = "live", placement_id: int = 1) -> Tenant:
    """Make a tenant with an empty database and its host. Raises SlugTaken.

    A crash in between leaves a row in state `creating`, which the next attempt with the same slug clears away.
    """
    claimed = _claim(slug, name, purpose, placement_id)
    revision = schema.head("tenant")
    if claimed.kind == "sqlite":
        file = sqlite_file(tenant.config(), claimed.id)
        template.write_copy(tenant.config().data / "templates" / f"{revision}.db", file, claimed.id)
    else:
        _copy_postgres(claimed)
    with control_writing() as control:
        control.connection().execute(_OPEN, {"made": claimed.id, "revision": revision})
    tenant.forget_remembered()
    return dataclasses.replace(claimed, state="active", schema_revision=revision)


def drop_database(gone: Tenant) -> None:
    """Remove a tenant's database and files for good. Safe to repeat."""
    engines().forget(gone)
    shutil.rmtree(sqlite_file(tenant.config(), gone.id).parent, ignore_errors=True)
    if gone.kind == "postgresql":
        with _admin(_placement(gone.placement_id)) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(gone.database)))
    with control_writing() as control:
        control.execute(sa.delete(TenantHost).where(TenantHost.tenant_id == gone.id))
        control.execute(sa.delete(TenantRow).where(TenantRow.id == gone.id))
    tenant.forget_remembered()


def _claim(slug: str, name: str, purpose: str, placement_id: int) -> Tenant:
    with control_reading() as control:
        placement, earlier = control.execute(_EARLIER, {"of_slug": slug, "place": placement_id}).one()
    if earlier is not None:
        if earlier.state != "creating":
            raise SlugTaken(params={"slug": slug})
        drop_database(_value(earlier))
    tenant_id = new_id()
    values = {
        "id": tenant_id,
        "slug": slug,
        "name": name,
        "state": "creating",
        "purpose": purpose,
        "placement_id": placement_id,
        "database": f"t_{tenant_id.hex}",
        "generation": FIRST_GENERATION,
        "last_active_at": clock.now_ms(),
    }
    hosts = [{"host": f"{slug}.{domain}", "tenant_id": tenant_id} for domain in DOMAINS]
    with control_noting() as control:
        control.connection().execute(_TAKE, values)
        control.connection().execute(_TAKE_HOST, hosts)
    return tenant.as_value(TenantRow(**values), placement)


def _value(row: TenantRow) -> Tenant:
    return tenant.as_value(row, _placement(row.placement_id))


def _placement(placement_id: int) -> Placement:
    with control_reading() as control:
        return control.get_one(Placement, placement_id)


def _copy_postgres(made: Tenant) -> None:
    placement = _placement(made.placement_id)
    source = f"template_{schema.head('tenant')}"
    with _admin(placement) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (source,)).fetchone() is None:
            _build_postgres(admin, placement, source)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG")
        admin.execute(copy.format(sql.Identifier(made.database), sql.Identifier(source)))
    with psycopg.connect(placement.admin_url.format(database=made.database)) as raw:
        raw.execute("INSERT INTO tenant_identity VALUES (%s, %s)", (made.id, made.generation))
        raw.execute("INSERT INTO change_sequence VALUES (1, %s, 0)", (made.generation * GENERATION_SPAN,))


def _build_postgres(admin: psycopg.Connection, placement: Placement, name: str) -> None:
    draft = f"draft_{new_id().hex}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    admin.execute(make.format(sql.Identifier(draft)))
    schema.migrate_new(opening.admin_url(placement, draft))
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))


def _admin(placement: Placement) -> psycopg.Connection:
    return psycopg.connect(placement.admin_url.format(database="postgres"), autocommit=True)
