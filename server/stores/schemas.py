"""The wire form of companies, branches and settings."""

import zoneinfo
from typing import Any

from marshmallow import ValidationError, fields

from server.core.schemas import Answer, Body, Matching, Query, Text, Utc, list_of, one_of, ref, whole
from server.core.words import LANGUAGES

SETTINGS_AT_MOST = 50
LIST_AT_MOST = 50


class Timezone(Text):
    """A name of the time zone database."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> str:
        name = super()._deserialize(value, attr, data, **kw)
        if name not in zoneinfo.available_timezones():
            raise ValidationError("not_a_timezone")
        return name


class SettingValue(fields.Raw):
    """A plain value, or a list of them: text of at most 500 characters, an integer, a yes or no."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        parts = value if isinstance(value, list) else [value]
        if len(parts) > LIST_AT_MOST or not all(_is_plain(part) for part in parts):
            raise ValidationError("not_valid")
        return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    if isinstance(value, int):
        return abs(value) < 2**53
    return isinstance(value, str) and len(value) <= 500 and value.isprintable()


class CompanyChange(Body):
    """What may be changed of a company."""

    name = Text(required=True)
    tax_id = Text(required=True, at_most=20)
    tax_regime = one_of("vat", "simplified", load_default="vat")
    rev = ref(load_default=None)


class CompanyAnswer(Answer):
    """A company."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    tax_id = fields.String(required=True)
    tax_regime = fields.String(required=True)
    currency = fields.String(required=True)
    rev = fields.Integer(required=True)


class BranchChange(Body):
    """What may be changed of a branch."""

    name = Text(required=True)
    address = Text(at_least=0, at_most=300)
    timezone = Timezone(at_most=40)
    cut_off_min = whole(0, 1439)
    language = one_of(*LANGUAGES)
    receipt_head = Text(at_least=0, at_most=500)
    receipt_foot = Text(at_least=0, at_most=500)
    rev = ref(load_default=None)


class BranchBody(Body):
    """A new branch."""

    code = Matching(
        "^[A-Za-z0-9-]{1,16}$",
        required=True,
        metadata={"description": "1 to 16 Latin letters, digits and hyphens; it never changes"},
    )
    name = Text(required=True)
    address = Text(at_least=0, at_most=300)
    timezone = Timezone(at_most=40)
    cut_off_min = whole(0, 1439)
    language = one_of(*LANGUAGES)
    receipt_head = Text(at_least=0, at_most=500)
    receipt_foot = Text(at_least=0, at_most=500)


class BranchAnswer(Answer):
    """A branch."""

    id = fields.Integer(required=True)
    company_id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True)
    timezone = fields.String(required=True)
    cut_off_min = fields.Integer(required=True)
    language = fields.String(required=True)
    receipt_head = fields.String(required=True)
    receipt_foot = fields.String(required=True)
    rev = fields.Integer(required=True)
    archived_at = Utc(allow_none=True, required=True)


class BranchesAnswer(Answer):
    """All branches; a shop has few, so they come at once."""

    rows = fields.List(fields.Nested(BranchAnswer), required=True)


class SettingsQuery(Query):
    """Whose settings: the shop's, with one branch's beside them."""

    branch_id = ref(load_default=None)


class SettingPart(Body):
    """One setting to set."""

    key = Matching("^[a-z_]{1,30}([.][a-z_]{1,29})?$", required=True)
    value = SettingValue(required=True)


class SettingsBody(Body):
    """Settings to set, for the shop or for one branch."""

    branch_id = ref(load_default=None, allow_none=True)
    settings = list_of(fields.Nested(SettingPart), least=1, most=SETTINGS_AT_MOST, required=True)


class SettingAnswer(Answer):
    """A setting."""

    key = fields.String(required=True)
    value = fields.Raw(required=True)
    branch_id = fields.Integer(allow_none=True, required=True)
    rev = fields.Integer(required=True)


class SettingsAnswer(Answer):
    """Settings."""

    rows = fields.List(fields.Nested(SettingAnswer), required=True)
