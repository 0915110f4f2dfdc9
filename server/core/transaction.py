"""The only place that commits: reading and writing transactions of the tenant in force, savepoints, what comes after.

Writers of one tenant on SQLite stand in a first-in-first-out line inside a process and retry each millisecond between
processes; SQLite's own busy wait lets a long push starve a small write. On PostgreSQL rows and advisory locks do that.
"""

import collections
import contextlib
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa
import structlog
from flask import g
from sqlalchemy.orm import Session, SessionTransaction

from server.core.db import Mode, WrongTenant, db
from server.core.errors import Busy, Locked, Trouble
from server.core.outages import outage_of
from server.core.pool import engines
from server.core.shares import stepping_aside
from server.core.tenant import Tenant, current, forget_remembered, require_schema, tenant_of_id

WAIT_AT_MOST_S = 10.0
"""How long a transaction waits for the tenant's write lock before the caller is told to come again."""

RETRY_S = 0.001

log = structlog.get_logger()


class NoTransaction(RuntimeError):
    """A query outside reading() or writing(): a mistake of ours."""


class FairLock:
    """A mutex that serves its waiters in the order of their coming."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiters: collections.deque[threading.Event] = collections.deque()

    def acquire(self, timeout_s: float) -> bool:
        """Wait for one's turn; False when it did not come in time."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiters.append(turn)
        if turn.wait(timeout_s):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._waiters.remove(turn)
            return False

    def release(self) -> None:
        """Hand over to the next in line."""
        with self._guard:
            if self._waiters:
                self._waiters.popleft().set()
            else:
                self._held = False


_lines: dict[uuid.UUID, FairLock] = collections.defaultdict(FairLock)
_lines_guard = threading.Lock()


def session() -> Session:
    """The session of the transaction in force. Raises NoTransaction outside one."""
    if g.get("transaction_mode") is None:
        raise NoTransaction("open reading() or writing() first")
    if g.get("savepoints_wanted"):
        _open_savepoints()
    return db.session()


def connection() -> sa.Connection:
    """The bare connection of the transaction in force, for Core statements of hot paths. Raises NoTransaction."""
    if g.get("savepoints_wanted"):
        _open_savepoints()
    opened: sa.Connection | None = g.get("transaction_connection")
    if opened is None:
        raise NoTransaction("open reading() or writing() first")
    return opened


def notes() -> dict[str, Any]:
    """What the transaction in force remembers of its reads; gone with it. Raises NoTransaction."""
    if g.get("transaction_mode") is None:
        raise NoTransaction("open reading() or writing() first")
    found: dict[str, Any] = g.transaction_notes
    return found


def is_writing() -> bool:
    """Whether the transaction in force may change anything."""
    return bool(g.get("transaction_mode") == "writing")


@contextlib.contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Transactions of this block wait so long for the tenant's write lock: for who serves other tenants after it."""
    g.wait_at_most_s = seconds
    try:
        yield
    finally:
        g.pop("wait_at_most_s")


@contextlib.contextmanager
def reading() -> Iterator[Session]:
    """A consistent look at the tenant's database; nothing may be written in it."""
    with _transaction("reading") as opened:
        yield opened


@contextlib.contextmanager
def writing(*, pause_s: float = 0.0) -> Iterator[Session]:
    """A change of the tenant's database: everything in the block, or nothing. Raises Busy when the lock does not come.

    `pause_s` is slept after the commit, out of the lock: other processes get their turn between a push's batches.
    """
    tenant = current()
    with _turn(tenant), _transaction("writing") as opened:
        yield opened
    _run_after_commit(opened)
    if pause_s:
        with stepping_aside():
            time.sleep(pause_s)


@contextlib.contextmanager
def writing_despite(*troubles: type[Trouble]) -> Iterator[Session]:
    """Like `writing`, but what was written stays although one of these troubles is raised: a missed PIN is counted."""
    met: Trouble | None = None
    with writing() as opened:
        try:
            yield opened
        except troubles as trouble:
            met = trouble
    if met is not None:
        raise met


@contextlib.contextmanager
def savepoint() -> Iterator[None]:
    """Judge one piece alone: an error inside undoes only what the block did, and goes on upward.

    It is made when the block first asks for the database: one that only gathers what is to be written costs nothing.
    """
    if g.get("transaction_mode") is None:
        raise NoTransaction("open reading() or writing() first")
    wanted: list[_Savepoint] = g.setdefault("savepoints_wanted", [])
    own = _Savepoint()
    wanted.append(own)
    try:
        yield
    except BaseException:
        if own.opened is not None:
            own.opened.rollback()
        raise
    else:
        if own.opened is not None:
            own.opened.commit()
    finally:
        if own in wanted:
            wanted.remove(own)


class _Savepoint:
    """A savepoint that is wanted, and once something was asked of the database also there."""

    opened: SessionTransaction | None = None


def _open_savepoints() -> None:
    wanted: list[_Savepoint] = g.savepoints_wanted
    opened = db.session()
    while wanted:
        # Taken off first, for opening one asks for the session as well.
        wanted.pop(0).opened = opened.begin_nested()
        # The session alone would wait for a statement of its own; those of `connection()` go past it.
        opened.connection(bind_arguments={"bind": _engine(opened)})


