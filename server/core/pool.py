"""Connections to tenants' databases: one engine per placement over a pool that is keyed by tenant.

An engine per tenant would compile every statement again for each of them. Here the statements are compiled once, and
the pool hands out a connection of the tenant in force; idle ones are kept, least recently used first out. When a raw
connection is opened, `tenant_identity` inside the database must name the tenant and its generation: a wrong file, a
restored copy or a moved tenant fails closed.
"""

import collections
import contextlib
import os
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.pool import Pool

from server.core import clock
from server.core.config import Config
from server.core.db import WrongTenant
from server.core.driver import Statement, say
from server.core.errors import Busy
from server.core.shares import give_way
from server.core.tenant import Tenant, current

CONTROL_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000")
"""The control database is written rarely and read by every process, so readers must not wait for a writer."""

HEAP_BYTES = 64_000_000
"""Beyond this, all of a process's SQLite caches together give pages back before they take more: many large shops in
turn cost no more memory than a few (64 of them took 527 MB without, 75 MB with it)."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=0",
    "cache_size=-8000",
    f"soft_heap_limit={HEAP_BYTES}",
)
"""Busy waits are our own (`transaction.py`): SQLite's is unfair, a small write starves behind a long push."""

FULL = ("too many", "connection slots", "no more connections")
"""What PostgreSQL and PgBouncer say when they take no more connections; libpq gives no code for it."""

IDLE_OF_ONE_AT_MOST = 16
"""Idle connections that one shop may leave: one that floods must not push out those of all others."""

ROOM_WITHIN_S, ROOM_LOOK_S = 2.0, 0.01
"""A closed connection's place is free a moment later; so long we ask again before the caller is told to come back."""


class TenantPool(Pool):
    """Idle connections keyed by tenant, the least recently used closed first. Underscored names are SQLAlchemy's."""

    def __init__(self, creator: Callable[..., Any], *, idle_at_most: int, **kw: Any) -> None:
        super().__init__(creator, **kw)
        self.idle_at_most = idle_at_most
        self._idle: collections.OrderedDict[uuid.UUID, list[Any]] = collections.OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def _do_get(self) -> Any:
        tenant = current()
        kept = self._take_idle(tenant.id)
        if kept is not None and kept.aisales_generation == tenant.generation:
            return kept
        if kept is not None:
            kept.close()
        made = self._made()
        made.aisales_tenant = tenant.id
        made.aisales_generation = tenant.generation
        return made

    def _made(self) -> Any:
        """A new connection. While its server takes no more, idle ones of other shops make room. Raises Busy."""
        until_s = clock.monotonic_s() + ROOM_WITHIN_S
        while True:
            try:
                return self._create_connection()
            except psycopg.OperationalError as error:
                if not any(words in str(error) for words in FULL):
                    raise
                if not self._close_oldest() and clock.monotonic_s() > until_s:
                    raise Busy("the database server takes no more connections") from error
                time.sleep(ROOM_LOOK_S)

    def _close_oldest(self) -> bool:
        """Close the idle connection that was used the longest ago; False where there is none."""
        with self._lock:
            if not self._idle:
                return False
            oldest = next(iter(self._idle))
            record = self._idle[oldest].pop(0)
            self._count -= 1
            if not self._idle[oldest]:
                del self._idle[oldest]
        record.close()
        return True

    def _take_idle(self, tenant_id: uuid.UUID) -> Any:
        with self._lock:
            waiting = self._idle.get(tenant_id)
            if not waiting:
                return None
            self._count -= 1
            record = waiting.pop()
            if not waiting:
                del self._idle[tenant_id]
            return record

    def _do_return_conn(self, record: Any) -> None:
        with self._lock:
            waiting = self._idle.setdefault(record.aisales_tenant, [])
            self._idle.move_to_end(record.aisales_tenant)
            is_surplus = len(waiting) >= IDLE_OF_ONE_AT_MOST
            if not is_surplus:
                waiting.append(record)
                self._count += 1
        if is_surplus:
            record.close()
        while self._count > self.idle_at_most:
            self._close_oldest()

    def forget(self, tenant_id: uuid.UUID) -> None:
        """Close a tenant's idle connections: before its database is replaced, moved or dropped."""
        with self._lock:
            gone = self._idle.pop(tenant_id, [])
            self._count -= len(gone)
        for record in gone:
            record.close()

    def dispose(self) -> None:
        with self._lock:
            gone = [record for records in self._idle.values() for record in records]
            self._idle.clear()
            self._count = 0
        for record in gone:
            record.close()

    def recreate(self) -> "TenantPool":
        return TenantPool(self._creator, idle_at_most=self.idle_at_most, dialect=self._dialect)

    def status(self) -> str:
        return f"TenantPool idle={self._count}"


