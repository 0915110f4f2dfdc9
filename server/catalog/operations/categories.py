"""Making and changing categories."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.models import SEARCH_AT_MOST, Category
from server.core import audit, changes, clock
from server.core.errors import invalid
from server.core.transaction import session
from server.values.folding import search_key

DEPTH_AT_MOST = 5
"""How deep shelves may stand within shelves."""


@dataclass(frozen=True)
class CategoryFields:
    """What a person says about a category. Units: `hue` in degrees."""

    name: str
    parent_id: int | None = None
    hue: int = 200
    position: int = 0


def create_category(name: str, *, parent_id: int | None = None, hue: int = 200, position: int = 0) -> Category:
    """A new category. Raises Invalid where the parent does not exist or stands too deep."""
    made = create_categories([CategoryFields(name, parent_id, hue, position)])[0]
    return session().get_one(Category, made)


def create_categories(news: Sequence[CategoryFields]) -> list[int]:
    """Many categories at once; returns their ids in the same order."""
    first = changes.take(len(news))
    _check_parents([new.parent_id for new in news])
    rows = [
        {"id": id, "rev": id, "search_key": search_key(new.name)[:SEARCH_AT_MOST], **asdict(new)}
        for id, new in enumerate(news, start=first)
    ]
    session().execute(sa.insert(Category), rows)
    changes.record_many([(row["id"], "catalogue", "category", str(row["id"]), "put", None) for row in rows])
    for row in rows:
        audit.write("create_category", "category", row["id"], after={"name": row["name"]})
    return [row["id"] for row in rows]


def change_category(category_id: int, fields: CategoryFields, *, rev: int | None) -> Category:
    """Change a category. Raises NotFound, Conflict (someone else was faster), Invalid (a circle)."""
    number = changes.take()
    category = queries.category(category_id)
    changes.expect_rev(category.rev, rev)
    _check_parents([fields.parent_id], of=category_id)
    before = {name: getattr(category, name) for name in asdict(fields)}
    for name, value in asdict(fields).items():
        setattr(category, name, value)
    category.search_key = search_key(fields.name)[:SEARCH_AT_MOST]
    return _changed(category, number, "change_category", before, asdict(fields))


def archive_category(category_id: int) -> Category:
    """Take a category out of use; its items stay and are found by name. Safe to repeat."""
    number = changes.take()
    category = queries.category(category_id)
    if category.archived_at is not None:
        return category
    category.archived_at = clock.now_ms()
    return _changed(category, number, "archive_category", {"name": category.name}, None)


def restore_category(category_id: int) -> Category:
    """Bring an archived category back. Safe to repeat."""
    number = changes.take()
    category = queries.category(category_id)
    if category.archived_at is None:
        return category
    category.archived_at = None
    return _changed(category, number, "restore_category", None, {"name": category.name})


def _changed(
    category: Category, number: int, verb: str, before: dict[str, object] | None, after: dict[str, object] | None
) -> Category:
    category.rev = number
    session().flush()
    changes.record("catalogue", "category", category.id, seq=number)
    audit.write(verb, "category", category.id, before=before, after=after)
    return category


def _check_parents(parent_ids: Sequence[int | None], *, of: int | None = None) -> None:
    if all(parent_id is None for parent_id in parent_ids):
        return
    parents = {row.id: row.parent_id for row in session().execute(sa.select(Category.id, Category.parent_id))}
    for parent_id in parent_ids:
        _check_parent(parent_id, parents, of)


def _check_parent(parent_id: int | None, parents: dict[int, int | None], of: int | None) -> None:
    above, steps = parent_id, 0
    while above is not None:
        if above not in parents:
            raise invalid("parent_id", "not_found")
        steps += 1
        if above == of or steps >= DEPTH_AT_MOST:
            raise invalid("parent_id", "in_itself" if above == of else "too_deep", most=DEPTH_AT_MOST)
        above = parents[above]
