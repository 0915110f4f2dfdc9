"""A printer's answers against Epson's tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent.codecs.escpos_status import (
    AutoStatus,
    Demultiplexer,
    Information,
    PrinterStatus,
    ProcessId,
    StatusByte,
    ask,
)

STREAM = b"\x16" + b"\x37\x220001\x00" + b"\x11" + b"\x14\x00\x00\x0f" + b"_Epson\x00" + b"\x12"


def test_a_mixed_stream_is_told_apart():
    assert Demultiplexer().feed(STREAM) == [
        StatusByte(0x16),
        ProcessId("0001"),
        AutoStatus(b"\x14\x00\x00\x0f"),
        Information("Epson"),
        StatusByte(0x12),
    ]


@given(some.lists(some.integers(0, len(STREAM)), max_size=8).map(sorted))
def test_pieces_read_like_the_whole(cuts):
    demultiplexer = Demultiplexer()

    parts = [STREAM[a:b] for a, b in zip([0, *cuts], [*cuts, len(STREAM)], strict=True)]

    assert [one for part in parts for one in demultiplexer.feed(part)] == Demultiplexer().feed(STREAM)


@given(some.binary(max_size=400))
def test_no_bytes_break_it(garbage):
    Demultiplexer().feed(garbage)


@pytest.mark.parametrize(
    ("question", "answer", "trouble"),
    [
        (1, 0x12, None),
        (1, 0x16, None),
        (1, 0x1A, "offline"),
        (2, 0x12, None),
        (2, 0x16, "cover_open"),
        (2, 0x32, "paper_out"),
        (3, 0x12, None),
        (3, 0x1A, "cutter"),
        (3, 0x32, "fault"),
        (3, 0x52, "fault"),
        (4, 0x12, None),
        (4, 0x1E, None),
        (4, 0x72, "paper_out"),
        (4, 0x7E, "paper_out"),
    ],
)
def test_a_status_byte_says_what_is_wrong(question, answer, trouble):
    assert PrinterStatus().with_answer(question, answer).trouble == trouble


def test_pin_three_of_the_drawer_socket_is_seen():
    assert PrinterStatus().with_answer(1, 0x16).is_drawer_high
    assert not PrinterStatus().with_answer(1, 0x12).is_drawer_high


def test_paper_that_nears_its_end_is_no_trouble_yet():
    assert PrinterStatus().with_answer(4, 0x1E).paper == "low"


def test_a_question_is_dle_eot():
    assert ask(1) == b"\x10\x04\x01"
