"""The wire form of open orders: the bodies of pushed operations, and the lists of the back office and the tills."""

from typing import Any

from marshmallow import fields

from server.core import shape
from server.core.schemas import Answer, Query, Utc
from server.core.schemas import whole as whole_field
from server.core.shape import instant, needed, one_of, optional, plain_object, printed, text, whole

LIST_AT_MOST = 200
REASON_AT_MOST = 200
NOTE_AT_MOST = 500
PRICE_AT_MOST = 10**11
QUANTITY_AT_MOST = 10**12


def id_text(value: Any, path: str) -> str:
    """A UUID, kept as text: bodies go down to other terminals as they came."""
    return str(shape.fact_id(value, path))


def instant_text(value: Any, path: str) -> str:
    """ISO 8601 with Z, kept as text."""
    instant(value, path)
    return str(value)


HEAD = shape.shape({"branch_id": needed(shape.ref), "kind": needed(text(16, 1)), "name": needed(text())})
EVERY = {"order_id": needed(id_text), "head": needed(HEAD)}
LINE = EVERY | {"line_id": needed(id_text)}
QUANTITY = needed(whole(1, QUANTITY_AT_MOST))

BODIES = {
    "order_line_add": shape.shape(
        LINE
        | {
            "parent": optional(id_text),
            "item_id": optional(shape.ref),
            "name": needed(printed()),
            "barcode": optional(printed(80)),
            "unit": optional(text(8), ""),
            "quantity_milli": QUANTITY,
            "unit_price_minor": needed(whole(0, PRICE_AT_MOST)),
            "list_price_minor": optional(whole(0, PRICE_AT_MOST)),
            "price_id": optional(shape.ref),
            "priced_at": needed(instant_text),
            "tax_rate_id": needed(shape.ref),
            "rate_bp": optional(whole(0, 100_000), 0),
            "label_minor": optional(whole(0, PRICE_AT_MOST)),
            "weight_from": optional(one_of("scale", "label", "hand", "none"), "none"),
            "approved_by": optional(shape.ref),
            "note": optional(text(NOTE_AT_MOST), ""),
            "discount": optional(plain_object),
        }
    ),
    "order_line_void": shape.shape(LINE | {"quantity_milli": QUANTITY, "reason": needed(text(REASON_AT_MOST))}),
    "order_line_pay": shape.shape(LINE | {"quantity_milli": QUANTITY, "sale_id": needed(id_text)}),
    "order_rename": shape.shape(EVERY | {"name": needed(text(least=1))}),
    "order_drop": shape.shape(EVERY | {"reason": needed(text(REASON_AT_MOST))}),
}
"""What is asked of an operation's body, by kind; `order_line_set` has its own rule."""

_SET = {"note": needed(text(NOTE_AT_MOST)), "discount": optional(plain_object)}


def body_of(kind: str, said: Any) -> dict[str, Any]:
    """The checked body of an operation. Raises NotAFact."""
    if kind != "order_line_set":
        checked: dict[str, Any] = BODIES[kind](said, "body")
        return checked
    # A field that is not named stays as it was; one that is named as null is taken away.
    named = {name: rule for name, rule in _SET.items() if isinstance(said, dict) and name in said}
    checked = shape.shape(EVERY | {"line_id": optional(id_text)} | named)(said, "body")
    return checked


class OpenQuery(Query):
    """How many open orders at most."""

    limit = whole_field(1, LIST_AT_MOST, load_default=LIST_AT_MOST)


class OrderLeaseAnswer(Answer):
    """Which terminal has the order on its payment screen, and until when unless it renews."""

    order_id = fields.UUID(required=True)
    terminal_id = fields.Integer(required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    until_at = Utc(required=True)


class OrderLineAnswer(Answer):
    """A line and what became of it. Units: thousandths, minor units."""

    line_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    quantity_milli = fields.Integer(required=True)
    voided_milli = fields.Integer(required=True)
    paid_milli = fields.Integer(required=True)
    left_milli = fields.Integer(required=True)
    unit_price_minor = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True)


class OrderAnswer(Answer):
    """An open order; its total is that of the lines that are left, before discounts."""

    id = fields.UUID(required=True)
    branch_id = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    total_minor = fields.Integer(required=True)
    opened_at = Utc(required=True)
    opened_by = fields.Integer(required=True, allow_none=True)
    changed_at = Utc(required=True)
    lines = fields.List(fields.Nested(OrderLineAnswer), required=True)
    lease = fields.Nested(OrderLeaseAnswer, required=True, allow_none=True)


class OrdersAnswer(Answer):
    """Open orders, the oldest first."""

    rows = fields.List(fields.Nested(OrderAnswer), required=True)
    next = fields.String(required=True, allow_none=True)
