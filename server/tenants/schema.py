"""Schemas: the two Alembic trees, and one database brought to the newest revision, or compared with the models."""

import contextlib
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.config import Config as AlembicConfig
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server import migrations
from server.core.db import ControlModel, Id, TenantModel, UtcMs, db
from server.migrations import Tree
from server.tenants import opening

METADATA = {"control": ControlModel.metadata, "tenant": TenantModel.metadata}


def head(tree: Tree) -> str:
    """The newest revision of a tree."""
    return migrations.revisions(tree)[-1]


def upgrade(connection: sa.Connection, tree: Tree) -> str:
    """Bring one database to the newest revision, inside the transaction of `connection`. Returns the revision."""
    folder = migrations.FOLDER / tree

    def steps(current: Any, _context: MigrationContext) -> Sequence[Any]:
        return _steps(folder, tuple(current))

    # Without Alembic's environment, which would read a configuration and look at the database once more for each.
    context = MigrationContext.configure(connection, opts=options(tree) | {"fn": steps})
    with Operations.context(context):
        context.run_migrations()
    return head(tree)


def load(tree: Tree) -> None:
    """Read a tree's scripts, for whoever brings many databases along, in processes that come after."""
    _script(migrations.FOLDER / tree).get_heads()


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
    with opening.changing(url) as connection:
        upgrade(connection, "tenant")


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


@functools.cache
def _script(folder: Path) -> ScriptDirectory:
    """A tree's scripts, loaded once: a thousand databases are brought along by the same ones."""
    return ScriptDirectory(str(folder))


@functools.cache
def _steps(folder: Path, current: tuple[str, ...]) -> Sequence[Any]:
    """What leads from a revision to the newest; nothing at the newest itself."""
    return _script(folder)._upgrade_revs("head", current)  # type: ignore[arg-type]  # Alembic's own callers pass this


def _alembic(tree: Tree) -> AlembicConfig:
    alembic = AlembicConfig()
    alembic.set_main_option("script_location", str(migrations.FOLDER / tree))
    return alembic


@contextlib.contextmanager
def _scratch() -> Iterator[sa.Connection]:
    engine = opening.migration_engine("sqlite://")
    with engine.connect() as connection:
        yield connection


def _render_type(kind: str, value: Any, autogen: AutogenContext) -> str | Literal[False]:
    """How Alembic writes our column types into a revision."""
    if kind == "type" and isinstance(value, Id | UtcMs):
        return f"db.{type(value).__name__}()"
    return False


def _is_alembics(change: Any) -> bool:
    return isinstance(change, tuple) and getattr(change[1], "name", None) == "alembic_version"
