"""The wire form of a new owner's first steps."""

from marshmallow import ValidationError, fields, validate

from server.core.schemas import Answer, Body, Query, Text, one_of
from server.core.words import LANGUAGES

PASSWORD_AT_LEAST = 10
_EMAIL = validate.Regexp(r"^[^@\s\x00-\x1f\x7f]{1,64}@[^@\s\x00-\x1f\x7f]{1,180}\Z", error="not_an_email")
_PIN = validate.Regexp(r"^[0-9]{4,6}\Z", error="not_a_pin")


class TaxId(Text):
    """A VÖEN: ten digits, of which the last says company (1) or individual (2)."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kw: object) -> str:
        text = super()._deserialize(value, attr, data, **kw)
        if not (text.isascii() and text.isdigit() and len(text) == 10):
            raise ValidationError("not_a_tax_id")
        return text


class SetupQuery(Query):
    """Which link."""

    token = Text(required=True)


class SetupCompany(Body):
    """Who sells and where."""

    name = Text(required=True)
    tax_id = TaxId(required=True)
    tax_regime = one_of("vat", "simplified", load_default="vat")
    address = Text(required=True)


class SetupOwner(Body):
    """Who owns the shop, and how that one signs in."""

    name = Text(at_most=100, required=True)
    language = one_of(*LANGUAGES, load_default="az")
    email = fields.String(required=True, validate=_EMAIL)
    password = Text(at_least=PASSWORD_AT_LEAST, at_most=200, required=True)
    pin = fields.String(required=True, validate=_PIN)


class SetupBody(Body):
    """All of it."""

    token = Text(required=True)
    company = fields.Nested(SetupCompany, required=True)
    owner = fields.Nested(SetupOwner, required=True)


class SetupState(Answer):
    """The link can be used."""

    shop = fields.String(required=True)


class SetupAnswer(Answer):
    """What was made; the owner is signed in on this browser."""

    person_id = fields.Integer(required=True)
    branch_id = fields.Integer(required=True)
    register_id = fields.Integer(required=True)
