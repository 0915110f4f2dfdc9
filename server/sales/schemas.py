"""The wire form of what is read of sales."""

from marshmallow import fields

from server.core.schemas import Answer, Day, PageQuery, Query, Text, Utc, page_of, ref


class SalesQuery(PageQuery):
    """Which sales. `number` finds one by its number; days are business days."""

    number = Text(at_most=24, load_default=None)
    from_day = Day(data_key="from", load_default=None)
    until_day = Day(data_key="until", load_default=None)
    register_id = ref(load_default=None)
    person_id = ref(load_default=None)
    shift_id = fields.UUID(load_default=None)


class SaleRow(Answer):
    """A sale in a list."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    rung_at = Utc(required=True)
    business_day = fields.String(required=True)
    register_id = fields.Integer(required=True)
    register = fields.String(required=True)
    cashier_id = fields.Integer(required=True)
    cashier = fields.String(required=True)
    lines = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True)
    returns_sale_id = fields.UUID(required=True, allow_none=True)
    flags = fields.List(fields.String(), required=True)


class LineRow(Answer):
    """A line of a sale. `returned_milli` is how much of it came back so far."""

    position = fields.Integer(required=True)
    kind = fields.String(required=True)
    item_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)
    barcode = fields.String(required=True, allow_none=True)
    quantity_milli = fields.Integer(required=True)
    unit_price_minor = fields.Integer(required=True)
    price_id = fields.Integer(required=True, allow_none=True)
    gross_minor = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True)
    share_minor = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    tax_rate_id = fields.Integer(required=True)
    rate_bp = fields.Integer(required=True)
    cost_minor = fields.Integer(required=True, allow_none=True)
    correction_minor = fields.Integer(required=True, allow_none=True)
    weight_from = fields.String(required=True)
    returns_position = fields.Integer(required=True, allow_none=True)
    returned_milli = fields.Integer(required=True)
    returned = fields.Nested(
        Answer.from_dict(
            {
                name: fields.Integer(required=True)
                for name in ("gross_minor", "discount_minor", "share_minor", "total_minor", "tax_minor")
            },
            name="PaidBack",
        ),
        required=True,
    )
    note = fields.String(required=True, allow_none=True)


class DiscountRow(Answer):
    """A discount of a line (position) or of the whole sale."""

    id = fields.UUID(required=True)
    position = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True)
    value = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    by = fields.Integer(required=True)
    approved_by = fields.Integer(required=True, allow_none=True)


class TenderRow(Answer):
    """What was given."""

    id = fields.UUID(required=True)
    tender_type_id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    given_minor = fields.Integer(required=True)
    change_minor = fields.Integer(required=True)
    reference = fields.String(required=True, allow_none=True)


class TaxRow(Answer):
    """The tax of one rate."""

    tax_rate_id = fields.Integer(required=True)
    rate_bp = fields.Integer(required=True)
    kind = fields.String(required=True)
    base_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)


class FlagRow(Answer):
    """A flag about a sale."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    detail = fields.Dict(required=True)
    raised_at = Utc(required=True)
    settled_at = Utc(required=True, allow_none=True)


class ReturnRow(Answer):
    """A return of goods of a sale."""

    id = fields.UUID(required=True)
    number = fields.String(required=True)
    rung_at = Utc(required=True)
    total_minor = fields.Integer(required=True)


class SaleDetail(SaleRow):
    """A sale with everything that belongs to it. Costs are null for who may not see them."""

    shift_id = fields.UUID(required=True)
    branch_id = fields.Integer(required=True)
    terminal_id = fields.Integer(required=True)
    received_at = Utc(required=True)
    currency = fields.String(required=True)
    gross_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    cost_minor = fields.Integer(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    approved_by = fields.Integer(required=True, allow_none=True)
    returns_number = fields.String(required=True, allow_none=True)
    line_rows = fields.List(fields.Nested(LineRow), required=True)
    discounts = fields.List(fields.Nested(DiscountRow), required=True)
    tenders = fields.List(fields.Nested(TenderRow), required=True)
    taxes = fields.List(fields.Nested(TaxRow), required=True)
    flag_rows = fields.List(fields.Nested(FlagRow), required=True)
    returns = fields.List(fields.Nested(ReturnRow), required=True)
    copies = fields.Integer(required=True)


class EventsQuery(PageQuery):
    """Which till events."""

    kind = Text(at_most=24, load_default=None)
    person_id = ref(load_default=None)


class EventRow(Answer):
    """Something that happened at a till."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    detail = fields.Dict(required=True)
    terminal_id = fields.Integer(required=True)
    terminal = fields.String(required=True)
    person_id = fields.Integer(required=True, allow_none=True)
    person = fields.String(required=True, allow_none=True)
    approved_by = fields.Integer(required=True, allow_none=True)
    happened_at = Utc(required=True)


class TodayQuery(Query):
    """Takings of one business day; today's when not named."""

    branch_id = ref(load_default=None)
    day = Day(load_default=None)


class HourRow(Answer):
    """The takings of an hour of the branch's clock."""

    hour = fields.Integer(required=True)
    count = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)


class TakingRow(Answer):
    """The takings of one way to pay."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)


class TodayAnswer(Answer):
    """The takings of a branch's business day. Sales and returns apart; `net` remains; `cost` for who may see it."""

    branch_id = fields.Integer(required=True)
    branch = fields.String(required=True)
    business_day = fields.String(required=True)
    currency = fields.String(required=True)
    count = fields.Integer(required=True)
    returns_count = fields.Integer(required=True)
    gross_minor = fields.Integer(required=True)
    discount_minor = fields.Integer(required=True)
    sales_minor = fields.Integer(required=True)
    returns_minor = fields.Integer(required=True)
    net_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)
    cost_minor = fields.Integer(required=True, allow_none=True)
    by_hour = fields.List(fields.Nested(HourRow), required=True)
    by_tender = fields.List(fields.Nested(TakingRow), required=True)


class DaysAnswer(Answer):
    """The takings of the branches in which the person works."""

    rows = fields.List(fields.Nested(TodayAnswer), required=True)


SalesPage = page_of(SaleRow, "SalesPage")
EventsPage = page_of(EventRow, "EventsPage")
