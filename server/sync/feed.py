"""What changed since a cursor, as rows: THE table kind -> loader, and the reading of the change log."""

from collections.abc import Mapping, Sequence
from typing import Any

from server.core import changes
from server.core.changes import GENERATION_SPAN, Change, CursorTooOld
from server.core.tenant import current
from server.sync.loaders import catalogue, orders, people, settings, tills
from server.sync.loaders.context import Loader, Receiver

FEED: Mapping[str, Loader] = {
    "item": catalogue.items,
    "price": catalogue.prices,
    "category": catalogue.categories,
    "unit": catalogue.units,
    "tax_class": catalogue.tax_classes,
    "tax_rate": catalogue.tax_rates,
    "label_template": catalogue.label_templates,
    "person": people.people,
    "company": settings.companies,
    "branch": settings.branches,
    "register": tills.registers,
    "tender_type": tills.tender_types,
    "setting": settings.settings,
    "terminal_device": settings.terminal_devices,
    "order_operation": orders.operations,
}
"""Kinds of the log that are not here (warehouses, agents) are none of a terminal's business."""

TOPICS = ("catalogue", "people", "settings", "orders")
TEXT_IDS = frozenset({"order_operation", "terminal_device"})


def receiver(terminal_id: int) -> Receiver:
    """For whom the feed is made."""
    return Receiver(terminal_id, settings.branch_of_terminal(terminal_id))


def changes_since(cursor: int, topics: Sequence[str], to: Receiver, *, limit: int) -> dict[str, Any]:
    """A page of changes with their rows, each row once, at its latest number. Raises CursorTooOld (410).

    The head is read before the rows: what commits in between has a higher number, and comes with the next page.
    """
    head = changes.head()
    _refuse_foreign(cursor, head)
    rows, more = changes.since(cursor, topics, branch_id=to.branch_id, limit=limit)
    reached = rows[-1].seq if rows else cursor
    latest = {(row.kind, row.id): row for row in rows if row.kind in FEED}
    return {
        "from": cursor,
        "to": reached if more else max(head, reached),
        "more": more,
        "changes": _with_rows(sorted(latest.values(), key=lambda row: row.seq), to),
    }


def _refuse_foreign(cursor: int, head: int) -> None:
    """A cursor of another generation, or of a future that a restore took back, is answered with a new beginning."""
    generation = current().generation
    is_older = generation > 1 and cursor < generation * GENERATION_SPAN
    if is_older or cursor > head:
        raise CursorTooOld(params={"reset": True})


def _with_rows(latest: Sequence[Change], to: Receiver) -> list[dict[str, Any]]:
    ids: dict[str, list[str]] = {}
    for change in latest:
        if change.op == "put":
            ids.setdefault(change.kind, []).append(change.id)
    loaded = {kind: FEED[kind](wanted, to) for kind, wanted in ids.items()}
    return [_said(change, loaded.get(change.kind, {}).get(change.id)) for change in latest]


def _said(change: Change, row: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "seq": change.seq,
        "topic": change.topic,
        "kind": change.kind,
        "op": "drop" if row is None else "put",
        "id": change.id if change.kind in TEXT_IDS else int(change.id),
        "rev": change.rev,
        "row": row,
    }
