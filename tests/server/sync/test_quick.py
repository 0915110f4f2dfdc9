"""The quick way of a usual push gives the values of the fields, and leaves whatever is unusual to them."""

import copy
import uuid
from typing import Any

import pytest
from marshmallow import Schema, ValidationError

from server.sync import quick
from server.sync.push_schemas import PushBody

USUAL = {
    "batch": "b-1",
    "ops": [
        {
            "id": "01932f6e-8b1a-7c3d-9e4f-123456789abc",
            "seq": 7,
            "kind": "sale",
            "v": 1,
            "happened_at": "2026-11-24T10:00:00.123Z",
            "hlc": "0193000000000001",
            "age_ms": None,
            "person_id": 12,
            "shift_id": "01932f6e-8b1a-7c3d-9e4f-123456789abd",
            "body": {"note": "Xoş gəldiniz", "lines": [{"x": 1}]},
        }
    ],
}
UNUSUAL: list[tuple[str, Any]] = [
    ("id", "01932F6E-8B1A-7C3D-9E4F-123456789ABC"),
    ("id", "{01932f6e-8b1a-7c3d-9e4f-123456789abc}"),
    ("id", None),
    ("seq", 0),
    ("seq", True),
    ("seq", "7"),
    ("seq", 7.0),
    ("seq", 2**53 + 1),
    ("kind", "Sale"),
    ("kind", "sale\n"),
    ("v", 1_001),
    ("happened_at", "2026-11-24T10:00:00"),
    ("happened_at", "yesterday"),
    ("happened_at", 5),
    ("hlc", "0193"),
    ("hlc", "0193000000000001\n"),
    ("age_ms", -1),
    ("age_ms", 10**11 + 1),
    ("person_id", "12"),
    ("person_id", 2**62 + 1),
    ("shift_id", "none"),
    ("shift_id", 5),
    ("body", []),
    ("body", None),
]


def by_the_fields(said: Any) -> Any:
    try:
        return Schema.load(PushBody(), said)
    except ValidationError as error:
        return error.messages


def test_a_usual_push_has_the_values_that_the_fields_give():
    taken = quick.usual(copy.deepcopy(USUAL))

    assert taken == by_the_fields(USUAL)
    assert taken is not None and taken["ops"][0]["id"] == uuid.UUID(USUAL["ops"][0]["id"])


@pytest.mark.parametrize(("name", "value"), UNUSUAL)
def test_an_unusual_value_is_for_the_fields_to_judge(name, value):
    said = copy.deepcopy(USUAL)
    said["ops"][0][name] = value

    assert quick.usual(said) is None


@pytest.mark.parametrize("name", ["id", "seq", "kind", "v", "happened_at", "hlc", "age_ms", "shift_id", "body"])
def test_a_missing_field_is_for_the_fields_to_judge(name):
    said = copy.deepcopy(USUAL)
    del said["ops"][0][name]

    assert quick.usual(said) is None


@pytest.mark.parametrize(
    "said",
    [
        None,
        [],
        {},
        {"ops": USUAL["ops"]},
        {**USUAL, "more": 1},
        {**USUAL, "batch": ""},
        {**USUAL, "batch": " b"},
        {**USUAL, "batch": 5},
        {**USUAL, "ops": []},
        {**USUAL, "ops": {}},
        {**USUAL, "ops": USUAL["ops"] * 101},
        {**USUAL, "ops": [None]},
        {**USUAL, "ops": [{**USUAL["ops"][0], "more": 1}]},
    ],
)
def test_an_unusual_envelope_is_for_the_fields_to_judge(said):
    assert quick.usual(said) is None
