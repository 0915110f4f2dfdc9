"""Instants on the wire, wall clocks and the business day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.values import gs1, times


@given(st.integers(0, 4_102_444_800_000))
def test_an_instant_reads_back_from_its_text(instant_ms):
    assert times.from_iso(times.to_iso(instant_ms)) == instant_ms


@pytest.mark.parametrize(
    ("text", "instant_ms"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-24T19:57:00.5Z", 1_795_550_220_500),
        ("2026-11-24T19:57:00.123456Z", 1_795_550_220_123),
    ],
)
def test_decimals_of_a_second_are_optional(text, instant_ms):
    assert times.from_iso(text) == instant_ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-24",
        "2026-11-24T19:57:00",
        "2026-11-24T19:57:00+04:00",
        "2026-13-01T00:00:00Z",
        "٢٠٢٦-11-24T19:57:00Z",
    ],
)
def test_a_time_that_is_not_utc_is_refused(text):
    with pytest.raises(ValueError):
        times.from_iso(text)


@pytest.mark.parametrize(
    ("opened", "cut_off_min", "day"),
    [
        ("2026-11-24T04:00:00Z", 300, "2026-11-24"),  # 08:00 in Baku
        ("2026-11-23T21:30:00Z", 300, "2026-11-23"),  # 01:30 in Baku, before the cut-off
        ("2026-11-24T00:59:59Z", 300, "2026-11-23"),  # 04:59
        ("2026-11-24T01:00:00Z", 300, "2026-11-24"),  # 05:00
        ("2026-11-23T20:00:00Z", 0, "2026-11-24"),  # midnight, no cut-off
        ("2026-12-31T22:00:00Z", 300, "2026-12-31"),
    ],
)
def test_the_business_day_turns_at_the_cut_off(opened, cut_off_min, day):
    assert times.business_day(times.from_iso(opened), "Asia/Baku", cut_off_min) == day


def test_summer_time_moves_no_boundary_of_the_business_day():
    night = times.from_iso("2026-03-29T02:30:00Z")  # 04:30 in Berlin, an hour after the clocks went on

    assert times.business_day(night, "Europe/Berlin") == "2026-03-28"
    assert times.local_hour(night, "Europe/Berlin") == 4
    assert times.local_minute(night, "Europe/Berlin") == "2026-03-29T04:30"


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("261130", "2026-11-30"),
        ("260200", "2026-02-28"),
        ("280200", "2028-02-29"),
        ("760101", "2076-01-01"),
        ("770101", "1977-01-01"),
        ("261301", None),
        ("260231", None),
    ],
)
def test_dates_of_gs1_codes(digits, day):
    assert gs1.day_of(digits, this_year=2026) == day
