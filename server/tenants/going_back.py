"""A shop put back to an earlier state under its own name, while its terminals want to go on selling.

Its generation rises: terminals start again from a snapshot and send what the earlier state lacks out of their own logs,
no number of the change sequence means two things, and new leases count in series that nobody has used. In between
the shop is `moving`: what comes gets 503 and comes again. Another process that still has the old state in mind cannot
write into it: the first step raises the generation in the database itself, and every transaction looks at it.
May be killed at any line; the same command again ends it.
"""

import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from psycopg import sql

from server.core import clock, tenant
from server.core.changes import GENERATION_SPAN
from server.core.errors import Trouble
from server.core.pool import engines, sqlite_file
from server.core.tenant import ACCEPTS_PUSH, Placement, Tenant, TenantRow
from server.core.transaction import control_reading, control_writing
from server.tenants import backup, migration

WAIT_S = 30.0
"""How long running transactions may take before the shop is taken from them."""

log = structlog.get_logger()


class NotItsBackup(Trouble):
    """This backup was written of another shop."""

    code = "not_its_backup"


def go_back(file: Path, slug: str) -> Tenant:
    """Put a shop back to what a backup of it holds. Raises UnknownTenant, NotABackup, NotItsBackup, OtherDatabase.

    What happened since is gone from the server; each terminal brings its own part of it back.
    """
    tenant.forget_remembered()
    shop = tenant.tenant_of_slug(slug)
    with tempfile.TemporaryDirectory(dir=tenant.config().data) as scratch:
        about = backup.unpack(file, Path(scratch))
        if about["kind"] != shop.kind:
            raise backup.OtherDatabase(params={"kind": about["kind"]})
        if about["tenant_id"] != str(shop.id):
            raise NotItsBackup(params={"slug": about["slug"]})
        generation = max(shop.generation, int(about["generation"])) + 1
        database = _prepare(shop, Path(scratch) / "database", generation)
        _set(shop, state="moving")
        _take_over(shop, Path(scratch) / "database", generation)
        backup.put_files(shop, Path(scratch) / "files")
    opened = shop.state if shop.state in ACCEPTS_PUSH else "active"
    revision = about["schema_revision"]
    _set(shop, state=opened, database=database, generation=generation, schema_revision=revision)
    _drop_others(shop, database)
    migration.migrate_all(processes=1)
    return tenant.tenant_of_id(shop.id)


def _set(shop: Tenant, **values: Any) -> None:
    engines().forget(shop)
    with control_writing() as control:
        control.execute(sa.update(TenantRow).where(TenantRow.id == shop.id).values(**values))
    tenant.forget_remembered()


def _prepare(shop: Tenant, earlier: Path, generation: int) -> str:
    """Make the earlier state ready while the shop still sells; returns the name of its database."""
    start = generation * GENERATION_SPAN
    if shop.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(earlier)) as source, source:
            source.execute("UPDATE tenant_identity SET generation = ?", (generation,))
            source.execute("UPDATE change_sequence SET seq = ?, kept_from = ?", (start, start))
        return shop.database
    database = f"t_{shop.id.hex}_{generation}"
    place = _placement(shop)
    with _admin(place) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        admin.execute(make.format(sql.Identifier(database)))
    url = place.admin_url.format(database=database)
    backup.fill_postgres(url, earlier)
    with psycopg.connect(url) as raw:
        raw.execute("UPDATE tenant_identity SET generation = %s", (generation,))
        raw.execute("UPDATE change_sequence SET seq = %s, kept_from = %s", (start, start))
    return database


def _take_over(shop: Tenant, earlier: Path, generation: int) -> None:
    """Let nobody write into the state of today any more, and on SQLite put the earlier one into its place."""
    if shop.kind == "postgresql":
        today = _placement(shop).admin_url.format(database=shop.database)
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(today) as raw:
            raw.execute("UPDATE tenant_identity SET generation = %s", (generation,))
        return
    live = sqlite_file(tenant.config(), shop.id)
    try:
        _copy_over(live, earlier, generation)
    except sqlite3.DatabaseError as error:
        if _is_locked(error):
            raise
        log.error("database_damaged", tenant=shop.slug, error=repr(error))
        _put_aside(live)
        shutil.copyfile(earlier, live)


def _copy_over(live: Path, earlier: Path, generation: int) -> None:
    """Copy into the file that is there, in one transaction of SQLite's own: who has it open sees it whole."""
    with (
        contextlib.closing(sqlite3.connect(live, timeout=WAIT_S)) as target,
        contextlib.closing(sqlite3.connect(earlier)) as source,
    ):
        target.execute("PRAGMA synchronous=FULL")
        with target:
            target.execute("UPDATE tenant_identity SET generation = ?", (generation,))
        source.backup(target)


def _is_locked(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _put_aside(live: Path) -> None:
    """A file that SQLite cannot read is kept for whoever wants to look into it."""
    for suffix in ("", "-wal", "-shm"):
        part = live.with_name(live.name + suffix)
        if part.exists():
            part.rename(part.with_name(f"damaged-{clock.now_ms()}-{part.name}"))


def _drop_others(shop: Tenant, database: str) -> None:
    """What the shop leaves behind, this time or when this was cut off earlier."""
    if shop.kind == "sqlite":
        return
    with _admin(_placement(shop)) as admin:
        named = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"t_{shop.id.hex}",))
        for (name,) in named.fetchall():
            if name != database:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _placement(shop: Tenant) -> Placement:
    with control_reading() as control:
        return control.get_one(Placement, shop.placement_id)


def _admin(place: Placement) -> psycopg.Connection:
    return psycopg.connect(place.admin_url.format(database="postgres"), autocommit=True)
