"""The SQLite file of a new shop: the bytes of a template at the newest schema, with the shop's id in its place.

The template is made once for each revision and names a stand-in as its owner. No copy has to be opened, its schema
read and its log written back, before its shop's first request.
"""

import contextlib
import functools
import os
import sqlite3
import uuid
from collections.abc import Sequence
from pathlib import Path

from server.core.changes import GENERATION_SPAN
from server.core.ids import new_id
from server.tenants import schema

FIRST_GENERATION = 1
"""The generation of every new shop, and so of its template."""

STAND_IN = uuid.UUID("e5b1c0de-5a1e-4d0b-9c37-70a6f2d41b88").bytes
"""Whose database a template is. It stands in it in two places, the row of its identity and the index of that row;
an id of the same length takes its place in both."""


def write_copy(template: Path, target: Path, owner: uuid.UUID) -> None:
    """Make the database file of a shop, and bring it and its place in the folders to the disk."""
    parts = _parts(template)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        out.write(owner.bytes.join(parts))
        out.flush()
        os.fsync(out.fileno())  # one journal entry of the file system holds the new folders too, as a rule
    for folder in list(target.parents)[:3]:
        _flush(folder)


def _parts(template: Path) -> Sequence[bytes]:
    """What stands around the owner's id; the template is made first where none stands that a copy can be made of."""
    with contextlib.suppress(FileNotFoundError):
        parts = _read(template, template.stat().st_mtime_ns)
        if len(parts) > 1:
            return parts
    _build(template)
    return _read(template, template.stat().st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _read(template: Path, _changed_at_ns: int) -> Sequence[bytes]:
    return template.read_bytes().split(STAND_IN)


def _build(template: Path) -> None:
    template.parent.mkdir(parents=True, exist_ok=True)
    draft = template.with_suffix(f".{new_id().hex}")
    schema.migrate_new(f"sqlite:///{draft}")
    with contextlib.closing(sqlite3.connect(draft)) as raw, raw:
        raw.execute("INSERT INTO tenant_identity VALUES (?, ?)", (STAND_IN, FIRST_GENERATION))
        raw.execute("INSERT INTO change_sequence VALUES (1, ?, 0)", (FIRST_GENERATION * GENERATION_SPAN,))
    with contextlib.closing(sqlite3.connect(draft)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")  # kept in the file: no copy has to change its mode at its first request
    draft.replace(template)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
