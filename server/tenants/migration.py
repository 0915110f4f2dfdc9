"""Schemas: the two Alembic trees, one tenant at a time in a transaction of its own, all of them resumably.

A tenant whose migration fails is rolled back whole and keeps its old schema, with the error noted in the control
database; the others go on, and the next run does only what is left. Processes, not threads: Alembic's proxies are
global to a module.
"""

import concurrent.futures
import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import server.migrations
from server.core import tenant
from server.core.config import Config
from server.core.db import ControlModel, Id, TenantModel, UtcMs, db
from server.core.pool import sqlite_file
from server.core.tenant import Placement, Tenant, TenantRow, all_tenants
from server.core.transaction import control_reading, control_writing

Tree = Literal["control", "tenant"]
LOCK = 7_262_401
"""The advisory lock under which a PostgreSQL database is migrated."""

METADATA = {"control": ControlModel.metadata, "tenant": TenantModel.metadata}


@dataclass(frozen=True)
class Outcome:
    """What became of one tenant: its new revision, or why it stayed where it was."""

    slug: str
    revision: str | None
    error: str | None


def head(tree: Tree) -> str:
    """The newest revision of a tree."""
    found = ScriptDirectory.from_config(_alembic(tree)).get_current_head()
    assert found is not None, f"the tree {tree} has no revision"
    return found


def upgrade(connection: sa.Connection, tree: Tree) -> str:
    """Bring one database to the newest revision, inside the transaction of `connection`. Returns the revision."""
    newest = head(tree)
    if MigrationContext.configure(connection).get_current_revision() != newest:
        alembic = _alembic(tree)
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "head")
    return newest


def upgrade_control() -> None:
    """Bring the control database to the newest revision. Safe to repeat."""
    with db.engine.begin() as connection:
        upgrade(connection, "control")


def migrate_all(*, processes: int | None = None) -> list[Outcome]:
    """Bring every tenant to the newest revision and note what became of each in the control database."""
    config, newest = tenant.config(), head("tenant")
    with control_reading() as control:
        behind = _behind(control, newest)
    with concurrent.futures.ProcessPoolExecutor(processes or os.cpu_count()) as pool:
        outcomes = list(pool.map(_migrate_one, [config] * len(behind), behind, chunksize=8))
    with control_writing() as control:
        for one, outcome in zip(behind, outcomes, strict=True):
            _note(control, one.id, outcome)
    return outcomes


def revise(tree: Tree, message: str) -> str:
    """Write a revision that brings an up-to-date schema to the models as they are now. For developers."""
    with _scratch() as connection:
        upgrade_from_nothing(connection, tree)
        alembic = _alembic(tree)
        alembic.attributes["connection"] = connection
        script = command.revision(alembic, message, autogenerate=True, rev_id=next_id(tree))
    assert script is not None
    assert not isinstance(script, list)
    return str(script.path)


def next_id(tree: Tree) -> str:
    """Revisions are counted, so that a list of files is their order."""
    known = len(list(ScriptDirectory.from_config(_alembic(tree)).walk_revisions()))
    return f"{known + 1:04d}"


def differences(connection: sa.Connection, tree: Tree) -> list[Any]:
    """What the models say and the database does not have: empty when the revisions are complete."""
    context = MigrationContext.configure(connection, opts={"compare_type": False, "target_metadata": METADATA[tree]})
    return [change for change in compare_metadata(context, METADATA[tree]) if not _is_alembics(change)]


def upgrade_from_nothing(connection: sa.Connection, tree: Tree) -> None:
    """Run every revision on an empty database; nothing where there is none yet."""
    if ScriptDirectory.from_config(_alembic(tree)).get_current_head() is not None:
        upgrade(connection, tree)


def migration_engine(url: sa.URL | str) -> sa.Engine:
    """An engine whose transactions cover schema changes, which Python's sqlite3 does not do by itself."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _leave_begin_to_us)
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def admin_url(placement: Placement, database: str) -> sa.URL:
    """The address at which a PostgreSQL database is made and changed, past any pooler."""
    return sa.make_url(placement.admin_url.format(database=database)).set(drivername="postgresql+psycopg")


def render_type(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How Alembic writes our column types into a revision."""
    if kind == "type" and isinstance(value, Id | UtcMs):
        return f"db.{type(value).__name__}()"
    return False


def _behind(control: Any, newest: str) -> list[Tenant]:
    done = set(control.scalars(sa.select(TenantRow.id).where(TenantRow.schema_revision == newest)))
    return [one for one in all_tenants(control) if one.id not in done]


def _migrate_one(config: Config, one: Tenant) -> Outcome:
    try:
        engine = migration_engine(_url_of(config, one))
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            return Outcome(one.slug, upgrade(connection, "tenant"), None)
    except Exception as error:  # one tenant's failure is its own: noted, and the others go on
        return Outcome(one.slug, None, repr(error)[:2000])


def _url_of(config: Config, one: Tenant) -> sa.URL | str:
    if one.kind == "sqlite":
        return f"sqlite:///{sqlite_file(config, one.id)}"
    return sa.make_url(one.pooled_url.format(database=one.database)).set(drivername="postgresql+psycopg")


def _note(control: Any, tenant_id: uuid.UUID, outcome: Outcome) -> None:
    values: dict[str, Any] = {"migration_error": outcome.error}
    if outcome.revision is not None:
        values["schema_revision"] = outcome.revision
    control.execute(sa.update(TenantRow).where(TenantRow.id == tenant_id).values(**values))


def _alembic(tree: Tree) -> AlembicConfig:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(Path(server.migrations.__file__).parent / tree))
    return alembic


@contextlib.contextmanager
def _scratch() -> Iterator[sa.Connection]:
    engine = migration_engine("sqlite://")
    with engine.connect() as connection:
        yield connection


def _leave_begin_to_us(raw: Any, _record: Any) -> None:
    raw.isolation_level = None


def _is_alembics(change: Any) -> bool:
    return isinstance(change, tuple) and getattr(change[1], "name", None) == "alembic_version"
