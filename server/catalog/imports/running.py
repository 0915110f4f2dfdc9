"""One import from the file to its report: at once when it is short or no queue runs, else as a job with progress."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis
import sqlalchemy as sa

from server.catalog.imports import columns
from server.catalog.imports.booking import book
from server.catalog.imports.parsing import Line, Parser
from server.catalog.imports.planning import Plan, RowFault, plan
from server.catalog.imports.reading import BadFile, Sheet, read
from server.catalog.models import ItemImport
from server.catalog.operations.prices import require_branch
from server.core import actor, audit, changes, clock, jobs, live, tenant
from server.core.errors import FieldError, NotFound
from server.core.ids import new_id
from server.core.transaction import after_commit, reading, session, writing
from server.stores import queries as stores

AT_ONCE_ROWS = 2_000
"""A longer file is booked by a job: a request would hold the shop's write lock while somebody waits."""

FAULTS_AT_MOST = 10_000
PROGRESS_EVERY = 500
PROGRESS_KEPT_S = 3_600
JOB = "server.catalog.jobs:run_import"
FIELDS = (
    "id", "state", "file_name", "rows", "created", "changed", "opening_skipped", "faults", "errors", "ignored",
    "started_at", "finished_at",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """What somebody brought."""

    name: str
    content: bytes
    branch_id: int | None

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes: the same file is booked once."""
        return hashlib.sha256(self.content).hexdigest()


def try_out(file: File) -> dict[str, Any]:
    """The report of a dry run: every faulty row; nothing is written. Opens its own reading transaction."""
    with reading():
        _require_branch(file)
        sheet, checked = _check(file)
        return _report("checked", file, sheet, checked.faults, checked)


def start(file: File) -> dict[str, Any]:
    """Book a file, or queue it. The same file again gets the first import's report. Opens its own transactions."""
    with writing():
        _require_branch(file)
        changes.take(0)  # the sequence's lock: the same file sent twice at once is one import
        earlier = _earlier(file)
        if earlier is not None:
            return as_json(earlier)
        if live.connection() is not None and file.content.count(b"\n") > AT_ONCE_ROWS:
            return as_json(_queue(file))
        return _book(file, _row(file, "running"))


def run(import_id: uuid.UUID) -> None:
    """Book a queued import. Repeats: safe, an import that is done is left alone. Opens its own transactions."""
    with writing():
        row = session().get(ItemImport, import_id, options=[sa.orm.undefer(ItemImport.content)])
        if row is None or row.state in ("done", "refused") or row.content is None:
            return
        who = actor.Actor(kind="system", person_id=row.started_by)
        with actor.acting(who):
            _book(File(row.file_name, row.content, row.branch_id), row)


def show(import_id: uuid.UUID) -> dict[str, Any]:
    """How an import went or goes. Raises NotFound."""
    row = session().get(ItemImport, import_id)
    if row is None:
        raise NotFound("no such import")
    return as_json(row)


def waiting(before: int) -> Sequence[uuid.UUID]:
    """Imports that a wiped queue may have forgotten."""
    query = sa.select(ItemImport.id).where(ItemImport.state == "queued", ItemImport.started_at < before)
    return session().scalars(query.limit(100)).all()


def as_json(row: ItemImport) -> dict[str, Any]:
    """An import's report."""
    report = {name: getattr(row, name) for name in FIELDS}
    return report | {"rows_done": row.rows if row.state == "done" else _progress_of(row.id)}


def _check(file: File, import_id: uuid.UUID | None = None) -> tuple[Sheet, Plan]:
    """The file held against the catalogue; the faults of the file itself are those of its first faulty row."""
    sheet = Sheet([], [])
    try:
        sheet = read(file.content)
        places = columns.places_of(sheet.headings)
    except BadFile as error:
        return sheet, Plan([], {}, [RowFault(error.row, FieldError("file", error.code, error.params))])
    lines, faults = _parse(sheet, Parser(places, len(sheet.headings)), import_id)
    checked = plan(lines)
    checked.faults += faults
    if any(line.quantity_milli for line in lines) and _branch_id(file) is None:
        checked.faults.append(RowFault(1, FieldError("branch_id", "branch_needed")))
    checked.faults.sort(key=lambda found: found.row)
    return sheet, checked


def _parse(sheet: Sheet, parser: Parser, import_id: uuid.UUID | None) -> tuple[list[Line], list[RowFault]]:
    lines: list[Line] = []
    faults: list[RowFault] = []
    for done, (row, cells) in enumerate(sheet.rows):
        found = parser.parse(row, cells)
        if isinstance(found, Line):
            lines.append(found)
        else:
            faults += [RowFault(row, fault) for fault in found]
        if import_id is not None and done % PROGRESS_EVERY == 0:
            _tell_progress(import_id, done)
    return lines, faults


def _book(file: File, row: ItemImport) -> dict[str, Any]:
    sheet, checked = _check(file, row.id)
    row.rows, row.faults = len(sheet.rows), len(checked.faults)
    row.ignored = _ignored(sheet)
    row.finished_at, row.content = clock.now_ms(), None
    row.errors = [found.to_json() for found in checked.faults[:FAULTS_AT_MOST]]
    if checked.faults:
        row.state = "refused"
        row.file_key = f"{file.hash}:{row.id.hex[-12:]}"  # the same file may come again, when the shop has changed
    else:
        booked = book(checked, row.id, _branch_id(file), file_name=row.file_name)
        row.state = "done"
        row.created, row.changed, row.opening_skipped = booked.created, booked.changed, booked.opening_skipped
        audit.write("import_items", "item_import", row.id, after={"file": row.file_name, "rows": row.rows})
    session().flush()
    return as_json(row)


def _report(state: str, file: File, sheet: Sheet, faults: Sequence[RowFault], checked: Plan) -> dict[str, Any]:
    now = clock.now_ms()
    return {
        "id": None,
        "state": state,
        "file_name": file.name,
        "rows": len(sheet.rows),
        "rows_done": len(sheet.rows),
        "created": len(checked.news),
        "changed": len(checked.olds),
        "opening_skipped": sum(1 for line in checked.olds if line.quantity_milli),
        "faults": len(faults),
        "errors": [found.to_json() for found in faults[:FAULTS_AT_MOST]],
        "ignored": _ignored(sheet),
        "started_at": now,
        "finished_at": now,
    }


def _ignored(sheet: Sheet) -> list[str]:
    try:
        return columns.ignored(sheet.headings, columns.places_of(sheet.headings).values())
    except BadFile:
        return []


def _row(file: File, state: str) -> ItemImport:
    now = clock.now_ms()
    row = ItemImport(
        id=new_id(now),
        file_name=file.name,
        file_key=file.hash,
        branch_id=file.branch_id,
        state=state,
        errors=[],
        ignored=[],
        started_by=actor.current().person_id,
        started_at=now,
    )
    session().add(row)
    session().flush()
    return row


def _queue(file: File) -> ItemImport:
    row = _row(file, "queued")
    row.content = file.content
    session().flush()
    after_commit(lambda: enqueue(row.id))
    return row


def enqueue(import_id: uuid.UUID) -> None:
    """Ask the worker for an import; one job however often it is asked for."""
    jobs.enqueue(JOB, job_id=f"import:{import_id}", import_id=str(import_id))


def _earlier(file: File) -> ItemImport | None:
    return session().scalars(sa.select(ItemImport).where(ItemImport.file_key == file.hash)).first()


def _require_branch(file: File) -> None:
    if file.branch_id is not None:
        require_branch(file.branch_id)


def _branch_id(file: File) -> int | None:
    """Where opening stock lies: the branch that was named, or the only one."""
    if file.branch_id is not None:
        return file.branch_id
    branches = stores.branches()
    return branches[0].id if len(branches) == 1 else None


def _tell_progress(import_id: uuid.UUID, done: int) -> None:
    client = live.connection()
    if client is None:
        return
    try:
        client.set(live.key(tenant.current().id, f"import:{import_id}"), done, ex=PROGRESS_KEPT_S)
    except redis.RedisError:
        return


def _progress_of(import_id: uuid.UUID) -> int:
    client = live.connection()
    if client is None:
        return 0
    try:
        return int(client.get(live.key(tenant.current().id, f"import:{import_id}")) or 0)
    except redis.RedisError:
        return 0
