"""The wire form of the cash: bodies of pushed operations, requests and answers of its routes."""

import re
from typing import Any

from marshmallow import fields, validate

from server.core import shape
from server.core.schemas import Answer, Body, Day, PageQuery, Query, Text, Utc, one_of, page_of, ref, whole
from server.core.shape import fact_id, money, needed, optional, rows, text

COUNT_AT_MOST = 100
LATE_AT_MOST = 2_000
COUNTER_AT_MOST = 10**8
_NUMBERED = re.compile(r".{1,16}-(\d{6,8})\Z")


def counter(value: Any, path: str) -> int:
    """A number of a series: the plain counter, or as it is printed, `K2-000001`."""
    if type(value) is str and (match := _NUMBERED.match(value)):
        value = int(match[1])
    return shape.whole(1, COUNTER_AT_MOST)(value, path)


def _count(value: Any, path: str) -> Any:
    """How many documents the terminal's own Z counts."""
    return shape.whole(0, 10**6)(value, path)


SHIFT_OPEN = shape.shape(
    {
        "register_id": needed(shape.ref),
        "lease_id": needed(fact_id),
        "series": optional(text(16, 1)),
        "number": needed(counter),
        "business_day": needed(shape.day),
        "float_minor": needed(shape.whole(0, 10**12)),
        "approved_by": optional(shape.ref),
    }
)
SHIFT_CLOSE = shape.shape(
    {
        "z_number": needed(counter),
        "counted_minor": needed(shape.whole(0, 10**12)),
        "reason": optional(text(), ""),
        "count": optional(_count),
        "total_minor": optional(money),
        "late": optional(rows(fact_id, most=LATE_AT_MOST), ()),
        "approved_by": optional(shape.ref),
    }
)
CASH_MOVE = shape.shape(
    {
        "from_holder_id": needed(shape.ref),
        "to_holder_id": needed(shape.ref),
        "amount_minor": needed(shape.whole(1, 10**12)),
        "reason": needed(text(least=1)),
        "approved_by": optional(shape.ref),
    }
)
DRAWER_OPEN = shape.shape({"reason": needed(text(least=1)), "approved_by": optional(shape.ref)})


class LeaseBody(Body):
    """Which register the terminal wants; `take_over` ends another terminal's lease."""

    register_id = ref(required=True)
    take_over = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class NextNumbers(Answer):
    """The next numbers as the server knows them; a terminal whose own are higher goes on with its own."""

    sale = fields.Integer(required=True, attribute="next_sale")
    shift = fields.Integer(required=True, attribute="next_shift")
    z = fields.Integer(required=True, attribute="next_z")


class LeaseRow(Answer):
    """A register's lease."""

    id = fields.UUID(required=True)
    epoch = fields.Integer(required=True)
    series = fields.String(required=True)
    next = fields.Function(lambda row: NextNumbers().dump(row), metadata={"type": "object"}, required=True)


class LeaseAnswer(Answer):
    """The lease that the terminal now has."""

    lease = fields.Nested(LeaseRow, required=True)


class RegisterBody(Body):
    """A new register. Its code stands before every number of its receipts and never changes."""

    branch_id = ref(required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9]{1,8}\Z", error="not_valid"))
    name = Text(required=True, at_most=60)


class RegisterChange(Body):
    """What may be changed of a register."""

    name = Text(at_most=60)
    archived = fields.Boolean(truthy={True}, falsy={False})
    rev = ref(load_default=None)


class RegisterRow(Answer):
    """A register, and which terminal sells there."""

    id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    rev = fields.Integer(required=True)
    archived = fields.Boolean(required=True)
    terminal = fields.String(required=True, allow_none=True)
    open_shift_id = fields.UUID(required=True, allow_none=True)


class RegistersAnswer(Answer):
    """All registers; they are few."""

    rows = fields.List(fields.Nested(RegisterRow), required=True)


