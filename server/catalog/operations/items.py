"""Making and changing items, one or twenty thousand: Core inserts, one taking of numbers for the whole list."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.models import SEARCH_AT_MOST, Barcode, Item, Price
from server.catalog.operations.checks import Faults, NewItem, Pack, faults_of
from server.core import audit, changes, clock
from server.core.errors import FieldError, Invalid
from server.core.transaction import session
from server.values.folding import search_key, sort_key

FIELDS = ("sku", "name", "category_id", "unit_id", "tax_class_id", "is_weighed", "plu", "quick_position")


def create_item(new: NewItem) -> Item:
    """A new item with its codes and first price. Raises Invalid naming each faulty field."""
    made = create_items([new])[0]
    return session().get_one(Item, made)


def create_items(news: Sequence[NewItem], *, from_at: int | None = None) -> list[int]:
    """Many items at once; returns their ids in the same order. Raises Invalid; fields are prefixed by their place
    (`17.sku`) when there is more than one.

    First prices are valid from `from_at`, by default from now. Units: milliseconds UTC.
    """
    if not news:
        return []
    first = changes.take(2 * len(news))  # the lock of the sequence also keeps two writers from taking one code
    refuse(faults_of(news), has_one=len(news) == 1)
    rows = [_row(new, id) for id, new in enumerate(news, start=first)]
    session().execute(sa.insert(Item), rows)
    _insert_barcodes([(row["id"], new.barcodes) for row, new in zip(rows, news, strict=True)])
    changes.record_many([(row["id"], "catalogue", "item", str(row["id"]), "put", None) for row in rows])
    _insert_first_prices(rows, news, first=first + len(news), from_at=from_at)
    _audit_created(rows, news)
    return [row["id"] for row in rows]


def change_item(item_id: int, new: NewItem, *, rev: int | None = None) -> Item:
    """Change an item's fields and codes; its price is changed by `set_price`. Raises NotFound, Conflict, Invalid."""
    number = changes.take()
    item = queries.item(item_id)
    changes.expect_rev(item.rev, rev)
    refuse(faults_of([new], [item_id]), has_one=True)
    before = _snapshot(item)
    for name, value in _row(new, item_id).items():
        setattr(item, name, value)
    session().execute(sa.delete(Barcode).where(Barcode.item_id == item_id))
    _insert_barcodes([(item_id, new.barcodes)])
    return _changed(item, number, "change_item", before)


def change_items(pairs: Sequence[tuple[int, NewItem]]) -> list[int]:
    """Change many items at once; returns the ids of those that were not so already. Raises Invalid.

    Prices are not touched; an archived item comes back into sale.
    """
    ids = [id for id, _ in pairs]
    refuse(faults_of([new for _, new in pairs], ids), has_one=len(pairs) == 1)
    before, codes = queries.items_by_id(ids), queries.barcodes_of(ids)
    differing = [(id, new) for id, new in pairs if _differs(new, before[id], codes.get(id, []))]
    if not differing:
        return []
    first = changes.take(len(differing))
    rows = [_row(new, id) | {"rev": rev} for rev, (id, new) in enumerate(differing, start=first)]
    _update(rows)
    changed = [row["id"] for row in rows]
    for part in queries.in_parts(changed):
        session().execute(sa.delete(Barcode).where(Barcode.item_id.in_(part)))
    _insert_barcodes([(id, new.barcodes) for id, new in differing])
    changes.record_many([(row["rev"], "catalogue", "item", str(row["id"]), "put", None) for row in rows])
    audit.write("change_items", "item", changed[0], after={"items": len(changed), "last_id": changed[-1]})
    return changed


def archive_item(item_id: int) -> Item:
    """Take an item out of sale; documents keep naming it. Safe to repeat. Raises NotFound."""
    number = changes.take()
    item = queries.item(item_id)
    if item.archived_at is not None:
        return item
    before = _snapshot(item)
    item.archived_at = clock.now_ms()
    return _changed(item, number, "archive_item", before)


