"""The shapes of a demo business: frozen values that name each other by key (code, sku), never by a database id."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """The legal entity. `tax_id` is its VÖEN: ten digits, the last one 1 for a company."""

    name: str
    tax_id: str
    tax_regime: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The shop itself. Units: minutes after midnight at which its business day turns."""

    code: str
    name: str
    warehouse: str
    address: str
    timezone: str
    cut_off_min: int
    language: str
    receipt_head: str
    receipt_foot: str


@dataclass(frozen=True, slots=True)
class Register:
    """A till; its code stands before the numbers of its receipts."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who works here. `role` is owner, manager or cashier; only the owner signs in by e-mail as well."""

    key: str
    name: str
    language: str
    role: str
    pin: str
    email: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class TenderType:
    """A way to pay. `kind` is cash, card or bank; `fiscal_field` is the sum of a fiscal receipt that it belongs to."""

    code: str
    kind: str
    fiscal_field: str
    opens_drawer: bool
    names: tuple[tuple[str, str], ...]

    def name_in(self, language: str) -> str:
        """Its name in az, en, ru or tr. Raises: KeyError."""
        return dict(self.names)[language]


@dataclass(frozen=True, slots=True)
class TaxClass:
    """A VAT class and its rate. Units: basis points."""

    code: str
    name: str
    kind: str
    rate_bp: int


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of sale and how many decimals its quantities may have."""

    code: str
    name: str
    decimals: int


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf. Units: degrees of the colour circle; `demand` against other categories; grams people take at once."""

    code: int
    name: str
    hue: int
    position: int
    demand: int
    grams: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code and how much of the item one scan of it means. Units: thousandths."""

    code: str
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class Item:
    """A good. Units: price and cost in minor units for one unit, opening stock in thousandths.

    `quick_position` is its place among the quick tiles; `demand` how often people take it, within its category.
    """

    sku: str
    name: str
    category: int
    unit: str
    tax_class: str
    is_weighed: bool
    plu: int | None
    price_minor: int
    cost_minor: int
    barcodes: tuple[Barcode, ...]
    quick_position: int | None
    opening_milli: int
    demand: int


@dataclass(frozen=True, slots=True)
class Market:
    """A whole demo business, ready to be booked."""

    company: Company
    branch: Branch
    registers: tuple[Register, ...]
    people: tuple[Person, ...]
    tender_types: tuple[TenderType, ...]
    tax_classes: tuple[TaxClass, ...]
    units: tuple[Unit, ...]
    label_pattern: str
    categories: tuple[Category, ...]
    items: tuple[Item, ...]

    def item(self, sku: str) -> Item:
        """The item of an SKU. Raises: KeyError."""
        for item in self.items:
            if item.sku == sku:
                return item
        raise KeyError(sku)

    def person(self, key: str) -> Person:
        """The person of a key. Raises: KeyError."""
        for person in self.people:
            if person.key == key:
                return person
        raise KeyError(key)

    def people_in(self, role: str) -> tuple[Person, ...]:
        """Everyone of a role, in the order of the data."""
        return tuple(person for person in self.people if person.role == role)
