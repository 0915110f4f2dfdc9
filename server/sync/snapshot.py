"""The whole catalogue as one file of columns, for a terminal's first day: made once a cursor, kept compressed on disk.

A file's name says everything about it (schema, generation, cursor, branch, rows, hash), so there is no index beside it
that could disagree. A file never changes; an older one is served as long as the changes since then are few, for the
terminal fetches those anyway.
"""

import hashlib
import itertools
import os
import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
from isal import igzip

from server.catalog.models import Barcode, Item, Price
from server.core import changes, clock, files
from server.core.changes import Change
from server.core.errors import NotFound
from server.core.ids import new_id
from server.core.tenant import current
from server.core.transaction import session
from server.sync.columns import columns, joined, summed
from server.sync.loaders import catalogue

SCHEMA = 2
REUSED_WITHIN = 500
"""Changes of the catalogue since a file was made, up to which it is handed out again."""

ORDERS_WITHIN = 20_000
"""Numbers of any topic since then: what a terminal would have to read through."""

KEPT = 3
"""Files of a branch that stay: terminals that were just told of an older one still fetch it."""

LEVEL = 1
"""Of ISA-L's gzip: as short as zlib's first level in a third of its time. Higher ones save 1 to 4 %."""

RISING = frozenset({"id", "item_id"})
"""Rows stand in the order of their items' ids."""

_NAME = re.compile(r"(\d+)-(\d+)-(\d+)-b(\d+)-(\d+)-([0-9a-f]{64})\.json\.gz")
_building: dict[tuple[object, int], threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True)
class Snapshot:
    """A file of the catalogue as it was at a cursor, for a branch."""

    path: Path
    generation: int
    cursor: int
    branch_id: int
    rows: int
    sha256: str

    @property
    def url(self) -> str:
        """Where terminals fetch it."""
        return f"/api/v1/sync/snapshot/{self.cursor}.json"


def newest(branch_id: int) -> Snapshot:
    """A file that is new enough, made when there is none."""
    found = _reusable(branch_id)
    if found is not None:
        return found
    with _building[current().id, branch_id]:
        return _reusable(branch_id) or _make(branch_id)


def at(cursor: int, branch_id: int) -> Snapshot:
    """The file of a cursor that was told. Raises NotFound when it is gone: bootstrap again."""
    for found in _files(branch_id):
        if found.cursor == cursor:
            return found
    raise NotFound("this snapshot is gone; ask for a bootstrap again", code="snapshot_gone")


def build(branch_id: int, cursor: int) -> tuple[bytes, int]:
    """The file's content and how many items it holds.

    `items.by_name` names the items' places in the order of their names. Search keys are not in it: a terminal folds
    names by itself, since it folds what a person types.
    """
    items, ids = _items()
    content = {
        "schema": SCHEMA,
        "cursor": cursor,
        "items": items | {"by_name": _by_name(ids)},
        "barcodes": columns(_barcodes(), rising=RISING),
        "prices": columns(_prices(branch_id, clock.now_ms()), rising=RISING),
        "categories": catalogue.all_categories(),
        "units": catalogue.all_of(catalogue.UNIT_COLUMNS),
        "tax_classes": catalogue.all_of(catalogue.TAX_CLASS_COLUMNS),
        "label_templates": catalogue.all_of(catalogue.LABEL_COLUMNS),
    }
    return orjson.dumps(content), len(ids)


def _make(branch_id: int) -> Snapshot:
    cursor, generation = changes.head(), current().generation  # the head first: what comes later is fetched as changes
    content, rows = build(branch_id, cursor)
    digest = hashlib.sha256(content).hexdigest()
    path = files.folder("snapshots") / f"{SCHEMA}-{generation}-{cursor}-b{branch_id}-{rows}-{digest}.json.gz"
    draft = path.with_name(f"{new_id().hex}.draft")
    draft.write_bytes(igzip.compress(content, LEVEL, mtime=0))
    os.replace(draft, path)
    for old in _files(branch_id)[KEPT:]:
        old.path.unlink(missing_ok=True)
    return Snapshot(path, generation, cursor, branch_id, rows, digest)


def _reusable(branch_id: int) -> Snapshot | None:
    for found in _files(branch_id)[:1]:
        is_followed = found.cursor >= changes.kept_from()  # the log still tells everything since
        if is_followed and changes.head() - found.cursor <= ORDERS_WITHIN:
            return found if _changes_since(found.cursor) <= REUSED_WITHIN else None
    return None