class Engines:
    """One engine per placement, made when first needed."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._engines: dict[int, sa.Engine] = {}
        self._lock = threading.Lock()

    def of(self, tenant: Tenant) -> sa.Engine:
        """The engine that serves a tenant's placement."""
        engine = self._engines.get(tenant.placement_id)
        if engine is None:
            with self._lock:
                engine = self._engines.get(tenant.placement_id) or self._make(tenant)
                self._engines[tenant.placement_id] = engine
        return engine

    def _make(self, tenant: Tenant) -> sa.Engine:
        url = "sqlite://" if tenant.kind == "sqlite" else "postgresql+psycopg://"
        pool = TenantPool(lambda: _open_pooled(self.config, current()), idle_at_most=self.config.idle_connections)
        engine = sa.create_engine(url, pool=pool, hide_parameters=True)
        sa.event.listen(engine, "begin", _begin)
        sa.event.listen(engine, "before_cursor_execute", give_way)
        return engine

    def forget(self, tenant: Tenant) -> None:
        """Close a tenant's idle connections in this process."""
        engine = self._engines.get(tenant.placement_id)
        if engine is not None:
            pool = engine.pool
            assert isinstance(pool, TenantPool)
            pool.forget(tenant.id)

    def dispose(self) -> None:
        """Close everything."""
        for engine in self._engines.values():
            engine.dispose()


def engines() -> Engines:
    """The engines of the running app."""
    return current_app.extensions["aisales_engines"]  # type: ignore[no-any-return]


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction, take its first look, and note of which generation the database says that it is.

    The look takes the snapshot; on PostgreSQL it bounds each wait for a lock, and goes out with the beginning.
    """
    options = connection.get_execution_options()
    if connection.dialect.name == "sqlite":
        begin = "BEGIN IMMEDIATE" if options.get("mode") == "writing" else "BEGIN"
        look = "SELECT generation FROM tenant_identity"
    else:
        begin = "BEGIN"
        wait_ms = int(options.get("wait_ms", 0))
        look = f"SELECT generation, set_config('lock_timeout', '{wait_ms}', true) FROM tenant_identity"
    _, found = say(connection, [Statement(begin, ()), Statement(look, ())])
    connection.info["generation"] = found[0][0]


def tune_control(engine: sa.Engine) -> None:
    """Give each connection to a control database on SQLite its settings."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", lambda raw, _record: _set(raw, CONTROL_PRAGMAS))


def sqlite_file(config: Config, tenant_id: uuid.UUID) -> Path:
    """Where a tenant's SQLite file stands; uploads stand beside it in `files/`."""
    text = str(tenant_id)
    return config.tenants_folder / text[-2:] / text / "tenant.db"


def _open_pooled(config: Config, tenant: Tenant) -> Any:
    """A raw connection of the pool. Its transactions begin by our own word (`_begin`), not by the driver's."""
    raw = open_raw(config, tenant)
    if tenant.kind == "postgresql":
        raw.autocommit = True
    return raw


def open_raw(config: Config, tenant: Tenant, *, check: bool = True) -> Any:
    """Open a raw connection to a tenant's database. Raises WrongTenant when it names another tenant or generation."""
    raw = _open_sqlite(sqlite_file(config, tenant.id)) if tenant.kind == "sqlite" else _open_postgres(tenant)
    if check:
        _check_identity(raw, tenant)
    return raw


def _open_sqlite(file: Path) -> sqlite3.Connection:
    if not file.exists():
        raise WrongTenant(f"no database at {file}")
    raw = sqlite3.connect(os.fspath(file), isolation_level=None, check_same_thread=False, cached_statements=256)
    _set(raw, PRAGMAS)
    return raw


def _set(raw: sqlite3.Connection, pragmas: Sequence[str]) -> None:
    for pragma in pragmas:
        raw.execute(f"PRAGMA {pragma}")


def _open_postgres(tenant: Tenant) -> Any:
    url = tenant.pooled_url.format(database=tenant.database)
    return psycopg.connect(url, prepare_threshold=None)


def _check_identity(raw: Any, tenant: Tenant) -> None:
    with contextlib.closing(raw.cursor()) as cursor:
        cursor.execute("SELECT tenant_id, generation FROM tenant_identity")
        row = cursor.fetchone()
    if hasattr(raw, "rollback") and tenant.kind != "sqlite":
        raw.rollback()
    named = None if row is None else (row[0] if isinstance(row[0], uuid.UUID) else uuid.UUID(bytes=bytes(row[0])))
    if row is None or named != tenant.id or row[1] != tenant.generation:
        raw.close()
        raise WrongTenant(f"the database under the name of {tenant.slug} is not its own")
