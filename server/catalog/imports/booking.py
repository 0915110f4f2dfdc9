"""Booking an import: categories, items, changes, prices and opening stock, in the transaction in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from server.catalog import queries
from server.catalog.events import ItemsImported, Opening
from server.catalog.imports.parsing import Line
from server.catalog.imports.planning import Plan, categories_by_path, folded, wanted
from server.catalog.operations import (
    CategoryFields,
    NewPrice,
    change_items,
    create_categories,
    create_items,
    set_prices,
)
from server.catalog.operations.categories import DEPTH_AT_MOST
from server.core import actor, clock
from server.core.announce import announce

HUE_STEP = 47
"""Degrees between the hues of new categories: neighbours on the till look different."""


@dataclass(frozen=True)
class Booked:
    """What became of the rows."""

    created: int
    changed: int
    opening_skipped: int


def book(plan: Plan, import_id: UUID, branch_id: int | None, *, file_name: str) -> Booked:
    """Book every row of a plan without faults. Opening stock is booked for new items only, and names the file."""
    categories = _categories(plan.lines)
    news = plan.news
    ids = create_items([wanted(line, None, {}, category_id=categories.get(_path(line))) for line in news])
    changed = _change(plan, categories)
    openings = tuple(
        Opening(id, line.quantity_milli, line.cost_minor)
        for id, line in zip(ids, news, strict=True)
        if line.quantity_milli
    )
    if openings:
        assert branch_id is not None, "checked before: opening stock lies in a branch"
        announce(ItemsImported(str(import_id), file_name, branch_id, openings, actor.current().person_id))
    skipped = sum(1 for line in plan.olds if line.quantity_milli)
    return Booked(len(ids), changed, skipped)


def _categories(lines: Sequence[Line]) -> dict[tuple[str, ...], int]:
    """Every category that the rows name, made level by level where it is missing."""
    known = categories_by_path()
    for depth in range(1, DEPTH_AT_MOST + 1):
        deep = [line for line in lines if len(line.category) >= depth]
        names: dict[tuple[str, ...], str] = {}
        for line in deep:
            names.setdefault(_path(line)[:depth], line.category[depth - 1])
        missing = [path for path in names if path not in known]
        fields = [_category(names[path], known.get(path[:-1]), len(known) + at) for at, path in enumerate(missing)]
        if missing:
            known.update(zip(missing, create_categories(fields), strict=True))
    return known


def _category(name: str, parent_id: int | None, position: int) -> CategoryFields:
    return CategoryFields(name, parent_id=parent_id, hue=position * HUE_STEP % 360, position=position + 1)


def _change(plan: Plan, categories: Mapping[tuple[str, ...], int]) -> int:
    olds = plan.olds
    if not olds:
        return 0
    ids = [plan.known[line.sku].id for line in olds]
    codes = queries.barcodes_of(ids)
    pairs = [
        (id, wanted(line, plan.known[line.sku], codes, category_id=categories.get(_path(line))))
        for id, line in zip(ids, olds, strict=True)
    ]
    changed = set(change_items(pairs))
    prices = queries.current_prices(ids, clock.now_ms())
    dearer = [
        NewPrice(id, line.price_minor)
        for id, line in zip(ids, olds, strict=True)
        if id not in prices or prices[id].amount_minor != line.price_minor
    ]
    set_prices(dearer)
    return len(changed | {price.item_id for price in dearer})


def _path(line: Line) -> tuple[str, ...]:
    return tuple(folded(name) for name in line.category)