def _changes_since(cursor: int) -> int:
    some = sa.select(Change.seq).where(Change.topic == "catalogue", Change.seq > cursor).limit(REUSED_WITHIN + 1)
    return session().scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def _files(branch_id: int) -> list[Snapshot]:
    """The branch's files of this generation, the newest first."""
    found = []
    for path in files.folder("snapshots").iterdir():
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        schema, generation, cursor, branch, rows = map(int, match.groups()[:5])
        if (schema, generation, branch) == (SCHEMA, current().generation, branch_id):
            found.append(Snapshot(path, generation, cursor, branch, rows, match[6]))
    return sorted(found, key=lambda one: -one.cursor)


def stale_files() -> list[Path]:
    """Files to which no terminal is sent: from before the log begins, of another form or generation, drafts."""
    kept_from, found = changes.kept_from(), []
    for path in files.folder("snapshots").iterdir():
        match = _NAME.fullmatch(path.name)
        said = tuple(map(int, match.groups()[:3])) if match else (0, 0, 0)
        if said[:2] != (SCHEMA, current().generation) or said[2] < kept_from:
            found.append(path)
    return found


def _items() -> tuple[dict[str, Any], list[int]]:
    """The items' columns in the order of their ids, and these. SQLite reads them so by itself, and asked to do it, it
    copies each row first; where they come otherwise, they are read once more in order."""
    query = sa.select(*catalogue.SNAPSHOT_COLUMNS).where(_is_sold())
    items = columns(query, rising=RISING)
    ids = summed(items["id"])
    if ids != sorted(ids):
        items = columns(query.order_by(Item.__table__.c.id), rising=RISING)
        ids = summed(items["id"])
    return items, ids


def _by_name(ids: Sequence[int]) -> list[int]:
    """The places of the items in the order of their names, read from the index that is kept in that order."""
    sold = Item.__table__.c
    query = sa.select(sold.id).where(sold.archived_at.is_(None)).order_by(sold.sort_key, sold.id)
    (text,) = session().execute(sa.select(joined(query.subquery().c.id))).one()
    places = dict(zip(ids, itertools.count()))
    # On PostgreSQL an item may have come since the ids were read; it is told of by the feed.
    return [place for place in map(places.get, orjson.loads(f"[{text or ''}]")) if place is not None]


def _barcodes() -> sa.Select[Any]:
    """In the order in which they lie: nobody asks for another, and nearly all rose with their items."""
    return sa.select(*catalogue.BARCODE_COLUMNS).where(_is_of_sold(Barcode.__table__.c.item_id))


def _prices(branch_id: int, now: int) -> sa.Select[Any]:
    """Prices that count now or will: neither ended nor followed by a later one of the same kind that has begun."""
    price, later = Price.__table__.c, Price.__table__.alias("later")
    is_followed = sa.exists().where(
        later.c.item_id == price.item_id,
        later.c.list_id == price.list_id,
        later.c.kind == price.kind,
        later.c.branch_id.is_not_distinct_from(price.branch_id),
        later.c.from_at <= now,
        later.c.until_at.is_(None),
        sa.or_(later.c.from_at > price.from_at, sa.and_(later.c.from_at == price.from_at, later.c.id > price.id)),
    )
    query = sa.select(*catalogue.PRICE_COLUMNS).where(_is_of_sold(price.item_id))
    query = query.where(sa.or_(price.branch_id.is_(None), price.branch_id == branch_id))
    query = query.where(sa.or_(price.until_at.is_(None), price.until_at > now))
    return query.where(sa.or_(price.from_at > now, price.item_id.not_in(_priced_often()), ~is_followed))


def _priced_often() -> sa.Select[Any]:
    """Items with more than one price, told by the index alone: only theirs are worth a look for a later one."""
    item_id = Price.__table__.c.item_id
    return sa.select(item_id).group_by(item_id).having(sa.func.count() > 1)


def _is_of_sold(item_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Of no archived item: those are few, so their ids are read once; each row's item is not looked up."""
    archived = sa.select(Item.__table__.c.id).where(Item.__table__.c.archived_at.is_not(None))
    return item_id.not_in(archived)


def _is_sold() -> sa.ColumnElement[bool]:
    """Not archived; said so that no index serves it: nearly all rows are wanted, and they lie in the order of ids."""
    return sa.func.coalesce(Item.__table__.c.archived_at, 0) == 0
