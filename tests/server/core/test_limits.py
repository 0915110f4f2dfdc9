"""Tries are limited for each address: so many at once, more as time goes by, one network of IPv6 as one."""

import pytest

from server.core import limits
from server.core.limits import Limits, Rate, TooOften

RATE = Rate(at_once=3, per_minute=6)


class Watch:
    """A clock that goes on when it is told to."""

    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def made(watch: Watch) -> Limits:
    return Limits(watch)


def taken(made: Limits, address: str, times: int, *what: str) -> int:
    """How many of some tries are let through."""
    through = 0
    for _ in range(times):
        try:
            made.take(RATE, address, *what)
        except TooOften:
            continue
        through += 1
    return through


def test_a_burst_ends_and_time_brings_new_tries(made: Limits, watch: Watch) -> None:
    assert taken(made, "192.0.2.1", 5, "sign-in") == 3

    watch.now_s += 10
    assert taken(made, "192.0.2.1", 5, "sign-in") == 1

    watch.now_s += 3_600
    assert taken(made, "192.0.2.1", 5, "sign-in") == 3


def test_who_tries_too_often_is_told_when_to_come_back(made: Limits, watch: Watch) -> None:
    taken(made, "192.0.2.1", 3, "sign-in")

    with pytest.raises(TooOften) as met:
        made.take(RATE, "192.0.2.1", "sign-in")
    watch.now_s += int(met.value.headers["Retry-After"])

    assert met.value.params == {"seconds": int(met.value.headers["Retry-After"])}
    assert taken(made, "192.0.2.1", 1, "sign-in") == 1


def test_another_address_and_another_thing_have_their_own_tries(made: Limits) -> None:
    taken(made, "192.0.2.1", 3, "sign-in")

    assert taken(made, "192.0.2.2", 3, "sign-in") == 3
    assert taken(made, "192.0.2.1", 3, "pair") == 3


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", 3),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 6),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", 6),
        ("192.0.2.1", "192.0.2.2", 6),
        ("", "", 3),
    ],
)
def test_one_network_of_ipv6_is_one_address(made: Limits, one: str, other: str, together: int) -> None:

    assert taken(made, one, 3, "pair") + taken(made, other, 3, "pair") == together


def test_many_addresses_take_no_more_room_than_is_given(made: Limits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BUCKETS_AT_MOST", 10)

    for number in range(100):
        made.take(RATE, f"192.0.2.{number}", "pair")

    assert len(made._buckets) == 10
