"""Rows against the catalogue as it is: which items are new, which change, and what is wrong with whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.imports.parsing import Line
from server.catalog.models import Category, Item
from server.catalog.operations import NewItem, Pack
from server.catalog.operations.checks import faults_of
from server.core.errors import FieldError
from server.core.transaction import session
from server.values.folding import search_key

COLUMN_OF = {
    "unit_id": "unit",
    "tax_class_id": "tax",
    "category_id": "category",
    "is_weighed": "weighed",
    "barcodes": "barcodes",
}


@dataclass(frozen=True)
class RowFault:
    """One faulty cell of a row."""

    row: int
    fault: FieldError

    def to_json(self) -> dict[str, Any]:
        """The shape of the report."""
        return {"row": self.row, **self.fault.to_json()}


@dataclass
class Plan:
    """What an import would do. `known` are the items that exist already, by sku."""

    lines: Sequence[Line]
    known: Mapping[str, Any]
    faults: list[RowFault] = field(default_factory=list)

    @property
    def news(self) -> list[Line]:
        """Rows of items that are not there yet."""
        return [line for line in self.lines if line.sku not in self.known]

    @property
    def olds(self) -> list[Line]:
        """Rows of items that are there."""
        return [line for line in self.lines if line.sku in self.known]


def plan(lines: Sequence[Line]) -> Plan:
    """Hold rows against the catalogue, with one query a kind."""
    known = _known(lines)
    codes = queries.barcodes_of([row.id for row in known.values()])
    items = [wanted(line, known.get(line.sku), codes, category_id=None) for line in lines]
    ids = [known[line.sku].id if line.sku in known else None for line in lines]
    found = faults_of(items, ids)
    faults = [
        RowFault(lines[place].row, FieldError(_column(fault.field), fault.code, fault.params))
        for place, place_faults in sorted(found.items())
        for fault in place_faults
    ]
    return Plan(lines, known, faults)


def wanted(line: Line, known: Any, codes: Mapping[int, Sequence[Any]], *, category_id: int | None) -> NewItem:
    """The item as a row wants it. An empty cell of a known item leaves what it has; codes are added, never taken."""
    mine = [Pack(row.code, row.quantity_milli) for row in codes.get(known.id, [])] if known is not None else []
    named = {pack.code for pack in line.barcodes}
    return NewItem(
        sku=line.sku,
        name=line.name,
        unit_id=line.unit_id,
        tax_class_id=line.tax_class_id,
        category_id=category_id if category_id is not None or known is None else known.category_id,
        is_weighed=line.is_weighed,
        plu=line.plu if line.plu is not None or known is None else known.plu,
        quick_position=None if known is None else known.quick_position,
        barcodes=(*[pack for pack in mine if pack.code not in named], *line.barcodes),
        price_minor=line.price_minor,
    )


def categories_by_path() -> dict[tuple[str, ...], int]:
    """Categories by the folded names from the outermost to their own."""
    rows = {row.id: row for row in session().scalars(sa.select(Category))}
    paths: dict[tuple[str, ...], int] = {}
    for row in rows.values():
        path, above = [folded(row.name)], row.parent_id
        while above is not None and len(path) < 10:
            path.insert(0, folded(rows[above].name))
            above = rows[above].parent_id
        paths.setdefault(tuple(path), row.id)
    return paths


def folded(name: str) -> str:
    """How names of categories are compared."""
    return search_key(name)


def _known(lines: Sequence[Line]) -> dict[str, Any]:
    table = Item.__table__
    found: dict[str, Any] = {}
    for part in queries.in_parts([line.sku for line in lines]):
        found.update({row.sku: row for row in session().execute(sa.select(table).where(table.c.sku.in_(part)))})
    return found


def _column(field_path: str) -> str:
    first = field_path.split(".", 1)[0]
    return COLUMN_OF.get(first, first)
