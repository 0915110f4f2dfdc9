"""The wire form of what terminals push. A body is checked by the module that books it; here only the envelope."""

from typing import Any

from marshmallow import fields, validate

from server.core.schemas import Answer, Body, Text, Utc, list_of, money, ref, whole
from server.sync import quick
from server.sync.quick import AGE_AT_MOST_MS, OPERATIONS_AT_MOST, SEQ_AT_MOST, VERSION_AT_MOST

BYTES_AT_MOST = 512_000
VERDICTS = ("accepted", "duplicate", "conflict", "rejected", "failed")


class OperationBody(Body):
    """One operation. Its id is the id of the fact that it brings; `age_ms` is its age by the terminal's own clock."""

    id = fields.UUID(required=True)
    seq = whole(1, SEQ_AT_MOST, required=True)
    kind = fields.String(
        required=True, validate=validate.Regexp(r"^[a-z_]{1,24}\Z", error="not_valid"), metadata={"example": "sale"}
    )
    v = whole(1, VERSION_AT_MOST, required=True)
    happened_at = Utc(required=True)
    hlc = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{16}\Z", error="not_valid"))
    age_ms = whole(0, AGE_AT_MOST_MS, load_default=None, allow_none=True)
    person_id = ref(load_default=None, allow_none=True)
    shift_id = fields.UUID(load_default=None, allow_none=True)
    body = fields.Dict(keys=fields.String(), required=True)


class PushBody(Body):
    """Operations in any order; they are judged in the order of `seq`, each by itself."""

    batch = Text(at_most=60, load_default="")
    ops = list_of(fields.Nested(OperationBody), least=1, most=OPERATIONS_AT_MOST, required=True)

    def load(self, data: Any, **options: Any) -> Any:
        """What terminals send in practice is taken as it is; whatever is unusual is for the fields to judge."""
        usual = quick.usual(data)
        return super().load(data, **options) if usual is None else usual


class OperationError(Answer):
    """Why an operation was not booked."""

    code = fields.String(required=True)
    params = fields.Dict(required=True)


class ResultRow(Answer):
    """The verdict about one operation."""

    id = fields.UUID(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    flags = fields.List(fields.String(), required=True)
    error = fields.Nested(OperationError, required=True, allow_none=True)


class PushAnswer(Answer):
    """A verdict for each operation, in the order in which they came."""

    results = fields.List(fields.Nested(ResultRow), required=True)
    next_seq = fields.Integer(required=True)
    cursor = fields.Integer(required=True)
    generation = fields.Integer(required=True)


class ReconcileBody(Body):
    """What the terminal holds of a shift: number, sum, and the exclusive or of the ids (32 hex digits)."""

    shift_id = fields.UUID(required=True)
    count = whole(0, 10**6, required=True)
    total_minor = money(least=-(10**13), required=True)
    xor = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{32}\Z", error="not_valid"))


class ReconcileAnswer(Answer):
    """Agreed, or what one side lacks. `held` are the ids that the server has, where more than one is missing."""

    ok = fields.Boolean(required=True)
    missing = fields.List(fields.UUID(), required=True)
    unknown_ids = fields.List(fields.UUID(), required=True, attribute="unknown", data_key="unknown")
    held = fields.List(fields.UUID(), required=True)


class BookedAnswer(Answer):
    """A rejected operation that a person has booked, with the flags that it raised."""

    id = fields.UUID(required=True)
    flags = fields.List(fields.String(), required=True)