class HolderRow(Answer):
    """A holder of cash; its balance is null for who may not see what is expected."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    branch_id = fields.Integer(required=True)
    register_id = fields.Integer(required=True, allow_none=True)
    name = fields.String(required=True)
    balance_minor = fields.Integer(required=True, allow_none=True)


class HoldersAnswer(Answer):
    """All holders of cash."""

    rows = fields.List(fields.Nested(HolderRow), required=True)


class TenderTypeBody(Body):
    """A new way to pay."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9_]{1,16}\Z", error="not_valid"))
    name = Text(required=True, at_most=60)
    kind = one_of("cash", "card", "bank", required=True)
    opens_drawer = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class TenderTypeChange(Body):
    """What may be changed of a way to pay."""

    name = Text(at_most=60)
    position = whole(1, 1000)
    opens_drawer = fields.Boolean(truthy={True}, falsy={False})
    archived = fields.Boolean(truthy={True}, falsy={False})
    rev = ref(load_default=None)


class TenderTypeRow(Answer):
    """A way to pay."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    opens_drawer = fields.Boolean(required=True)
    position = fields.Integer(required=True)
    rev = fields.Integer(required=True)
    archived = fields.Function(lambda row: row.archived_at is not None, metadata={"type": "boolean"}, required=True)


class TenderTypesAnswer(Answer):
    """All ways to pay, in the order of their buttons."""

    rows = fields.List(fields.Nested(TenderTypeRow), required=True)


class BranchQuery(Query):
    """Of one branch, or of all in which the person works."""

    branch_id = ref(load_default=None)


class ShiftsQuery(PageQuery):
    """Which shifts."""

    register_id = ref(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    until_day = Day(data_key="until", load_default=None)
    is_open = fields.Boolean(data_key="open", load_default=None)


class ShiftRow(Answer):
    """A shift. Counted, expected and difference are known once it is closed."""

    id = fields.UUID(required=True)
    register_id = fields.Integer(required=True)
    register = fields.String(required=True)
    number = fields.String(required=True, allow_none=True)
    business_day = fields.String(required=True)
    began_at = Utc(required=True)
    opened_at = Utc(required=True, allow_none=True)
    opened_by = fields.Integer(required=True, allow_none=True)
    opened_by_name = fields.String(required=True, allow_none=True)
    float_minor = fields.Integer(required=True, allow_none=True)
    closed_at = Utc(required=True, allow_none=True)
    closed_by = fields.Integer(required=True, allow_none=True)
    closed_by_name = fields.String(required=True, allow_none=True)
    counted_minor = fields.Integer(required=True, allow_none=True)
    expected_minor = fields.Integer(required=True, allow_none=True)
    difference_minor = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    z_report_id = fields.UUID(required=True, allow_none=True)


class CashMoveRow(Answer):
    """A cash move of a shift."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    from_holder_id = fields.Integer(required=True)
    to_holder_id = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    reason = fields.String(required=True)
    by = fields.Integer(required=True, allow_none=True)
    moved_at = Utc(required=True)


class OpeningRow(Answer):
    """A drawer opened without a sale."""

    id = fields.UUID(required=True)
    reason = fields.String(required=True)
    by = fields.Integer(required=True)
    opened_at = Utc(required=True)


class ShiftDetail(ShiftRow):
    """A shift with its sums, cash moves and drawer openings."""

    documents = fields.Integer(required=True)
    total_minor = fields.Integer(required=True)
    moves = fields.List(fields.Nested(CashMoveRow), required=True)
    openings = fields.List(fields.Nested(OpeningRow), required=True)


class ZsQuery(PageQuery):
    """Which Z reports."""

    register_id = ref(load_default=None)
    from_day = Day(data_key="from", load_default=None)
    until_day = Day(data_key="until", load_default=None)


class ZRow(Answer):
    """A Z report in a list."""

    id = fields.UUID(required=True)
    register_id = fields.Integer(required=True)
    shift_id = fields.UUID(required=True)
    number = fields.String(required=True)
    business_day = fields.String(required=True)
    closed_at = Utc(required=True)
    net_minor = fields.Integer(required=True)
    sales = fields.Integer(required=True)
    returns = fields.Integer(required=True)
    difference_minor = fields.Integer(required=True)


class ZDetail(ZRow):
    """A Z report with its snapshot as it was printed."""

    snapshot = fields.Dict(required=True)


ShiftsPage = page_of(ShiftRow, "ShiftsPage")
ZsPage = page_of(ZRow, "ZsPage")
