"""The wire form of health and flags."""

from marshmallow import fields, validate

from server.core.schemas import Answer, Body, PageQuery, Text, Utc, page_of


class HealthAnswer(Answer):
    """The server is well."""

    status = fields.String(required=True)
    version = fields.String(required=True)
    storage = fields.String(
        required=True,
        validate=validate.OneOf(["ok", "low"]),
        metadata={"description": "Whether the server's disk has room for long."},
    )


class FlagsQuery(PageQuery):
    """Which flags: those that wait for someone, or all, of one kind or of every kind."""

    open = fields.Boolean(load_default=True)
    kind = Text(at_most=32, load_default=None)


class RejectedQuery(PageQuery):
    """Which rejected operations."""

    open = fields.Boolean(load_default=True)


class FlagNote(Body):
    """What was decided, in words."""

    note = Text(required=True, at_most=500)


class FlagAnswer(Answer):
    """Something that was booked and that a person should look at."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    detail = fields.Dict(required=True)
    raised_at = Utc(required=True)
    settled_at = Utc(required=True, allow_none=True)
    settled_by = fields.Integer(required=True, allow_none=True)
    settled_by_name = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class RejectedAnswer(Answer):
    """An operation that could not be what it claimed, kept whole."""

    operation_id = fields.UUID(required=True)
    terminal_id = fields.Integer(required=True)
    terminal = fields.String(required=True, allow_none=True)
    body = fields.Dict(required=True)
    error = fields.Dict(required=True)
    received_at = Utc(required=True)
    settled_at = Utc(required=True, allow_none=True)
    settled_by = fields.Integer(required=True, allow_none=True)


FlagsAnswer = page_of(FlagAnswer, "FlagsAnswer")
RejectedPage = page_of(RejectedAnswer, "RejectedPage")
