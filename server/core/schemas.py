"""The wire form shared by all modules: fields with stable error codes, pages, problems.

marshmallow's error texts are replaced by `code|name=value|...`, so that every faulty field reaches the screen as a
code with what is allowed, and the screen says it in the user's language.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from server.core.errors import FieldError
from server.values import times

TEXT_AT_MOST = 200
MONEY_AT_MOST = 10**13
PAGE_AT_MOST = 200
_DIGITS = re.compile(r"-?[0-9]{1,20}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

fields.Field.default_error_messages.update(
    {"required": "required", "null": "required", "validator_failed": "not_valid"}
)
fields.Integer.default_error_messages.update({"invalid": "not_integer", "too_large": "too_large"})
fields.Number.default_error_messages.update({"invalid": "not_integer", "too_large": "too_large"})
fields.String.default_error_messages.update({"invalid": "not_text", "invalid_utf8": "not_text"})
fields.Boolean.default_error_messages.update({"invalid": "not_boolean"})
fields.UUID.default_error_messages.update({"invalid_uuid": "not_id"})
fields.List.default_error_messages.update({"invalid": "not_list"})
fields.Nested.default_error_messages.update({"type": "not_object"})
fields.Dict.default_error_messages.update({"invalid": "not_object"})
Schema._default_error_messages.update({"type": "not_object", "unknown": "unknown_field", "invalid": "not_object"})


class Body(Schema):
    """What comes in: unknown fields are refused by name."""

    class Meta:
        unknown = RAISE


class Query(Schema):
    """A query string: unknown parameters are refused by name."""

    class Meta:
        unknown = RAISE


class Answer(Schema):
    """What goes out."""

    class Meta:
        unknown = EXCLUDE


class Text(fields.String):
    """A line of text: 1 to `at_most` characters after trimming, no control characters and nothing that is no UTF-8."""

    def __init__(self, *, at_most: int = TEXT_AT_MOST, at_least: int = 1, **kw: Any) -> None:
        super().__init__(metadata={"minLength": at_least, "maxLength": at_most, **kw.pop("metadata", {})}, **kw)
        self.at_most = at_most
        self.at_least = at_least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        assert text is not None
        if _CONTROL.search(text):
            raise ValidationError("control_characters")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValidationError("not_text") from error
        text = text.strip()
        if not self.at_least <= len(text) <= self.at_most:
            raise ValidationError(f"length|least={self.at_least}|most={self.at_most}")
        return text


class Whole(fields.Integer):
    """An integer that is one already, except in a query string, where everything is text."""

    def _validated(self, value: Any) -> int:
        if isinstance(self.root, Query) and isinstance(value, str) and _DIGITS.fullmatch(value):
            return super()._validated(int(value))
        return super()._validated(value)


class Matching(fields.String):
    """Text of a fixed shape. `pattern` is one that JavaScript and Python read alike, with `^` and `$` at its ends."""

    def __init__(self, pattern: str, *, error: str = "not_valid", **kw: Any) -> None:
        super().__init__(metadata={"pattern": pattern, **kw.pop("metadata", {})}, **kw)
        self.shape, self.error = re.compile(pattern.removeprefix("^").removesuffix("$")), error

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if text is None or not self.shape.fullmatch(text):
            raise ValidationError(self.error)
        return text


def whole(least: int, most: int, **kw: Any) -> fields.Integer:
    """An integer between two bounds; booleans, floats and strings are refused."""
    limits = validate.Range(least, most, error=f"out_of_range|least={least}|most={most}")
    return Whole(strict=True, validate=limits, **kw)


def money(*, least: int = 0, **kw: Any) -> fields.Integer:
    """An amount in minor units."""
    return whole(least, MONEY_AT_MOST, **kw)


def quantity(*, least: int = -(10**12), most: int = 10**12, **kw: Any) -> fields.Integer:
    """A quantity in thousandths."""
    return whole(least, most, **kw)


def ref(**kw: Any) -> fields.Integer:
    """The id of a reference row."""
    return whole(0, 2**62, **kw)


def one_of(*choices: str, **kw: Any) -> fields.String:
    """One of a few words."""
    return fields.String(validate=validate.OneOf(choices, error="not_a_choice|choices=" + ", ".join(choices)), **kw)


def list_of(inner: Any, *, most: int, least: int = 0, **kw: Any) -> fields.List[Any]:
    """A list with a named limit."""
    limits = validate.Length(min=least, max=most, error=f"count|least={least}|most={most}")
    return fields.List(inner, validate=limits, **kw)


class Utc(fields.Field[int]):
    """An instant: ISO 8601 with `Z` on the wire, integer milliseconds UTC inside."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kw: Any) -> str | None:
        return None if value is None else times.to_iso(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> int:
        try:
            return times.from_iso(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError("not_instant") from error


class Day(fields.String):
    """A day as `2026-11-24`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        assert text is not None
        try:
            if dt.date.fromisoformat(text).isoformat() != text:
                raise ValueError(text)
        except ValueError as error:
            raise ValidationError("not_day") from error
        return text


class PageQuery(Query):
    """How a list is asked for."""

    limit = whole(1, PAGE_AT_MOST, load_default=50)
    cursor = Text(at_most=400, load_default=None)
    q = Text(at_most=100, at_least=0, load_default="")


def page_of(row: type[Schema], name: str) -> type[Schema]:
    """The answer of a list: `rows`, and `next` for the page that follows."""
    return Answer.from_dict(
        {"rows": fields.List(fields.Nested(row), required=True), "next": fields.String(allow_none=True, required=True)},
        name=name,
    )


class ProblemError(Answer):
    """One faulty field of a problem."""

    field = fields.String(required=True)
    code = fields.String(required=True)
    params = fields.Dict(required=True)


class Problem(Answer):
    """RFC 9457, with a stable `code`."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    params = fields.Dict(required=True)
    errors = fields.List(fields.Nested(ProblemError), required=True)


def field_errors(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[FieldError]:
    """marshmallow's nested messages as a flat list of faulty fields."""
    for name, value in messages.items():
        path = prefix if name == "_schema" else f"{prefix}.{name}".lstrip(".")
        if isinstance(value, Mapping):
            yield from field_errors(value, path)
        else:
            for text in value if isinstance(value, list) else [value]:
                yield _field_error(path or "body", str(text))


def _field_error(path: str, text: str) -> FieldError:
    code, *pairs = text.split("|")
    params = dict(pair.split("=", 1) for pair in pairs)
    return FieldError(path, code if re.fullmatch(r"[a-z_]+", code) else "not_valid", params)
