"""Schemas: the two Alembic trees, and one database brought to the newest revision, or compared with the models."""

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config as AlembicConfig
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server import migrations
from server.core.db import ControlModel, Id, TenantModel, UtcMs, db
from server.core.tenant import Placement
from server.migrations import Tree

METADATA = {"control": ControlModel.metadata, "tenant": TenantModel.metadata}


def head(tree: Tree) -> str:
    """The newest revision of a tree."""
    return migrations.revisions(tree)[-1]


def upgrade(connection: sa.Connection, tree: Tree) -> str:
    """Bring one database to the newest revision, inside the transaction of `connection`. Returns the revision."""
    newest = head(tree)
    if MigrationContext.configure(connection).get_current_revision() != newest:
        script = _script(migrations.FOLDER / tree)

        def steps(current: Any, _context: MigrationContext) -> Any:
            return script._upgrade_revs("head", current)

        with EnvironmentContext(_alembic(tree), script, fn=steps, destination_rev="head") as environment:
            environment.configure(connection=connection, **options(tree))
            environment.run_migrations()
    return newest


def options(tree: Tree) -> dict[str, Any]:
    """How Alembic works on a tree, when it upgrades and when it writes a revision."""
    return {
        "target_metadata": METADATA[tree],
        "render_as_batch": True,
        "transactional_ddl": True,
        "compare_type": False,
        "render_item": _render_type,
    }


def upgrade_control() -> None:
    """Bring the control database to the newest revision. Safe to repeat."""
    with db.engine.begin() as connection:
        upgrade(connection, "control")


def migrate_new(url: sa.URL | str) -> None:
    """Make the newest tenant schema in an empty database."""
    engine = migration_engine(url)
    with engine.begin() as connection:
        upgrade(connection, "tenant")
    engine.dispose()


def revise(tree: Tree, message: str) -> str:
    """Write a revision that brings an up-to-date schema to the models as they are now. For developers."""
    with _scratch() as connection:
        if migrations.revisions(tree):
            upgrade(connection, tree)
        alembic = _alembic(tree)
        alembic.attributes["connection"] = connection
        script = command.revision(alembic, message, autogenerate=True, rev_id=next_id(tree))
    assert script is not None
    assert not isinstance(script, list)
    return str(script.path)


def next_id(tree: Tree) -> str:
    """Revisions are counted, so that a list of files is their order."""
    return f"{len(migrations.revisions(tree)) + 1:04d}"


def differences(connection: sa.Connection, tree: Tree) -> list[Any]:
    """What the models say and the database does not have: empty when the revisions are complete."""
    context = MigrationContext.configure(connection, opts={"compare_type": False, "target_metadata": METADATA[tree]})
    return [change for change in compare_metadata(context, METADATA[tree]) if not _is_alembics(change)]


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


@functools.cache
def _script(folder: Path) -> ScriptDirectory:
    """A tree's scripts, loaded once: a thousand databases are brought along by the same ones."""
    return ScriptDirectory(str(folder))


def _alembic(tree: Tree) -> AlembicConfig:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(migrations.FOLDER / tree))
    return alembic


@contextlib.contextmanager
def _scratch() -> Iterator[sa.Connection]:
    engine = migration_engine("sqlite://")
    with engine.connect() as connection:
        yield connection


def _render_type(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How Alembic writes our column types into a revision."""
    if kind == "type" and isinstance(value, Id | UtcMs):
        return f"db.{type(value).__name__}()"
    return False


def _leave_begin_to_us(raw: Any, _record: Any) -> None:
    raw.isolation_level = None


def _is_alembics(change: Any) -> bool:
    return isinstance(change, tuple) and getattr(change[1], "name", None) == "alembic_version"
