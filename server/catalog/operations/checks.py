"""What an item must be: right codes, nobody else's sku, code or number, known category, unit and tax class.

The checks look at a whole list at once, with one query a kind, and name every fault by the place in the list.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from server.catalog.models import Barcode, Category, Item, TaxClass, Unit
from server.catalog.queries import in_parts
from server.core.errors import FieldError
from server.core.transaction import session
from server.values.barcode import check_digit, is_valid, lookup_forms, symbology
from server.values.quantity import ONE


@dataclass(frozen=True)
class Pack:
    """A code and how much of the item one scan of it means. Units: thousandths."""

    code: str
    quantity_milli: int = ONE


@dataclass(frozen=True)
class NewItem:
    """What a person says about an item. `price_minor` is its first regular price, in minor units."""

    sku: str
    name: str
    unit_id: int
    tax_class_id: int
    category_id: int | None = None
    is_weighed: bool = False
    plu: int | None = None
    quick_position: int | None = None
    barcodes: Sequence[Pack] = ()
    price_minor: int | None = None


Faults = dict[int, list[FieldError]]


@dataclass
class _Held:
    """Who has which sku, code form and number already: the holder's id and name."""

    skus: dict[str, tuple[int, str]] = field(default_factory=dict)
    codes: dict[str, tuple[int, str]] = field(default_factory=dict)
    plus: dict[int, tuple[int, str]] = field(default_factory=dict)


def faults_of(news: Sequence[NewItem], ids: Sequence[int | None] | None = None) -> Faults:
    """Every fault of a list of items by its place. `ids` names the items that already exist (changed, not made)."""
    own = list(ids) if ids is not None else [None] * len(news)
    faults: Faults = defaultdict(list)
    held = _held(news)
    references = _references()
    whole_units = set(session().scalars(sa.select(Unit.id).where(Unit.decimals == 0)))
    for place, (new, item_id) in enumerate(zip(news, own, strict=True)):
        faults[place] += [*_code_faults(new), *_reference_faults(new, references), *_held_faults(new, item_id, held)]
        if new.is_weighed and new.unit_id in whole_units:
            faults[place].append(FieldError("is_weighed", "weighed_needs_decimals"))
    for place, fault in _doubles(news):
        faults[place].append(fault)
    return {place: found for place, found in faults.items() if found}


def code_fault(code: str) -> FieldError | None:
    """What is wrong with one code: EAN, UPC and ITF-14 lengths need their right check digit; others are free text."""
    if symbology(code) is None or is_valid(code):
        return None
    return FieldError("code", "wrong_check_digit", {"code": code, "expected": check_digit(code[:-1])})


def _code_faults(new: NewItem) -> Iterable[FieldError]:
    for index, pack in enumerate(new.barcodes):
        fault = code_fault(pack.code)
        if fault is not None:
            yield FieldError(f"barcodes.{index}.code", fault.code, fault.params)


def _references() -> Mapping[str, Collection[int]]:
    columns = {"unit_id": Unit.id, "tax_class_id": TaxClass.id, "category_id": Category.id}
    return {name: set(session().scalars(sa.select(column))) for name, column in columns.items()}


def _reference_faults(new: NewItem, references: Mapping[str, Collection[int]]) -> Iterable[FieldError]:
    for name, known in references.items():
        value = getattr(new, name)
        if value is not None and value not in known:
            yield FieldError(name, "not_found")


def _held(news: Sequence[NewItem]) -> _Held:
    held = _Held()
    forms = {form for new in news for pack in new.barcodes for form in lookup_forms(pack.code)}
    for part in in_parts([new.sku for new in news]):
        held.skus |= _holders(sa.select(Item.sku, Item.id, Item.name).where(Item.sku.in_(part)))
    for part in in_parts([new.plu for new in news if new.plu is not None]):
        held.plus |= _holders(sa.select(Item.plu, Item.id, Item.name).where(Item.plu.in_(part)))
    for part in in_parts(forms):
        joined = sa.select(Barcode.code, Item.id, Item.name).join(Item, Item.id == Barcode.item_id)
        held.codes |= _holders(joined.where(Barcode.code.in_(part)))
    return held


def _holders(query: Any) -> dict[Any, tuple[int, str]]:
    return {value: (item_id, name) for value, item_id, name in session().execute(query)}


def _held_faults(new: NewItem, item_id: int | None, held: _Held) -> Iterable[FieldError]:
    holder = held.skus.get(new.sku)
    if holder is not None and holder[0] != item_id:
        yield FieldError("sku", "sku_taken", {"sku": new.sku, "item": holder[1]})
    holder = held.plus.get(new.plu) if new.plu is not None else None
    if holder is not None and holder[0] != item_id:
        yield FieldError("plu", "plu_taken", {"plu": new.plu, "item": holder[1]})
    for index, pack in enumerate(new.barcodes):
        holders = [held.codes[form] for form in lookup_forms(pack.code) if form in held.codes]
        others = [name for holder_id, name in holders if holder_id != item_id]
        if others:
            yield FieldError(f"barcodes.{index}.code", "code_taken", {"code": pack.code, "item": others[0]})


def _doubles(news: Sequence[NewItem]) -> Iterable[tuple[int, FieldError]]:
    skus: dict[str, int] = {}
    plus: dict[int, int] = {}
    codes: dict[str, int] = {}
    for place, new in enumerate(news):
        if skus.setdefault(new.sku, place) != place:
            yield place, FieldError("sku", "twice", {"value": new.sku})
        if new.plu is not None and plus.setdefault(new.plu, place) != place:
            yield place, FieldError("plu", "twice", {"value": new.plu})
        for index, pack in enumerate(new.barcodes):
            if any(form in codes for form in lookup_forms(pack.code)):
                yield place, FieldError(f"barcodes.{index}.code", "twice", {"value": pack.code})
            codes.update(dict.fromkeys(lookup_forms(pack.code), place))
