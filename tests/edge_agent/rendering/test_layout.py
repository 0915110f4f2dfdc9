"""Blocks laid out to lines of fixed cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent.rendering.layout import Line, lines_of, wrap
from edge_agent.wire import Row, Rule, Text


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("Alma", 10, ["Alma"]),
        ("Pomidor Bakı", 8, ["Pomidor", "Bakı"]),
        ("Şəkərsizləşdirilmiş", 8, ["Şəkərsiz", "ləşdiril", "miş"]),
        ("a  b", 3, ["a", "b"]),
        ("   içəri", 8, ["   içəri"]),
    ],
)
def test_words_wrap_at_spaces_and_break_where_they_must(text, width, lines):
    assert wrap(text, width) == lines


@given(some.text(alphabet="ab ç", max_size=80), some.integers(1, 12))
def test_nothing_is_lost_by_wrapping_and_no_line_is_too_long(text, width):
    lines = wrap(text, width)

    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_an_amount_stands_at_the_right_edge_of_the_last_line_of_its_name():
    lines = lines_of(Row(left="Pomidor Bakı 1.250 kg", right="3.00"), 16)

    assert [line.text for line in lines] == ["Pomidor", "Bakı 1.250", "kg          3.00"]


def test_an_amount_too_wide_for_its_name_takes_a_line_of_its_own():
    lines = lines_of(Row(left="Ad", right="123456789"), 10)

    assert [line.text for line in lines] == ["Ad", " 123456789"]


def test_double_size_halves_the_columns():
    assert lines_of(Text(text="Market", align="center", size=2), 20) == [Line("  Market", 2, False)]


@pytest.mark.parametrize(("align", "text"), [("left", "Ad"), ("center", "    Ad"), ("right", "        Ad")])
def test_text_stands_where_it_is_aligned(align, text):
    assert lines_of(Text(text="Ad", align=align), 10) == [Line(text)]


def test_a_rule_crosses_the_paper():
    assert lines_of(Rule(), 32) == [Line("-" * 32)]


def test_a_newline_in_a_text_is_a_new_line_and_other_control_characters_are_spaces():
    assert [line.text for line in lines_of(Text(text="a\nb\tc\x1b@"), 10)] == ["a", "b c @"]
