"""What a catalogue stands on: units, tax classes with their rates, a price list, label templates."""

from typing import TypeVar

import sqlalchemy as sa

from server.catalog.models import LabelTemplate, PriceList, TaxClass, TaxRate, Unit
from server.core import audit, changes, clock
from server.core.errors import invalid
from server.core.transaction import session
from server.core.words import word
from server.values.labels import BadTemplate, compile_template

UNITS = (("pcs", 0), ("kg", 3), ("l", 3), ("m", 2))
TAX_CLASSES = (("vat18", "standard", 1800), ("vat0", "zero", 0), ("exempt", "exempt", 0))
LABEL_PATTERN = "20{item:5}{weight_g:5}{c}"

Made = TypeVar("Made", Unit, PriceList, LabelTemplate, TaxClass)


def prepare(language: str = "az") -> None:
    """Give an empty shop its units, the country's tax classes, a price list and a label template. Safe to repeat."""
    changes.take(0)  # the sequence's lock: two preparations at once would both find the shop empty
    if session().scalar(sa.select(sa.func.count()).select_from(Unit)):
        return
    for code, decimals in UNITS:
        create_unit(code, word(language, f"catalog.unit_{code}"), decimals)
    for code, kind, rate_bp in TAX_CLASSES:
        create_tax_class(code, word(language, f"catalog.tax_{code}"), kind=kind, rate_bp=rate_bp, from_at=0)
    create_price_list(word(language, "catalog.price_list"))
    create_label_template(LABEL_PATTERN)


def create_unit(code: str, name: str, decimals: int) -> Unit:
    """A unit of sale; its quantities have at most `decimals` decimals (0 to 3)."""
    made = Unit(id=changes.take(), code=code, name=name, decimals=decimals)
    return _added("unit", made, {"code": code, "decimals": decimals})


def create_price_list(name: str) -> PriceList:
    """A set of prices. The first one is the shop's own."""
    made = PriceList(id=changes.take(), name=name)
    return _added("price_list", made, {"name": name})


def create_label_template(pattern: str) -> LabelTemplate:
    """A pattern of the shop's own labels. Raises Invalid for one that cannot explain an EAN-13."""
    try:
        compile_template(pattern)
    except BadTemplate as error:
        raise invalid("pattern", "bad_template", pattern=pattern) from error
    return _added("label_template", LabelTemplate(id=changes.take(), pattern=pattern), {"pattern": pattern})


def create_tax_class(code: str, name: str, *, kind: str, rate_bp: int, from_at: int | None = None) -> TaxClass:
    """A tax class with its first rate, valid from now unless said otherwise. Units: basis points; milliseconds UTC."""
    made = _added("tax_class", TaxClass(id=changes.take(), code=code, name=name), {"code": code, "rate_bp": rate_bp})
    set_tax_rate(made.id, kind=kind, rate_bp=rate_bp, from_at=from_at)
    return made


def set_tax_rate(class_id: int, *, kind: str, rate_bp: int, from_at: int | None = None) -> TaxRate:
    """A new rate of a class: a row of its own, the old one stays for what was sold under it."""
    begins = clock.now_ms() if from_at is None else from_at
    made = TaxRate(id=changes.take(), class_id=class_id, kind=kind, rate_bp=rate_bp, from_at=begins)
    session().add(made)
    session().flush()
    changes.record("catalogue", "tax_rate", made.id, seq=made.id)
    audit.write("set_tax_rate", "tax_class", class_id, after={"rate_bp": rate_bp, "kind": kind, "from_at": begins})
    return made


def _added(kind: str, made: Made, after: dict[str, object]) -> Made:
    made.rev = made.id
    session().add(made)
    session().flush()
    changes.record("catalogue", kind, made.id, seq=made.id)
    audit.write(f"create_{kind}", kind, made.id, after=after)
    return made
