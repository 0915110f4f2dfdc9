"""Which column is which: headings in four languages, whatever their case, dots and spaces."""

import re
from collections.abc import Iterable, Sequence

from server.catalog.imports.reading import BadFile
from server.core import actor
from server.core.words import LANGUAGES, word
from server.values.folding import search_key

COLUMNS = (
    "sku", "name", "category", "unit", "tax", "price", "cost", "barcodes", "weighed", "plu", "quantity",
)  # fmt: skip
NEEDED = ("name", "unit", "tax", "price")
MORE_NAMES = {
    "sku": "kod|code|article|mal kodu|stok no|код|ürün kodu",
    "name": "malın adı|item|item name|наименование|товар|ürün|ürün adı|adı|description",
    "category": "qrup|group|группа|grup|kateqoriyası",
    "unit": "vahid|ölçü|единица измерения|ед изм|ед|ölçü birimi",
    "tax": "ədv|vat|ндс|kdv|ədv dərəcəsi|vergi sinfi|tax class",
    "price": "satış qiyməti|retail price|розничная цена|satış fiyatı|selling price",
    "cost": "alış qiyməti|alış fiyatı|закупочная цена|закупка|cost price|purchase price",
    "barcodes": "barkod|ştrixkod|ştrixkodlar|ştrix kod|barcode|штрихкод|штрих код|ean|ean13|gtin",
    "weighed": "çəkili|weight|весовой товар|tartılan",
    "plu": "plu kodu|plu code|код весов",
    "quantity": "say|miqdar|stok|stock|opening stock|количество|on hand|anbar qalığı",
}


def places_of(headings: Sequence[str]) -> dict[str, int]:
    """The place of each known column. Raises BadFile for columns that are missing or there twice."""
    known = _known()
    places: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = known.get(_folded(heading))
        if column is not None and column in places:
            raise BadFile("column_twice", column=heading)
        if column is not None:
            places[column] = place
    missing = [column for column in NEEDED if column not in places]
    if "sku" not in places and "barcodes" not in places:
        missing.append("sku")
    if missing:
        said = [word(actor.current().language, f"catalog.column_{column}") for column in missing]
        raise BadFile("columns_missing", columns=", ".join(said))
    return places


def ignored(headings: Sequence[str], places: Iterable[int]) -> list[str]:
    """Headings that mean nothing here."""
    return [heading for place, heading in enumerate(headings) if heading and place not in set(places)]


def _known() -> dict[str, str]:
    known = {}
    for column in COLUMNS:
        names = MORE_NAMES[column].split("|")
        said = [word(language, f"catalog.column_{column}") for language in LANGUAGES]
        known.update({_folded(name): column for name in (column, *names, *said)})
    return known


def _folded(heading: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", search_key(heading))
