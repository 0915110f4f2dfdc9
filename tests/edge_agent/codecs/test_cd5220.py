"""Customer displays."""

from hypothesis import given
from hypothesis import strategies as some

from edge_agent.codecs.cd5220 import show

PAGES = {"cp437": 0, "cp857": 13, "cp866": 17}


def shown(*lines, pages=PAGES):
    return show(lines, columns=20, rows=2, pages=pages)


def test_two_lines_are_written_padded_to_their_width():
    assert shown("Cemi", "4.60") == b"\x1bt\x00\x1bQA" + b"Cemi".ljust(20) + b"\r\x1bQB" + b"4.60".ljust(20) + b"\r"


def test_the_page_with_most_letters_is_chosen():
    assert shown("Молоко")[:3] == b"\x1bt\x11"
    assert shown("Şeker")[:3] == b"\x1bt\x0d"


def test_letters_that_no_page_has_show_their_nearest():
    assert b"Corek" in shown("Çörək", pages={"cp866": 17})
    assert b"Corek" not in shown("Çörək")
    assert "Çörek".encode("cp437") in shown("Çörək", pages={"cp437": 0})
    assert b"Moloko" in shown("Молоко", pages={"cp437": 0})


@given(some.lists(some.text(max_size=60), max_size=4))
def test_a_line_never_holds_a_control_byte_and_never_leaves_its_width(lines):
    data = shown(*lines)

    head, upper, lower = data[:3], data[6:26], data[30:50]
    assert head[:2] == b"\x1bt"
    assert len(data) == 51
    assert all(byte >= 0x20 for byte in upper + lower)
