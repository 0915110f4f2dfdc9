"""Scans from serial lines and from keyboards."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent.codecs.keymap import EVENT, KeyLines, keys_of
from edge_agent.codecs.scans import MAX_CODE, Scan, ScanLines


@pytest.mark.parametrize(
    ("line", "scan"),
    [
        (b"]E04006381333931\r", Scan("4006381333931", "]E0")),
        (b"4006381333931\r", Scan("4006381333931")),
        (b"]C10107032069804988100329\x1d3103001750\r", Scan("0107032069804988100329\x1d3103001750", "]C1")),
        (b"]Q1https://a.az/ \xc9\x99\r", Scan("https://a.az/ ə", "]Q1")),
        (b"]E0\x1b\x0040063\r", Scan("40063", "]E0")),
    ],
)
def test_a_scan_is_cut_from_its_line(line, scan):
    assert ScanLines().feed(line) == [scan]


def test_an_empty_line_is_no_scan():
    assert ScanLines().feed(b"\r\r]E0\r") == []


def test_a_code_that_never_ends_is_no_scan_and_the_next_one_is():
    assert ScanLines().feed(b"9" * 20_000 + b"\r" + b"123456\r") == [Scan("123456")]
    assert ScanLines().feed(b"9" * (MAX_CODE) + b"\r") == [Scan("9" * MAX_CODE)]


@given(some.lists(some.binary(max_size=30), max_size=6))
def test_pieces_of_any_bytes_read_like_the_whole(parts):
    lines = ScanLines(b"\r\n")

    assert [scan for part in parts for scan in lines.feed(part)] == ScanLines(b"\r\n").feed(b"".join(parts))


def records(*keys):
    return b"".join(EVENT.pack(0, 0, 1, code, value) for code, value in keys)


def test_keys_of_a_scanner_become_a_code():
    typed = [(5, 1), (5, 0), (11, 1), (11, 0), (42, 1), (30, 1), (30, 0), (42, 0), (28, 1), (28, 0)]

    assert KeyLines().feed(keys_of(records(*typed))) == ["40A"]


def test_shifted_signs_and_the_number_pad_are_understood():
    typed = [(42, 1), (12, 1), (42, 0), (79, 1), (55, 1), (15, 1)]

    assert KeyLines().feed(keys_of(records(*typed))) == ["_1*"]


def test_repeats_and_other_events_are_left_out():
    noise = struct.pack("llHHi", 0, 0, 4, 4, 30) + struct.pack("llHHi", 0, 0, 1, 30, 2)

    assert keys_of(noise + records((28, 1)) + b"half") == keys_of(records((28, 1)))


@given(some.binary(max_size=500))
def test_no_records_break_the_key_map(garbage):
    KeyLines().feed(keys_of(garbage))
