"""The wire form of people, roles, rights and signing in."""

from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from server.core.schemas import (
    MONEY_AT_MOST,
    Answer,
    Body,
    Matching,
    PageQuery,
    Text,
    Utc,
    list_of,
    one_of,
    page_of,
    ref,
    whole,
)
from server.core.words import LANGUAGES

ROLES_AT_MOST = 50
RIGHTS_AT_MOST = 200
PASSWORD_LENGTH = {"at_least": 8, "at_most": 128}


def _pin(**kw: Any) -> Matching:
    return Matching("^[0-9]{4,6}$", error="not_a_pin", **kw)


def _email(**kw: Any) -> Matching:
    return Matching(r"^[!-?A-~]{1,64}@[!-?A-~]{1,180}$", error="not_an_email", **kw)


class Secret(Text):
    """A password: taken as it is typed, spaces and all."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        super()._deserialize(value, attr, data, **kw)
        return str(value)


class SignInBody(Body):
    """Either person and PIN, on a paired terminal, or e-mail and password."""

    person_id = ref()
    pin = _pin()
    email = _email()
    password = Secret(at_most=128)

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        if set(data) not in ({"person_id", "pin"}, {"email", "password"}):
            raise ValidationError("pin_or_password")


class RightAnswer(Answer):
    """A right as a person holds it; none is without limit. Units: basis points, minor units."""

    right = fields.String(required=True)
    cap_bp = fields.Integer(allow_none=True, required=True)
    cap_minor = fields.Integer(allow_none=True, required=True)


class SignedInPerson(Answer):
    """Who is signed in."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)


class SignInAnswer(Answer):
    """Who is signed in now, and what that person may do here."""

    person = fields.Nested(SignedInPerson, required=True)
    rights = fields.List(fields.Nested(RightAnswer), required=True)


class OwnTerminal(Answer):
    """The terminal that this browser is."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    branch_id = fields.Integer(required=True)


class MeAnswer(Answer):
    """Who acts: a person, a terminal, or both."""

    person = fields.Nested(SignedInPerson, required=True, allow_none=True)
    terminal = fields.Nested(OwnTerminal, required=True, allow_none=True)
    rights = fields.List(fields.Nested(RightAnswer), required=True)


class ApproveBody(Body):
    """Another person's PIN for one thing that needs a right."""

    person_id = ref(required=True)
    pin = _pin(required=True)
    right = Text(required=True, at_most=40)
    bp = whole(0, 10_000, load_default=0)
    minor = whole(0, MONEY_AT_MOST, load_default=0)


class ApproveAnswer(Answer):
    """Who approved."""

    approved_by = fields.Integer(required=True)


class RoleOfPerson(Body):
    """A role, in every branch or in one."""

    role_id = ref(required=True)
    branch_id = ref(load_default=None, allow_none=True)


class PersonBody(Body):
    """A new person."""

    name = Text(required=True, at_most=100)
    language = one_of(*LANGUAGES, load_default="az")
    email = _email(load_default=None, allow_none=True)
    password = Secret(**PASSWORD_LENGTH)
    pin = _pin()
    roles = list_of(fields.Nested(RoleOfPerson), most=ROLES_AT_MOST, load_default=list)


class PersonChange(Body):
    """Everything of a person that may change, roles included; a password only where it is set anew."""

    name = Text(required=True, at_most=100)
    language = one_of(*LANGUAGES, required=True)
    email = _email(required=True, allow_none=True)
    password = Secret(**PASSWORD_LENGTH)
    roles = list_of(fields.Nested(RoleOfPerson), most=ROLES_AT_MOST, required=True)
    rev = ref(load_default=None)


class PinBody(Body):
    """A PIN of 4 to 6 digits."""

    pin = _pin(required=True)


class PeopleQuery(PageQuery):
    """Which people."""

    archived = fields.Boolean(load_default=False)


class PersonRoleAnswer(Answer):
    """A role, in every branch or in one."""

    role_id = fields.Integer(required=True)
    branch_id = fields.Integer(allow_none=True, required=True)


class PersonAnswer(Answer):
    """A person, without any secret."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    email = fields.String(allow_none=True, required=True)
    has_pin = fields.Boolean(required=True)
    has_password = fields.Boolean(required=True)
    is_locked = fields.Boolean(required=True)
    roles = fields.List(fields.Nested(PersonRoleAnswer), required=True)
    rev = fields.Integer(required=True)
    archived_at = Utc(allow_none=True, required=True)


PeopleAnswer = page_of(PersonAnswer, "PeopleAnswer")


class RightOfRole(Body):
    """A right, and how far it goes where it has a limit."""

    right = Text(required=True, at_most=40)
    cap_bp = whole(0, 10_000, load_default=None, allow_none=True)
    cap_minor = whole(0, MONEY_AT_MOST, load_default=None, allow_none=True)


class RoleBody(Body):
    """A role with all its rights."""

    name = Text(required=True, at_most=100)
    rights = list_of(fields.Nested(RightOfRole), most=RIGHTS_AT_MOST, required=True)


class RoleChange(RoleBody):
    """A role with all its rights, as they shall be."""

    rev = ref(load_default=None)


class RoleAnswer(Answer):
    """A role."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    rights = fields.List(fields.Nested(RightAnswer), required=True)
    rev = fields.Integer(required=True)


class RolesAnswer(Answer):
    """All roles; a shop has few, so they come at once."""

    rows = fields.List(fields.Nested(RoleAnswer), required=True)


class OfferedRight(Answer):
    """A right that a role may carry; `capped` ones take a limit."""

    right = fields.String(required=True)
    capped = fields.Boolean(required=True)


class OfferedRights(Answer):
    """Every right that there is."""

    rows = fields.List(fields.Nested(OfferedRight), required=True)
