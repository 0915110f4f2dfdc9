"""One shop in one file, written while it sells, and a shop made out of such a file.

The file is a zstd-compressed tar: `backup.json` (what it is), `database` (an SQLite file or a `pg_dump` archive, each a
consistent moment) and `files/` (uploads). A restored shop has an id and a generation of its own, so nothing of it is
mistaken for the shop that it was copied from, and no number of the change sequence ever means two things.
"""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import sqlalchemy as sa
import zstandard

from server.core import clock, tenant
from server.core.changes import GENERATION_SPAN
from server.core.errors import Trouble
from server.core.pool import sqlite_file
from server.core.tenant import Placement, Tenant, TenantRow
from server.core.transaction import control_reading, control_writing
from server.tenants import migration, provisioning

FORMAT = 1
LEVEL = 6


class NotABackup(Trouble):
    """This file is no backup of a shop, or it is damaged."""

    code = "not_a_backup"


class OtherDatabase(Trouble):
    """This backup is of another kind of database than the place it shall go to."""

    code = "other_database"


def write(slug: str, target: Path) -> dict[str, Any]:
    """Write a shop's backup to `target`, under a draft name until it is whole. Raises UnknownTenant."""
    source = tenant.tenant_of_slug(slug)
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as scratch:
        database = Path(scratch) / "database"
        _copy_out(source, database)
        about = _about(source)
        (Path(scratch) / "backup.json").write_text(json.dumps(about))
        draft = Path(scratch) / "draft"
        with _writing(draft) as archive:
            archive.add(Path(scratch) / "backup.json", "backup.json")
            archive.add(database, "database")
            files = sqlite_file(tenant.config(), source.id).parent / "files"
            if files.exists():
                archive.add(files, "files")
        draft.replace(target)
    return about


def restore(file: Path, slug: str, *, name: str | None = None, placement_id: int | None = None) -> Tenant:
    """Make a new shop out of a backup. Raises SlugTaken, NotABackup, OtherDatabase.

    Its generation is one above the backup's, so terminals start again from a snapshot and send what the copy lacks.
    """
    with tempfile.TemporaryDirectory(dir=tenant.config().data) as scratch:
        about = unpack(file, Path(scratch))
        place = placement_id or _placement_for(about["kind"])
        made = provisioning.create_database(slug, name or about["name"], purpose=about["purpose"], placement_id=place)
        if made.kind != about["kind"]:
            provisioning.drop_database(made)
            raise OtherDatabase(params={"kind": about["kind"]})
        generation = int(about["generation"]) + 1
        _copy_in(made, Path(scratch) / "database", generation)
        put_files(made, Path(scratch) / "files")
    with control_writing() as control:
        values = {"generation": generation, "schema_revision": about["schema_revision"]}
        control.execute(sa.update(TenantRow).where(TenantRow.id == made.id).values(**values))
    tenant.forget_remembered()
    migration.migrate_all(processes=1)
    return tenant.tenant_of_id(made.id)


def _about(source: Tenant) -> dict[str, Any]:
    with control_reading() as control:
        row = control.get_one(TenantRow, source.id)
    return {
        "format": FORMAT,
        "tenant_id": str(source.id),
        "slug": source.slug,
        "name": source.name,
        "purpose": source.purpose,
        "kind": source.kind,
        "generation": source.generation,
        "schema_revision": row.schema_revision,
        "written_at": clock.now_ms(),
    }


def _copy_out(source: Tenant, target: Path) -> None:
    if source.kind == "sqlite":
        with _sqlite(sqlite_file(tenant.config(), source.id)) as original, _sqlite(target) as copy:
            original.backup(copy)
        return
    url = _admin(source).admin_url.format(database=source.database)
    _run([_program("pg_dump"), "-Fc", "--no-owner", "-f", str(target), url])


