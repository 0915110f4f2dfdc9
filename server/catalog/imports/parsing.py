"""One row of cells as what a person meant by it; every fault is named by its column."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.catalog import queries
from server.catalog.models import CODE_AT_MOST, NAME_AT_MOST, SKU_AT_MOST
from server.catalog.operations import Pack
from server.catalog.operations.categories import DEPTH_AT_MOST
from server.catalog.schemas import BARCODES_AT_MOST, PACK_AT_MOST, PLU_AT_MOST
from server.core import clock
from server.core.errors import FieldError
from server.core.schemas import MONEY_AT_MOST
from server.values import money, quantity
from server.values.folding import search_key
from server.values.rounding import round_half_up

QUANTITY_AT_MOST = 10**12
COST_DIGITS = 4
YES = frozenset(["1", "yes", "y", "true", "beli", "he", "da", "evet", "x", "+"])
NO = frozenset(["", *["0", "no", "n", "false", "xeyr", "yox", "net", "hayir", "-"]])
EXEMPT = frozenset({"azad", "edv-den azad", "edvsiz", "edv-siz", "exempt", "bez nds", "muaf", "kdv-den muaf"})
UNIT_NAMES = {
    "pcs": "ed eded pc pcs piece sht shtuka adet",
    "kg": "kq kg kilogram kiloqram",
    "l": "l lt litr litre liter",
    "m": "m metr metre meter",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_GUARDED = re.compile(r"'(?=[=+\-@])")
_CODES = re.compile(r"[|\s,;]+")
_SPOILT = re.compile(r"\d+([.,]\d+)?E\+\d+|\d+[.,]\d+E\d+", re.IGNORECASE)
_RATE = re.compile(r"(?:edv|vat|nds|kdv)?\s*%?\s*(\d{1,2})(?:[.,]0+)?\s*%?")
_COST = re.compile(r"(\d{1,12})(?:[.,](\d{1,4}))?")
_MONEY_NOISE = re.compile(r"[\s\u00a0\u202f]|₼|azn|man\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A row that is right in itself. Units: minor units; `cost_minor` is that of the whole opening quantity."""

    row: int
    sku: str
    name: str
    category: tuple[str, ...]
    unit_id: int
    tax_class_id: int
    is_weighed: bool
    plu: int | None
    barcodes: tuple[Pack, ...]
    price_minor: int
    quantity_milli: int
    cost_minor: int


class Fault(Exception):
    """One cell is wrong."""

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


class Parser:
    """Reads rows with the shop's units and taxes at hand. Made inside a transaction, used anywhere."""

    def __init__(self, places: Mapping[str, int], width: int) -> None:
        self.places, self.width = places, width
        self.units = _units()
        self.decimals = {unit.id: unit.decimals for unit in queries.units()}
        self.taxes = _Taxes()

    def parse(self, row: int, cells: Sequence[str]) -> Line | list[FieldError]:
        """A line, or every fault of the row."""
        faults: list[FieldError] = []
        if any(cells[self.width :]):
            faults.append(FieldError("row", "too_many_cells", {"most": self.width}))
        read: dict[str, Any] = {}
        for column, parse in self._parsers().items():
            place = self.places.get(column)
            cell = cells[place] if place is not None and place < len(cells) else ""
            try:
                read[column] = parse(_GUARDED.sub("", cell, count=1))
            except Fault as fault:
                faults.append(FieldError(column, fault.code, fault.params))
        if not faults:
            faults += _faults_between(read, self.decimals)
        return faults or _line(row, read)

    def _parsers(self) -> dict[str, Callable[[str], Any]]:
        return {
            "sku": lambda cell: _text(cell, SKU_AT_MOST, least=0),
            "name": lambda cell: _text(cell, NAME_AT_MOST, least=1),
            "category": _category,
            "unit": self._unit,
            "tax": self.taxes.class_of,
            "price": _price,
            "cost": _cost,
            "barcodes": _packs,
            "weighed": _yes_or_no,
            "plu": _plu,
            "quantity": _quantity,
        }

    def _unit(self, cell: str) -> int:
        if not cell:
            raise Fault("required")
        found = self.units.get(search_key(cell).rstrip("."))
        if found is None:
            raise Fault("unit_unknown", choices=", ".join(unit.name for unit in queries.units()))
        return found


class _Taxes:
    """The shop's tax classes by their names, codes and rates."""

    def __init__(self) -> None:
        now, rates = clock.now_ms(), queries.tax_rates_by_id().values()
        self.names: dict[str, int] = {}
        self.rates: dict[int, int] = {}
        self.choices = []
        for found in queries.tax_classes():
            rate = queries.tax_rate_valid_at(rates, found.id, now)
            self.names |= {search_key(found.code): found.id, search_key(found.name): found.id}
            self.choices.append(found.name)
            if rate is not None and rate.kind != "exempt":
                self.rates.setdefault(rate.rate_bp, found.id)
            elif rate is not None:
                self.names |= dict.fromkeys(EXEMPT, found.id)

    def class_of(self, cell: str) -> int:
        """The class that a cell names: by name, code, or rate ("18", "18 %")."""
        if not cell:
            raise Fault("required")
        said = search_key(cell)
        by_rate = _RATE.fullmatch(said)
        found = self.names.get(said) or (self.rates.get(int(by_rate[1]) * 100) if by_rate else None)
        if found is None:
            raise Fault("tax_unknown", choices=", ".join(self.choices))
        return found