def restore_item(item_id: int) -> Item:
    """Bring an archived item back into sale. Safe to repeat. Raises NotFound."""
    number = changes.take()
    item = queries.item(item_id)
    if item.archived_at is None:
        return item
    before = _snapshot(item)
    item.archived_at = None
    return _changed(item, number, "restore_item", before)


def refuse(faults: Faults, *, has_one: bool) -> None:
    """Raise Invalid when there is a fault. A single item's fields stand without their place."""
    errors = [
        FieldError(fault.field if has_one else f"{place}.{fault.field}", fault.code, fault.params)
        for place, found in sorted(faults.items())
        for fault in found
    ]
    if errors:
        raise Invalid(f"{errors[0].field}: {errors[0].code}", errors=errors)


def _row(new: NewItem, id: int) -> dict[str, Any]:
    return {
        "id": id,
        "rev": id,
        "search_key": search_key(f"{new.name} {new.sku}")[:SEARCH_AT_MOST],
        "sort_key": sort_key(new.name)[:SEARCH_AT_MOST],
        **{name: getattr(new, name) for name in FIELDS},
    }


def _differs(new: NewItem, row: Any, codes: Sequence[Any]) -> bool:
    now = [(code.code, code.quantity_milli) for code in codes]
    wanted = [(pack.code, pack.quantity_milli) for pack in new.barcodes]
    fields = any(getattr(new, name) != getattr(row, name) for name in FIELDS)
    return fields or now != wanted or row.archived_at is not None


def _update(rows: Sequence[Mapping[str, Any]]) -> None:
    """One statement with many sets of values, without loading an object."""
    table = Item.__table__
    values: dict[str, Any] = {name: sa.bindparam(name) for name in rows[0] if name != "id"}
    statement = sa.update(Item).where(table.c.id == sa.bindparam("item_id")).values(**values, archived_at=None)
    session().connection(bind_arguments={"mapper": Item}).execute(
        statement, [{**row, "item_id": row["id"]} for row in rows]
    )


def _insert_barcodes(packs_of: Sequence[tuple[int, Sequence[Pack]]]) -> None:
    rows = [
        {"item_id": item_id, "position": position, "code": pack.code, "quantity_milli": pack.quantity_milli}
        for item_id, packs in packs_of
        for position, pack in enumerate(packs)
    ]
    if rows:
        session().execute(sa.insert(Barcode), rows)


def _insert_first_prices(
    rows: Sequence[Mapping[str, Any]], news: Sequence[NewItem], *, first: int, from_at: int | None
) -> None:
    begins = clock.now_ms() if from_at is None else from_at
    list_id = queries.default_list_id()
    prices = [
        {
            "id": first + place,
            "item_id": row["id"],
            "list_id": list_id,
            "branch_id": None,
            "amount_minor": new.price_minor,
            "kind": "regular",
            "from_at": begins,
            "until_at": None,
        }
        for place, (row, new) in enumerate(zip(rows, news, strict=True))
        if new.price_minor is not None
    ]
    if prices:
        session().execute(sa.insert(Price), prices)
        changes.record_many([(row["id"], "catalogue", "price", str(row["id"]), "put", None) for row in prices])


def _audit_created(rows: Sequence[Mapping[str, Any]], news: Sequence[NewItem]) -> None:
    if len(rows) > 1:
        audit.write("create_items", "item", rows[0]["id"], after={"items": len(rows), "last_id": rows[-1]["id"]})
        return
    after = {name: rows[0][name] for name in FIELDS} | {"codes": [pack.code for pack in news[0].barcodes]}
    audit.write("create_item", "item", rows[0]["id"], after=after | {"price_minor": news[0].price_minor})


def _changed(item: Item, number: int, verb: str, before: dict[str, Any]) -> Item:
    item.rev = number
    session().flush()
    changes.record("catalogue", "item", item.id, seq=number)
    audit.write(verb, "item", item.id, before=before, after=_snapshot(item))
    return item


def _snapshot(item: Item) -> dict[str, Any]:
    codes = session().scalars(sa.select(Barcode.code).where(Barcode.item_id == item.id).order_by(Barcode.position))
    return {name: getattr(item, name) for name in FIELDS} | {"codes": list(codes), "archived_at": item.archived_at}
