"""Every tenant brought to the newest schema, each in a transaction of its own, resumably.

A tenant whose migration fails is rolled back whole and keeps its old schema, with the error noted in the control
database; the others go on, and the next run does only what is left. Until it is mended its shop is told to come again
(`core/transaction.py`). Processes, not threads: Alembic's proxies are global to a module.
"""

import gc
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import sqlalchemy as sa
from sqlalchemy.orm import Session

from server.core import tenant
from server.core.config import Config
from server.core.pool import sqlite_file
from server.core.tenant import Placement, TenantRow
from server.core.transaction import control_noting, control_reading
from server.tenants import opening, schema

LOCK = 7_262_401
"""The advisory lock under which a PostgreSQL database is migrated."""

LOCK_WAIT_S = 5
"""How long a migration waits for somebody who uses the database; then this tenant is left for the next run."""

PER_PROCESSOR = 2
"""Processes for each processor: half of a migration is waiting for the disk."""

EACH_AT_LEAST = 8
"""A process of its own is not worth its start for fewer tenants."""

NOTED_EACH_S = 0.05
"""How long outcomes are gathered before they are noted together: each note takes processor time from the migrations."""


@dataclass(frozen=True)
class Outcome:
    """What became of one tenant: its new revision, or why it stayed where it was."""

    slug: str
    revision: str | None
    error: str | None


@dataclass(frozen=True)
class _Database:
    """One database that stands behind, by its address for migrations."""

    tenant_id: uuid.UUID
    slug: str
    url: sa.URL | str


_Told = tuple[uuid.UUID, Outcome]

_NOTE = (
    sa.update(TenantRow)
    .where(TenantRow.id == sa.bindparam("of"))
    .values(
        migration_error=sa.bindparam("error"),
        schema_revision=sa.func.coalesce(sa.bindparam("revision"), TenantRow.schema_revision),
    )
)


def migrate_all(*, processes: int | None = None) -> list[Outcome]:
    """Bring every tenant to the newest revision and note what became of each, as it becomes of it.

    Safe to repeat, and to be killed at any moment: the next run does what is left.
    """
    with control_reading() as control:
        behind = _behind(control, tenant.config(), schema.head("tenant"))
    left = {one.tenant_id: one for one in behind}
    outcomes = []
    for told in _in_parallel(behind, processes or PER_PROCESSOR * (os.cpu_count() or 1)):
        _note(told)
        outcomes += [outcome for _, outcome in told]
        for tenant_id, _ in told:
            del left[tenant_id]
    lost = [(one.tenant_id, Outcome(one.slug, None, "the process that migrated it ended")) for one in left.values()]
    _note(lost)
    tenant.forget_remembered()
    return outcomes + [outcome for _, outcome in lost]


def _behind(control: Session, config: Config, newest: str) -> list[_Database]:
    query = sa.select(TenantRow, Placement).join(Placement, Placement.id == TenantRow.placement_id)
    query = query.where(TenantRow.state != "creating", TenantRow.schema_revision.is_distinct_from(newest))
    rows = control.execute(query.order_by(TenantRow.slug)).all()
    return [_Database(row.id, row.slug, url_of(config, row, placement)) for row, placement in rows]


def url_of(config: Config, row: TenantRow, placement: Placement) -> sa.URL | str:
    """Where a tenant's database is migrated: its file, or its cluster past any pooler."""
    if placement.kind == "sqlite":
        return f"sqlite:///{sqlite_file(config, row.id)}"
    return opening.admin_url(placement, row.database)


def _in_parallel(behind: Sequence[_Database], processes: int) -> Iterator[list[_Told]]:
    """Outcomes, a list whenever some have come."""
    count = min(processes, len(behind) // EACH_AT_LEAST)
    if count < 2:
        yield from ([(one.tenant_id, _migrate(one))] for one in behind)
        return
    schema.load("tenant")
    readers = dict(_start(behind[first::count]) for first in range(count))
    while readers:
        told = []
        for reader in wait(list(readers)):
            assert isinstance(reader, Connection)
            try:
                told.append(reader.recv())
                while reader.poll():
                    told.append(reader.recv())
            except EOFError:
                readers.pop(reader).join()
        yield told
        time.sleep(NOTED_EACH_S)


def _start(share: Sequence[_Database]) -> tuple[Connection, BaseProcess]:
    reader, writer = get_context("fork").Pipe(duplex=False)
    started = get_context("fork").Process(target=_migrate_some, args=(share, writer, os.getpid()), daemon=True)
    started.start()
    writer.close()
    return reader, started


def _migrate_some(share: Sequence[_Database], writer: Connection, parent: int) -> None:
    gc.freeze()  # what came along with the fork is looked through no more: it was half of the processor time
    for one in share:
        if os.getppid() != parent:  # it was killed; who resumes must not meet us
            return
        writer.send((one.tenant_id, _migrate(one)))


def _migrate(one: _Database) -> Outcome:
    try:
        with opening.changing(one.url) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_WAIT_S}s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            return Outcome(one.slug, schema.upgrade(connection, "tenant"), None)
    except Exception as error:  # one tenant's failure is its own: noted, and the others go on
        return Outcome(one.slug, None, repr(error)[:2000])


def _note(told: Sequence[_Told]) -> None:
    """A note that a power cut takes back is found out again: the database itself knows its revision."""
    if not told:
        return
    values = [{"of": id, "error": outcome.error, "revision": outcome.revision} for id, outcome in told]
    with control_noting() as control:
        control.connection().execute(_NOTE, values)
