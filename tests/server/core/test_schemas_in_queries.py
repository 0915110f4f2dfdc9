"""Numbers of a query string are text on the wire and integers inside."""

import pytest
from marshmallow import ValidationError

from server.core.schemas import Body, PageQuery, whole


class Amount(Body):
    n = whole(0, 10)


def test_a_query_takes_digits_for_a_number() -> None:
    assert PageQuery().load({"limit": "7"})["limit"] == 7


@pytest.mark.parametrize("text", ["7.0", "seven", "", "0x7", "201"])
def test_a_query_refuses_what_is_no_number_or_too_much(text: str) -> None:
    with pytest.raises(ValidationError):
        PageQuery().load({"limit": text})


@pytest.mark.parametrize("value", ["7", 7.0, True])
def test_a_body_takes_only_integers(value: object) -> None:
    with pytest.raises(ValidationError):
        Amount().load({"n": value})