def _copy_in(made: Tenant, database: Path, generation: int) -> None:
    provisioning.engines().forget(made)
    start = generation * GENERATION_SPAN
    if made.kind == "sqlite":
        target = sqlite_file(tenant.config(), made.id)
        shutil.copyfile(database, target)
        with _sqlite(target) as raw, raw:
            raw.execute("UPDATE tenant_identity SET tenant_id = ?, generation = ?", (made.id.bytes, generation))
            raw.execute("UPDATE change_sequence SET seq = ?, kept_from = ?", (start, start))
        return
    url = _admin(made).admin_url.format(database=made.database)
    fill_postgres(url, database, "--clean", "--if-exists")
    with psycopg.connect(url) as raw_pg:
        raw_pg.execute("UPDATE tenant_identity SET tenant_id = %s, generation = %s", (made.id, generation))
        raw_pg.execute("UPDATE change_sequence SET seq = %s, kept_from = %s", (start, start))


def fill_postgres(url: str, archive: Path, *options: str) -> None:
    """Read a `pg_dump` archive into a database. Raises NotABackup, OtherDatabase."""
    _run([_program("pg_restore"), *options, "--no-owner", "--exit-on-error", "-d", url, str(archive)])


def put_files(made: Tenant, files: Path) -> None:
    """Put a backup's uploads beside a shop's database."""
    if files.exists():
        shutil.copytree(files, sqlite_file(tenant.config(), made.id).parent / "files", dirs_exist_ok=True)


def unpack(file: Path, scratch: Path) -> dict[str, Any]:
    """Lay a backup's parts into `scratch` and tell what it is. Raises NotABackup when it is none or is damaged."""
    try:
        with (
            open(file, "rb") as raw,
            zstandard.ZstdDecompressor().stream_reader(raw) as stream,
            tarfile.open(fileobj=stream, mode="r|") as archive,
        ):
            for member in archive:
                _take(archive, member, scratch)
        about = cast("dict[str, Any]", json.loads((scratch / "backup.json").read_text()))
        if about["format"] != FORMAT or not (scratch / "database").exists():
            raise NotABackup
        if about["kind"] == "sqlite":
            _require_sound(scratch / "database")
    except (OSError, tarfile.TarError, zstandard.ZstdError, ValueError, KeyError, sqlite3.DatabaseError) as error:
        raise NotABackup(f"{file.name}: {error}") from error
    return about


def _require_sound(database: Path) -> None:
    with _sqlite(database) as raw:
        found = raw.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise NotABackup(f"the database in it is damaged: {found}")


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, scratch: Path) -> None:
    """Unpack one plain file or folder inside `scratch`. Debian 12's Python has no `filter=` that would do this."""
    inside = (scratch / member.name).resolve().is_relative_to(scratch.resolve())
    if not inside or not (member.isfile() or member.isdir()):
        raise NotABackup(f"{member.name} has no place in a backup")
    archive.extract(member, scratch)


@contextlib.contextmanager
def _writing(draft: Path) -> Iterator[tarfile.TarFile]:
    with (
        open(draft, "wb") as raw,
        zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).stream_writer(raw) as stream,
        tarfile.open(fileobj=stream, mode="w|") as archive,
    ):
        yield archive


@contextlib.contextmanager
def _sqlite(file: Path) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(file, timeout=10)
    try:
        yield raw
    finally:
        raw.close()


def _placement_for(kind: str) -> int:
    with control_reading() as control:
        found = control.scalar(sa.select(Placement.id).where(Placement.kind == kind).order_by(Placement.id).limit(1))
    if found is None:
        raise OtherDatabase(params={"kind": kind})
    return found


def _admin(one: Tenant) -> Placement:
    with control_reading() as control:
        return control.get_one(Placement, one.placement_id)


def _program(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(newest[-1]) if newest else shutil.which(name)
    if found is None:
        raise OtherDatabase(f"{name} is not installed on this machine")
    return found


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotABackup(f"{Path(command[0]).name}: {done.stderr.strip()[:500]}")
