"""Scale protocols against the bytes of their manuals, in pieces and in garbage."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent.codecs.cas_ecr import CasEcr, bcc
from edge_agent.codecs.mt_sics import MtSics
from edge_agent.codecs.toledo8217 import Toledo8217
from edge_agent.codecs.weight import Reading, Send, grams_of

CODECS = [Toledo8217, MtSics, CasEcr]
FRAMES = {
    Toledo8217: [b"\x0201.234\r", b"\x02?A\r", b"\x0200.000N\r", b"\x02?P\r"],
    MtSics: [b"S S     100.00 g\r\n", b"S D      1.500 kg\r\n", b"S +\r\n", b"ES\r\n"],
    CasEcr: [b"\x06", bytes.fromhex("0102532030312E3233346B67650304"), b"\x15"],
}


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (b"\x0201.234\r", Reading(1234, True)),
        (b"\x0201.234N\r", Reading(1234, True)),
        (b"\x0200.000\r", Reading(0, True)),
        (b"\x02?A\r", Reading(0, False, "motion")),
        (b"\x02?B\r", Reading(0, False, "over")),
        (b"\x02?D\r", Reading(0, False, "under")),
        (b"\x02?H\r", Reading(0, False, "fault")),
        (b"\x02?P\r", Reading(0, True)),
        (b"\x02?`\r", Reading(0, True)),
        (b"\x02?@\r", Reading(0, True)),
        (bytes(byte | 0x80 for byte in b"\x02") + b"00.500\r", Reading(500, True)),
    ],
)
def test_toledo_8217_is_read_as_its_manual_says(answer, reading):
    assert Toledo8217().feed(answer) == [reading]


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (b"S S     100.00 g\r\n", Reading(100, True)),
        (b"S S      1.2345 kg\r\n", Reading(1235, True)),
        (b"S D      0.500 kg\r\n", Reading(500, False, "motion")),
        (b"S S     -20.0 g\r\n", Reading(-20, True)),
        (b"S I\r\n", Reading(0, False, "motion")),
        (b"S +\r\n", Reading(0, False, "over")),
        (b"S -\r\n", Reading(0, False, "under")),
        (b"ET\r\n", Reading(0, False, "fault")),
    ],
)
def test_mt_sics_is_read_as_its_manual_says(answer, reading):
    assert MtSics().feed(answer) == [reading]


@pytest.mark.parametrize(
    ("answer", "reading"),
    [
        (bytes.fromhex("0102532030312E3233346B67650304"), Reading(1234, True)),
        (b"\x01\x02U-00.015kg\x6e\x03\x04", Reading(-15, False, "under")),
        (b"\x01\x02SF00.000kg" + bytes([bcc(b"SF00.000kg")]) + b"\x03\x04", Reading(0, False, "over")),
        (b"\x15", Reading(0, False, "motion")),
    ],
)
def test_the_ecr_type_is_read_as_its_manual_says(answer, reading):
    assert CasEcr().feed(answer) == [reading]


def test_the_ecr_type_is_answered_when_it_is_ready():
    codec = CasEcr()

    assert codec.ask() == b"\x05"
    assert codec.feed(b"\x06") == [Send(b"\x11")]


def test_a_weight_with_a_wrong_check_byte_is_no_weight():
    assert CasEcr().feed(b"\x01\x02S 01.234kg\x64\x03\x04") == []


@pytest.mark.parametrize("codec", CODECS)
@given(some.data())
def test_pieces_read_like_the_whole(codec, data):
    stream = b"".join(data.draw(some.lists(some.sampled_from(FRAMES[codec]), max_size=5)))
    cuts = sorted(data.draw(some.lists(some.integers(0, len(stream)), max_size=6)))

    parts = codec()
    read = [step for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True) for step in parts.feed(stream[a:b])]

    assert read == codec().feed(stream)


@pytest.mark.parametrize("codec", CODECS)
@given(some.binary(max_size=300))
def test_no_bytes_break_a_codec_and_it_reads_on_afterwards(codec, garbage):
    one = codec()
    one.feed(garbage)

    one.ask()

    assert any(isinstance(step, Reading) for frame in FRAMES[codec] for step in one.feed(frame))


@pytest.mark.parametrize(
    ("number", "unit", "grams"),
    [
        ("1.2345", "kg", 1235),
        ("1.2344", "kg", 1234),
        ("-0.0005", "kg", -1),
        ("2.5", "oz", 71),
        ("1", "lb", 454),
        ("+7", "g", 7),
    ],
)
def test_weights_are_whole_grams_rounded_half_up(number, unit, grams):
    assert grams_of(number, unit) == grams


@pytest.mark.parametrize("number", ["", ".", "1,5", "١", "--1", "9" * 20])
def test_what_is_no_weight_is_refused(number):
    with pytest.raises(ValueError):
        grams_of(number, "kg")
