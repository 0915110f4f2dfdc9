"""Reads of the catalogue. What the push needs comes in one query per kind for a whole batch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from server.catalog.models import Barcode, Category, Item, LabelTemplate, Price, PriceList, TaxClass, TaxRate, Unit
from server.catalog.prices import price_valid_at
from server.core import paging
from server.core.errors import NotFound
from server.core.transaction import session
from server.values.barcode import lookup_forms
from server.values.folding import search_key

IN_AT_MOST = 10_000
"""Values of one IN list; both databases take more, and a longer list is asked for in parts."""

ORDERS = {
    "name": ((Item.sort_key, False), (Item.id, False)),
    "-name": ((Item.sort_key, True), (Item.id, True)),
    "sku": ((Item.sku, False), (Item.id, False)),
    "newest": ((Item.id, True),),
}

Rows = dict[int, sa.Row[Any]]


def items_by_id(ids: Collection[int]) -> Rows:
    """Items by id, archived ones as well, with every column of the table."""
    return _by_id(Item.__table__, ids)


def prices_by_id(ids: Collection[int]) -> Rows:
    """Price rows by id."""
    return _by_id(Price.__table__, ids)


def prices_of_items(item_ids: Collection[int]) -> dict[int, list[sa.Row[Any]]]:
    """Every price row of some items, by item: what `prices.price_valid_at` chooses from."""
    table = Price.__table__
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for part in in_parts(item_ids):
        for row in session().execute(sa.select(table).where(table.c.item_id.in_(part)).order_by(table.c.id)):
            found[row.item_id].append(row)
    return found


def current_prices(item_ids: Collection[int], at_ms: int, *, branch_id: int | None = None) -> Rows:
    """The price that counts now, by item; items without one are left out."""
    valid = {
        item_id: price_valid_at(rows, at_ms, branch_id=branch_id) for item_id, rows in prices_of_items(item_ids).items()
    }
    return {item_id: row for item_id, row in valid.items() if row is not None}


def tax_rates_by_id() -> Rows:
    """Every tax rate there ever was: id, class_id, rate_bp, kind, from_at."""
    table = TaxRate.__table__
    return {row.id: row for row in session().execute(sa.select(table))}


def tax_rate_valid_at(rates: Iterable[sa.Row[Any]], class_id: int, at_ms: int) -> sa.Row[Any] | None:
    """The rate of a class at an instant: the one that began last."""
    begun = [rate for rate in rates if rate.class_id == class_id and rate.from_at <= at_ms]
    return max(begun, key=lambda rate: (rate.from_at, rate.id), default=None)


def barcodes_of(item_ids: Collection[int]) -> dict[int, list[sa.Row[Any]]]:
    """Codes with their quantities by item, in their order."""
    table = Barcode.__table__
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for part in in_parts(item_ids):
        query = sa.select(table).where(table.c.item_id.in_(part)).order_by(table.c.item_id, table.c.position)
        for row in session().execute(query):
            found[row.item_id].append(row)
    return found


def item_of_code(code: str) -> tuple[Item, Barcode]:
    """The item that a scanned code means, and the code's row (its quantity). Raises NotFound (unknown_code)."""
    query = (
        sa.select(Item, Barcode).join(Barcode, Barcode.item_id == Item.id).where(Barcode.code.in_(lookup_forms(code)))
    )
    found = session().execute(query.limit(1)).first()
    if found is None:
        raise NotFound("no item has this code", code="unknown_code", params={"code": code})
    return found[0], found[1]


def item(item_id: int) -> Item:
    """One item. Raises NotFound."""
    found = session().get(Item, item_id)
    if found is None:
        raise NotFound("no such item")
    return found


def category(category_id: int) -> Category:
    """One category. Raises NotFound."""
    found = session().get(Category, category_id)
    if found is None:
        raise NotFound("no such category")
    return found


def items(
    *, q: str, category_id: int | None, is_archived: bool, sort: str, limit: int, cursor: str | None
) -> tuple[list[Item], str | None]:
    """A page of items: those whose folded name or sku holds every word of `q`, or that have exactly that code."""
    query = sa.select(Item).where(Item.archived_at.is_not(None) if is_archived else Item.archived_at.is_(None))
    if category_id is not None:
        query = query.where(Item.category_id == category_id)
    if q.strip():
        query = query.where(_matches(q))
    return paging.page(query, ORDERS[sort], limit=limit, cursor=cursor)


def categories(*, q: str, limit: int, cursor: str | None) -> tuple[list[Category], str | None]:
    """A page of categories in the order of the tiles, archived ones last."""
    is_archived = sa.case((Category.archived_at.is_(None), 0), else_=1)
    query = sa.select(Category)
    for word in search_key(q).split():
        query = query.where(Category.search_key.contains(word, autoescape=True))
    order = [(is_archived, False), (Category.position, False), (Category.id, False)]
    return paging.page(query, order, limit=limit, cursor=cursor)


def units() -> Sequence[Unit]:
    """The units of sale."""
    return session().scalars(sa.select(Unit).order_by(Unit.id)).all()


def tax_classes() -> Sequence[TaxClass]:
    """The tax classes."""
    return session().scalars(sa.select(TaxClass).order_by(TaxClass.id)).all()


def label_templates() -> Sequence[LabelTemplate]:
    """The patterns of the shop's own labels."""
    return session().scalars(sa.select(LabelTemplate).order_by(LabelTemplate.id)).all()


def default_list_id() -> int:
    """The shop's own price list. Raises NotFound in a shop that was never prepared."""
    found: int | None = session().scalar(sa.select(sa.func.min(PriceList.id)))
    if found is None:
        raise NotFound("this shop has no price list yet", code="catalogue_not_prepared")
    return found


def in_parts(ids: Collection[Any]) -> Iterator[list[Any]]:
    """Ids without doubles, in lists that a statement takes."""
    distinct = list(dict.fromkeys(ids))
    for start in range(0, len(distinct), IN_AT_MOST):
        yield distinct[start : start + IN_AT_MOST]


def _by_id(table: Any, ids: Collection[int]) -> Rows:
    found: Rows = {}
    for part in in_parts(ids):
        found.update({row.id: row for row in session().execute(sa.select(table).where(table.c.id.in_(part)))})
    return found


def _matches(q: str) -> sa.ColumnElement[bool]:
    words = search_key(q).split()
    has_code = Item.id.in_(sa.select(Barcode.item_id).where(Barcode.code.in_(lookup_forms(q.strip()))))
    if not words:
        return has_code
    return sa.or_(sa.and_(*[Item.search_key.contains(word, autoescape=True) for word in words]), has_code)
