"""Making a tenant's database: a copy of a template that stands at the newest schema.

On SQLite the template is a checkpointed file, on PostgreSQL a database that `CREATE DATABASE ... TEMPLATE` copies.
Both are made once for each revision, under a draft name first, so a crash leaves no half-made template.
"""

import contextlib
import dataclasses
import os
import shutil
import sqlite3
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from server.core import clock, tenant
from server.core.changes import GENERATION_SPAN
from server.core.config import Config
from server.core.db import db
from server.core.errors import Trouble
from server.core.ids import new_id
from server.core.pool import engines, sqlite_file
from server.core.tenant import Placement, Tenant, TenantHost, TenantRow
from server.core.transaction import control_noting, control_reading, control_writing
from server.tenants import schema

DOMAINS = ("localhost",)
"""A new shop answers at `<slug>.<domain>`; further hosts are added by the operator."""


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
    _copy_sqlite(tenant.config(), claimed) if claimed.kind == "sqlite" else _copy_postgres(claimed)
    revision = schema.head("tenant")
    with control_writing() as control:
        values = {"state": "active", "schema_revision": revision}
        control.execute(sa.update(TenantRow).where(TenantRow.id == claimed.id).values(**values))
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
        earlier = control.scalar(sa.select(TenantRow).where(TenantRow.slug == slug))
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
        "generation": 1,
        "last_active_at": clock.now_ms(),
    }
    hosts = [{"host": f"{slug}.{domain}", "tenant_id": tenant_id} for domain in DOMAINS]
    with control_noting() as control:
        control.execute(sa.insert(TenantRow).values(values))
        control.execute(sa.insert(TenantHost).values(hosts))
        return tenant.as_value(control.get_one(TenantRow, tenant_id), control.get_one(Placement, placement_id))


def _value(row: TenantRow) -> Tenant:
    return tenant.as_value(row, _placement(row.placement_id))


def _placement(placement_id: int) -> Placement:
    with control_reading() as control:
        return control.get_one(Placement, placement_id)


def _copy_sqlite(config: Config, made: Tenant) -> None:
    template = config.data / "templates" / f"{schema.head('tenant')}.db"
    if not template.exists():
        _build_sqlite(template)
    target = sqlite_file(config, made.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, target)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("BEGIN")
        raw.execute("INSERT INTO tenant_identity VALUES (?, ?)", (made.id.bytes, made.generation))
        raw.execute("INSERT INTO change_sequence VALUES (1, ?, 0)", (made.generation * GENERATION_SPAN,))
        raw.execute("COMMIT")
    _flush(target)


def _build_sqlite(template: Path) -> None:
    template.parent.mkdir(parents=True, exist_ok=True)
    draft = template.with_suffix(f".{new_id().hex}")
    _migrate_new(f"sqlite:///{draft}")
    with contextlib.closing(sqlite3.connect(draft)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")  # kept in the file: no copy has to change its mode at its first request
    draft.replace(template)


def _flush(file: Path) -> None:
    """Bring a new file and its place in the folders to the disk: one journal entry of the file system, as a rule."""
    for path in (file, file.parent, file.parent.parent):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _copy_postgres(made: Tenant) -> None:
    placement = _placement(made.placement_id)
    template = f"template_{schema.head('tenant')}"
    with _admin(placement) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone() is None:
            _build_postgres(admin, placement, template)
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG")
        admin.execute(copy.format(sql.Identifier(made.database), sql.Identifier(template)))
    with psycopg.connect(placement.admin_url.format(database=made.database)) as raw:
        raw.execute("INSERT INTO tenant_identity VALUES (%s, %s)", (made.id, made.generation))
        raw.execute("INSERT INTO change_sequence VALUES (1, %s, 0)", (made.generation * GENERATION_SPAN,))


def _build_postgres(admin: psycopg.Connection, placement: Placement, template: str) -> None:
    draft = f"draft_{new_id().hex}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    admin.execute(make.format(sql.Identifier(draft)))
    _migrate_new(schema.admin_url(placement, draft))
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def _migrate_new(url: sa.URL | str) -> None:
    engine = schema.migration_engine(url)
    with engine.begin() as connection:
        schema.upgrade(connection, "tenant")
    engine.dispose()


def _admin(placement: Placement) -> psycopg.Connection:
    return psycopg.connect(placement.admin_url.format(database="postgres"), autocommit=True)