def _units() -> dict[str, int]:
    names: dict[str, int] = {}
    for unit in queries.units():
        said = (unit.code, unit.name, *UNIT_NAMES.get(unit.code, "").split())
        names.update({search_key(name): unit.id for name in said})
    return names


def _text(cell: str, most: int, *, least: int) -> str:
    if _CONTROL.search(cell):
        raise Fault("control_characters")
    text = cell.strip()
    if least and not text:
        raise Fault("required")
    if len(text) > most:
        raise Fault("length", least=least, most=most)
    return text


def _category(cell: str) -> tuple[str, ...]:
    path = tuple(_text(part, NAME_AT_MOST, least=1) for part in cell.split("/")) if cell else ()
    if len(path) > DEPTH_AT_MOST:
        raise Fault("too_deep", most=DEPTH_AT_MOST)
    return path


def _price(cell: str) -> int:
    if not cell:
        raise Fault("required")
    try:
        amount = money.parse(_MONEY_NOISE.sub("", cell))
    except ValueError as error:
        raise Fault("not_amount") from error
    if not 0 <= amount <= MONEY_AT_MOST:
        raise Fault("out_of_range", least=0, most=MONEY_AT_MOST // 100)
    return amount


def _cost(cell: str) -> int | None:
    """Ten-thousandths of the currency for one unit: costs are often finer than prices."""
    if not cell:
        return None
    match = _COST.fullmatch(_MONEY_NOISE.sub("", cell))
    if match is None:
        raise Fault("not_amount")
    return int(match[1] + (match[2] or "").ljust(COST_DIGITS, "0"))


def _quantity(cell: str) -> int:
    if not cell:
        return 0
    try:
        found = quantity.parse(_MONEY_NOISE.sub("", cell))
    except ValueError as error:
        raise Fault("not_quantity") from error
    if not 0 <= found <= QUANTITY_AT_MOST:
        raise Fault("out_of_range", least=0, most=QUANTITY_AT_MOST // 1000)
    return found


def _packs(cell: str) -> tuple[Pack, ...]:
    if _SPOILT.fullmatch(cell.strip()):
        raise Fault("code_spoilt", code=cell)
    codes = [code for code in _CODES.split(cell) if code]
    if len(codes) > BARCODES_AT_MOST:
        raise Fault("count", least=0, most=BARCODES_AT_MOST)
    return tuple(_pack(code) for code in codes)


def _pack(said: str) -> Pack:
    code, _, times = said.partition("*")
    if not (code.isascii() and code.isprintable()) or len(code) > CODE_AT_MOST:
        raise Fault("not_a_code", most=CODE_AT_MOST)
    try:
        found = quantity.parse(times) if times else quantity.ONE
    except ValueError as error:
        raise Fault("not_quantity") from error
    if not 0 < found <= PACK_AT_MOST:
        raise Fault("pack_of_nothing", code=code)
    return Pack(code, found)


def _yes_or_no(cell: str) -> bool:
    said = search_key(cell) if cell not in "+-" else cell
    if said not in YES and said not in NO:
        raise Fault("not_yes_or_no")
    return said in YES


def _plu(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdigit()):
        raise Fault("not_integer")
    if not 1 <= int(cell) <= PLU_AT_MOST:
        raise Fault("out_of_range", least=1, most=PLU_AT_MOST)
    return int(cell)


def _faults_between(read: Mapping[str, Any], decimals: Mapping[int, int]) -> list[FieldError]:
    """Faults that only two cells together show."""
    faults = []
    if not read["sku"] and not read["barcodes"]:
        faults.append(FieldError("sku", "required"))
    if read["quantity"] and read["cost"] is None:
        faults.append(FieldError("cost", "required"))
    allowed = decimals[read["unit"]]
    if read["quantity"] % 10 ** (3 - allowed):
        faults.append(FieldError("quantity", "too_many_decimals", {"most": allowed}))
    return faults


def _line(row: int, read: Mapping[str, Any]) -> Line:
    return Line(
        row=row,
        sku=read["sku"] or read["barcodes"][0].code[:SKU_AT_MOST],
        name=read["name"],
        category=read["category"],
        unit_id=read["unit"],
        tax_class_id=read["tax"],
        is_weighed=read["weighed"],
        plu=read["plu"],
        barcodes=read["barcodes"],
        price_minor=read["price"],
        quantity_milli=read["quantity"],
        cost_minor=round_half_up(read["quantity"] * (read["cost"] or 0), 1000 * 10 ** (COST_DIGITS - 2)),
    )
