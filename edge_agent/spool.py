"""The spool: what the agent has been asked and what it has to report, on disk before anything else happens.

One row per command with its stage, one per attempt, one per report (`up`) until the server has it.
SQLite with synchronous FULL: when a function returns, a power cut changes nothing of it. Every function is one
transaction, behind one lock, safe to call from any thread. Two kinds of news may be lost by a power cut, not by the
death of the program, and so do not wait for the disk: a step that means the same as the one before it once the power
is back (`STEPS_ALIKE`), and the server's word that it has a report, which it says again when it gets the report again.

Stages: queued → claimed → sending → sent → done | uncertain; held (the printer has our data and waits);
failed, expired, rejected. `claimed` is safe to begin again, `sending` and `sent` are not.
"""

import functools
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

from edge_agent.wire import Command, Message

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
Kept = TypeVar("Kept", bound=Message)
SETTLED = ("done", "failed", "expired", "rejected")
NORMAL, FULL = 1, 2
"""SQLite's words for a commit that does not wait for the disk, and for one that does."""
STEPS_ALIKE = {"claimed": "queued", "sent": "sending"}
"""Steps that a restart treats like the one before: nothing has left, or something may be on paper."""
KEPT_MS = 7 * 86_400_000
"""Settled commands are remembered this long, so that a late copy is known; reports live as long."""
BALLAST_BYTES = 4_194_304
MAX_UP_ROWS = 100_000
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, seq INTEGER NOT NULL, envelope BLOB NOT NULL,
    boot_id TEXT NOT NULL, received_boot_ms INTEGER NOT NULL, received_at_ms INTEGER NOT NULL, life_ms INTEGER NOT NULL,
    stage TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 1, reason TEXT, settled_at_ms INTEGER) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS open_command ON command (seq) WHERE settled_at_ms IS NULL;
