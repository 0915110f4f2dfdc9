"""Making a tenant's database: a copy of a template that stands at the newest schema. Removing and finding placements.

On SQLite the template is a checkpointed file, on PostgreSQL a database that `CREATE DATABASE ... TEMPLATE` copies.
"""

import hashlib
import shutil
import sqlite3
import uuid
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg import sql

from server.core import clock, tenant
from server.core.changes import GENERATION_SPAN
from server.core.config import Config
from server.core.db import ControlModel, TenantModel, db
from server.core.ids import new_id
from server.core.pool import engines, sqlite_file
from server.core.tenant import Placement, Tenant, TenantHost, TenantRow
from server.core.transaction import control_reading, control_writing

DEFAULT_DOMAINS = ("localhost",)


def prepare_control() -> None:
    """Make the control database's tables and the SQLite placement, where they are missing. Safe to repeat."""
    ControlModel.metadata.create_all(db.engine)
    with control_writing() as control:
        if control.scalar(sa.select(Placement.id).limit(1)) is None:
            control.add(Placement(id=1, kind="sqlite"))


def create_database(slug: str, name: str, *, purpose: str = "live", placement_id: int = 1) -> Tenant:
    """Make a tenant with an empty database at the newest schema and its host `<slug>.localhost`. Raises IntegrityError
    when the slug is taken. A crash in between leaves a row in state `creating`, which `tenant remove` clears."""
    tenant_id = new_id()
    with control_writing() as control:
        row = TenantRow(
            id=tenant_id,
            slug=slug,
            name=name,
            state="creating",
            purpose=purpose,
            placement_id=placement_id,
            database=f"t_{tenant_id.hex}",
            generation=1,
            last_active_at=clock.now_ms(),
        )
        control.add(row)
        control.flush()
        control.add_all([TenantHost(host=f"{slug}.{domain}", tenant_id=tenant_id) for domain in DEFAULT_DOMAINS])
    _make_database(_value(tenant_id))
    with control_writing() as control:
        control.execute(sa.update(TenantRow).where(TenantRow.id == tenant_id).values(state="active"))
    tenant.forget_remembered()
    return _value(tenant_id)


def _value(tenant_id: uuid.UUID) -> Tenant:
    with control_reading() as control:
        row = control.get_one(TenantRow, tenant_id)
        return tenant.as_value(row, control.get_one(Placement, row.placement_id))


def _make_database(made: Tenant) -> None:
    config = tenant.config()
    if made.kind == "sqlite":
        _copy_sqlite(config, made)
    else:
        _copy_postgres(made)


def _copy_sqlite(config: Config, made: Tenant) -> None:
    template = config.data / "templates" / f"{_schema_hash('sqlite')}.db"
    if not template.exists():
        _build_sqlite(template)
    target = sqlite_file(config, made.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, target)
    with sqlite3.connect(target) as raw:
        raw.execute("INSERT INTO tenant_identity VALUES (?, ?)", (made.id.bytes, made.generation))
        raw.execute("INSERT INTO change_sequence VALUES (1, ?, 0)", (made.generation * GENERATION_SPAN,))
    raw.close()


def _build_sqlite(template: Path) -> None:
    template.parent.mkdir(parents=True, exist_ok=True)
    draft = template.with_suffix(f".{new_id().hex}")
    engine = sa.create_engine(f"sqlite:///{draft}")
    TenantModel.metadata.create_all(engine)
    engine.dispose()
    draft.replace(template)


def _copy_postgres(made: Tenant) -> None:
    with control_reading() as control:
        placement = control.get_one(Placement, made.placement_id)
    template = f"template_{_schema_hash('postgresql')}"
    with psycopg.connect(placement.admin_url.format(database="postgres"), autocommit=True) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone() is None:
            _build_postgres(admin, placement, template)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG")
        admin.execute(command.format(sql.Identifier(made.database), sql.Identifier(template)))
    with psycopg.connect(placement.admin_url.format(database=made.database)) as raw:
        raw.execute("INSERT INTO tenant_identity VALUES (%s, %s)", (made.id, made.generation))
        raw.execute("INSERT INTO change_sequence VALUES (1, %s, 0)", (made.generation * GENERATION_SPAN,))


def _build_postgres(admin: psycopg.Connection, placement: Placement, template: str) -> None:
    draft = f"draft_{new_id().hex}"
    make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    admin.execute(make.format(sql.Identifier(draft)))
    url = placement.admin_url.format(database=draft).replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    TenantModel.metadata.create_all(engine)
    engine.dispose()
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def _schema_hash(dialect: str) -> str:
    made: list[str] = []
    engine = sa.create_mock_engine(f"{dialect}://", lambda statement, *_: made.append(str(statement.compile(dialect=engine.dialect))))
    TenantModel.metadata.create_all(engine, checkfirst=False)
    return hashlib.sha256("".join(sorted(made)).encode()).hexdigest()[:16]


def close_connections(made: Tenant) -> None:
    """Close this process's idle connections to a tenant's database, before its file is replaced or dropped."""
    engines().forget(made)

