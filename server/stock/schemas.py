"""The wire form of stock. Costs are null for who may not see them."""

from marshmallow import fields

from server.core.schemas import Answer, Body, PageQuery, Text, Utc, list_of, money, one_of, page_of, quantity, ref
from server.stock.operations import ENTRY_LINES_AT_MOST


class BalancesQuery(PageQuery):
    """Which stock: of one warehouse (the first one when not named), perhaps only what is below zero."""

    warehouse_id = ref(load_default=None)
    below_zero = fields.Boolean(load_default=False)


class MovesQuery(PageQuery):
    """Which moves of an item."""

    warehouse_id = ref(load_default=None)


class BalanceRow(Answer):
    """An item and what is on hand of it."""

    item_id = fields.Integer(required=True)
    name = fields.String(required=True)
    sku = fields.String(required=True)
    unit = fields.String(required=True)
    quantity_milli = fields.Integer(required=True)
    value_minor = fields.Integer(required=True, allow_none=True)
    last_cost_minor = fields.Integer(required=True, allow_none=True)
    last_cost_milli = fields.Integer(required=True, allow_none=True)


class OnHandRow(Answer):
    """What a warehouse has of one item."""

    warehouse_id = fields.Integer(required=True)
    quantity_milli = fields.Integer(required=True)
    value_minor = fields.Integer(required=True, allow_none=True)
    last_cost_minor = fields.Integer(required=True, allow_none=True)
    last_cost_milli = fields.Integer(required=True, allow_none=True)


class OnHandAnswer(Answer):
    """What is on hand of an item, in each warehouse in which the person works."""

    rows = fields.List(fields.Nested(OnHandRow), required=True)


class MoveRow(Answer):
    """One move: in positive, out negative. An entry's move has its reason."""

    id = fields.UUID(required=True)
    quantity_milli = fields.Integer(required=True)
    value_minor = fields.Integer(required=True, allow_none=True)
    source_kind = fields.String(required=True)
    source_id = fields.UUID(required=True)
    source_line = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    business_day = fields.String(required=True)
    moved_at = Utc(required=True)


class EntryLineBody(Body):
    """One item of an entry; what comes in needs its cost where none is known yet."""

    item_id = ref(required=True)
    quantity_milli = quantity(required=True)
    cost_minor = money(load_default=None, allow_none=True)


class EntryBody(Body):
    """Opening stock, or an adjustment with its reason."""

    kind = one_of("opening", "adjustment", required=True)
    warehouse_id = ref(required=True)
    reason = Text(required=True)
    lines = list_of(fields.Nested(EntryLineBody), least=1, most=ENTRY_LINES_AT_MOST, required=True)


class EntryAnswer(Answer):
    """A booked entry."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    warehouse_id = fields.Integer(required=True)
    reason = fields.String(required=True)
    business_day = fields.String(required=True)
    booked_at = Utc(required=True)


class WarehouseRow(Answer):
    """A warehouse."""

    id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True)
    name = fields.String(required=True)


class WarehousesAnswer(Answer):
    """All warehouses that the person works with; they are few."""

    rows = fields.List(fields.Nested(WarehouseRow), required=True)


BalancesPage = page_of(BalanceRow, "BalancesPage")
MovesPage = page_of(MoveRow, "MovesPage")