CREATE TABLE IF NOT EXISTS attempt (
    command_id TEXT NOT NULL, attempt INTEGER NOT NULL, boot_id TEXT NOT NULL, stage TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL, PRIMARY KEY (command_id, attempt)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS up (
    n INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, device TEXT, body BLOB NOT NULL,
    boot_id TEXT NOT NULL, kept_boot_ms INTEGER NOT NULL, kept_at_ms INTEGER NOT NULL, life_ms INTEGER NOT NULL);
"""


class SpoolFull(OSError):
    """Nothing more can be written, the ballast is gone too."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A command as the spool has it. Life counts from `received_boot_ms` within `boot_id`."""

    command: Command
    digest: str
    boot_id: str
    received_boot_ms: int
    received_at_ms: int
    life_ms: int
    stage: str
    attempt: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class UpRow:
    """A report that the server has not confirmed."""

    n: int
    kind: str
    device: str | None
    body: bytes
    boot_id: str
    kept_boot_ms: int
    life_ms: int


@dataclass(frozen=True, slots=True)
class Report(Generic[Kept]):
    """A report to be kept: `make` gets its number. Kinds: `ack`, `event`."""

    kind: str
    make: Callable[[int], Kept]
    boot_id: str
    boot_ms: int
    at_ms: int
    device: str | None = None
    life_ms: int = KEPT_MS


def _with_ballast(write: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """What ends a job may use the room of the ballast, which the first failure has freed; a new command may not."""

    @functools.wraps(write)
    def write_twice(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return write(*args, **kwargs)
        except SpoolFull:
            return write(*args, **kwargs)

    return write_twice


class Spool:
    """The spool in a folder."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.RLock()
        self._ballast = folder / "spool.ballast"
        self._base = sqlite3.connect(folder / "spool.db", check_same_thread=False, isolation_level=None)
        self._base.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "busy_timeout = 5000"):
            self._base.execute(f"PRAGMA {pragma}")
        self._base.executescript(SCHEMA)
        row = self._base.execute("SELECT seq FROM sqlite_sequence WHERE name = 'up'").fetchone()
        self._last_n = int(row["seq"]) if row else 0
        self._fill_ballast()

    def close(self) -> None:
        with self._lock:
            self._base.close()

    # What the agent remembers of itself

    def remembered(self, key: str, otherwise: str = "") -> str:
        with self._lock:
            row = self._base.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row["value"]) if row else otherwise

    @_with_ballast
    def remember(self, key: str, value: str) -> None:
        with self._writing():
            self._base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def next_session(self) -> int:
        """The number of a new connection, one more than the last, over restarts."""
        with self._lock:
            session = int(self.remembered("session", "0")) + 1
            self.remember("session", str(session))
            return session

    # Commands

    def take(self, stored: Stored, report: Report[Any]) -> Stored | None:
        """Keep a new command and its report in one transaction. None when it is new, else the one that is there.

        Raises: SpoolFull.
        """
        with self._writing():
            there = self._find(stored.command.id)
            if there is not None:
                return there
            command = stored.command
            self._base.execute(
                "INSERT INTO command VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    command.id, stored.digest, command.seq, command.to_json(), stored.boot_id,
                    stored.received_boot_ms, stored.received_at_ms, stored.life_ms,
                    stored.stage, stored.attempt, stored.reason,
                ),
            )  # fmt: skip
            self._keep(report)
        return None

    def find(self, command_id: str) -> Stored | None:
        with self._lock:
            return self._find(command_id)

    def open_commands(self) -> list[Stored]:
        """What is not settled, in the order of `seq`."""
        with self._lock:
            rows = self._base.execute("SELECT * FROM command WHERE settled_at_ms IS NULL ORDER BY seq, id").fetchall()
        return [_stored(row) for row in rows]

    @_with_ballast
    def advance(
        self, command_id: str, stage: str, at_ms: int, *,
        attempt: int = 1, reason: str | None = None, report: Report[Any] | None = None,
    ) -> None:  # fmt: skip
        """A command's next stage, its attempt's, and the report of it, in one transaction. Raises: SpoolFull."""
        settled = at_ms if stage in SETTLED else None
        with self._writing(is_durable=stage not in STEPS_ALIKE or report is not None):
            self._base.execute(
                "UPDATE command SET stage = ?, attempt = ?, reason = ?, settled_at_ms = ? WHERE id = ?",
                (stage, attempt, reason, settled, command_id),
            )
            self._base.execute(
                "INSERT INTO attempt SELECT id, ?, boot_id, ?, ? FROM command WHERE id = ? "
                "ON CONFLICT (command_id, attempt) DO UPDATE SET stage = excluded.stage",
                (attempt, stage, at_ms, command_id),
            )
            if report is not None:
                self._keep(report)

    def last_seq_done(self) -> int:
        """The highest `seq` among settled commands."""
        with self._lock:
            row = self._base.execute("SELECT max(seq) AS seq FROM command WHERE settled_at_ms IS NOT NULL").fetchone()
        return int(row["seq"] or 0)

    # Reports

    @_with_ballast
    def keep(self, report: Report[Any]) -> int:
        """Keep a report until the server has it; its number. Raises: SpoolFull."""
        with self._writing():
            return self._keep(report)

    def unconfirmed(self, beyond: int = 0, limit: int = 100) -> list[UpRow]:
        """Reports that the server has not confirmed, in order."""
        with self._lock:
            rows = self._base.execute("SELECT * FROM up WHERE n > ? ORDER BY n LIMIT ?", (beyond, limit)).fetchall()
        names = ("n", "kind", "device", "body", "boot_id", "kept_boot_ms", "life_ms")
        return [UpRow(*(row[name] for name in names)) for row in rows]

    def up_range(self) -> tuple[int, int, int]:
        """First and last number that are kept, and how many (zeros when there is none)."""
        with self._lock:
            row = self._base.execute("SELECT min(n) AS low, max(n) AS high, count(*) AS many FROM up").fetchone()
        return int(row["low"] or 0), int(row["high"] or 0), int(row["many"])

    @_with_ballast
    def confirm(self, numbers: tuple[int, ...], up_to: int = 0) -> None:
        """The server has these reports, and all up to there."""
        with self._writing(is_durable=False):
            self._base.execute("DELETE FROM up WHERE n <= ?", (up_to,))
            self._base.executemany("DELETE FROM up WHERE n = ?", [(n,) for n in numbers])

    @property
    def last_n(self) -> int:
        return self._last_n

    @_with_ballast
    def prune(self, at_ms: int) -> None:
        """Forget what is old, and lay ballast again. Safe to repeat."""
        with self._writing():
            self._base.execute("DELETE FROM command WHERE settled_at_ms < ?", (at_ms - KEPT_MS,))
            self._base.execute("DELETE FROM attempt WHERE command_id NOT IN (SELECT id FROM command)")
            self._base.execute("DELETE FROM up WHERE kept_at_ms < ? - life_ms", (at_ms,))
            self._base.execute("DELETE FROM up WHERE n <= ?", (self._last_n - MAX_UP_ROWS,))
        self._fill_ballast()

    # Within a transaction

    def _find(self, command_id: str) -> Stored | None:
        row = self._base.execute("SELECT * FROM command WHERE id = ?", (command_id,)).fetchone()
        return _stored(row) if row else None

    def _keep(self, report: Report[Any]) -> int:
        n = self._last_n + 1
        body = report.make(n).to_json()
        self._base.execute(
            "INSERT INTO up VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (n, report.kind, report.device, body, report.boot_id, report.boot_ms, report.at_ms, report.life_ms),
        )
        self._last_n = n
        return n

    @contextmanager
    def _writing(self, *, is_durable: bool = True) -> Iterator[None]:
        """One transaction; when the disk is full, what is left of it is freed by dropping the ballast."""
        with self._lock:
            if self._base.in_transaction:
                yield
                return
            last_n = self._last_n
            try:
                self._base.execute(f"PRAGMA synchronous = {FULL if is_durable else NORMAL}")
                self._base.execute("BEGIN IMMEDIATE")
                yield
                self._base.execute("COMMIT")
            except sqlite3.OperationalError as trouble:
                self._take_back(last_n)
                self._ballast.unlink(missing_ok=True)
                raise SpoolFull(str(trouble)) from trouble
            except BaseException:
                self._take_back(last_n)
                raise

    def _take_back(self, last_n: int) -> None:
        self._last_n = last_n
        if self._base.in_transaction:
            self._base.execute("ROLLBACK")

    def _fill_ballast(self) -> None:
        """A file of real bytes, given up first when the disk is full: then even a DELETE fails in SQLite."""
        if not self._ballast.exists():
            try:
                self._ballast.write_bytes(bytes(BALLAST_BYTES))
            except OSError:
                self._ballast.unlink(missing_ok=True)


def _stored(row: Any) -> Stored:
    names = ("digest", "boot_id", "received_boot_ms", "received_at_ms", "life_ms", "stage", "attempt", "reason")
    return Stored(Command.from_json(row["envelope"]), *(row[name] for name in names))