def after_commit(call: Callable[[], None]) -> None:
    """Do this once the transaction in force has committed; its failure is logged and harms nothing (nudges, hints)."""
    session().info.setdefault("after_commit", []).append(call)


@contextlib.contextmanager
def control_writing() -> Iterator[Session]:
    """A change of the control database."""
    with Session(db.engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@contextlib.contextmanager
def control_noting() -> Iterator[Session]:
    """A change of the control database that a power cut may take back, though no crash of ours does: for claims, and
    for what can be found out again. It does not wait for the disk."""
    with db.engine.connect() as connection, _not_waiting_for_the_disk(connection):
        with Session(connection, expire_on_commit=False) as opened, opened.begin():
            yield opened


@contextlib.contextmanager
def control_reading() -> Iterator[Session]:
    """A look at the control database."""
    with Session(db.engine, expire_on_commit=False) as opened:
        yield opened


@contextlib.contextmanager
def _not_waiting_for_the_disk(connection: sa.Connection) -> Iterator[None]:
    raw = connection.connection.dbapi_connection
    if not isinstance(raw, sqlite3.Connection):
        yield
        return
    raw.execute("PRAGMA synchronous=NORMAL")
    try:
        yield
    finally:
        raw.execute("PRAGMA synchronous=FULL")


@contextlib.contextmanager
def _turn(tenant: Tenant) -> Iterator[None]:
    if tenant.kind != "sqlite":
        yield
        return
    with _lines_guard:
        line = _lines[tenant.id]
    if not line.acquire(0):
        _wait_for(line)
    try:
        yield
    finally:
        line.release()


def _wait_for(line: FairLock) -> None:
    came = False
    try:
        with stepping_aside(is_next_after=True):
            came = line.acquire(_wait_at_most_s())
            if not came:
                raise Locked("the shop's database is locked by a longer piece of work")
    except Busy:
        if came:  # the lock, but no place at work
            line.release()
        raise


@contextlib.contextmanager
def _transaction(mode: Mode) -> Iterator[Session]:
    if g.get("transaction_mode") is not None:
        raise RuntimeError(f"a transaction for {g.transaction_mode} is already open; pass its session on instead")
    require_schema(current())
    opened = db.session()
    opened.info["engine_of_tenant"] = _engine
    opened.info.pop("after_commit", None)
    g.transaction_mode, g.transaction_notes = mode, {}
    try:
        _begin(opened, mode)
        yield opened
        if mode == "writing":
            opened.commit()
        else:
            opened.expunge_all()
            opened.rollback()
    except BaseException as error:
        opened.expunge_all()  # before the rollback, which would empty what others remember of reference data
        opened.rollback()
        if not isinstance(error, Trouble) and (outage := outage_of(error)) is not None:
            log.error("database_outage", tenant=current().slug, error=repr(error))
            raise outage from error
        raise
    finally:
        g.transaction_mode = g.transaction_connection = None
        g.pop("savepoints_wanted", None)
        opened.expunge_all()


def _engine(opened: Session) -> sa.Engine:
    tenant = current()
    return engines().of(tenant)


def _begin(opened: Session, mode: Mode) -> None:
    wait_ms = int(_wait_at_most_s() * 1_000)
    deadline = time.monotonic() + wait_ms / 1_000
    while True:
        try:
            bind = {"bind": _engine(opened)}
            options = {"mode": mode, "wait_ms": wait_ms}
            connection = opened.connection(bind_arguments=bind, execution_options=options)
            generation = connection.info["generation"]
            if generation != current().generation:
                raise WrongTenant(f"{current().slug} is of generation {generation}")
            g.transaction_connection = connection
            return
        except WrongTenant as error:
            opened.rollback()
            if _is_outdated():
                raise Busy("the shop has just been put back or moved") from error
            raise
        except sa.exc.OperationalError as error:
            opened.rollback()
            if not _is_locked(error):
                if _is_outdated():
                    raise Busy("the shop has just been put back or moved") from error
                raise
            if time.monotonic() > deadline:
                raise Locked("the shop's database is locked by another process") from error
            with stepping_aside(is_next_after=True):
                time.sleep(RETRY_S)


def _is_outdated() -> bool:
    """Whether this process had an older generation of the tenant in mind than the control database has."""
    engines().forget(current())
    forget_remembered()
    return tenant_of_id(current().id).generation > current().generation


def _wait_at_most_s() -> float:
    return float(g.get("wait_at_most_s", WAIT_AT_MOST_S))


def _is_locked(error: sa.exc.OperationalError) -> bool:
    cause = error.orig
    return isinstance(cause, sqlite3.OperationalError) and "locked" in str(cause)


def _run_after_commit(opened: Session) -> None:
    for call in opened.info.pop("after_commit", []):
        try:
            call()
        except Exception as error:  # a lost nudge must not fail what is committed; the sweep makes up for it
            log.warning("after_commit_failed", error=repr(error), tenant=current().slug)
