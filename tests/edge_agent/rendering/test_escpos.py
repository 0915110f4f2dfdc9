"""Bytes of a print job, read back by a decoder that shares no code with the renderer."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from edge_agent.profiles import DrawerPort, printer_profile
from edge_agent.rendering import PrintJob, confirmation_request, drawer_pulse, render
from edge_agent.rendering.escpos import realtime_drawer_pulse
from edge_agent.rendering.letters import clean, encode, page_for
from edge_agent.rendering.raster import without_realtime
from edge_agent.wire import Barcode, Cut, Document, Feed, Qr, Row, Text
from tests.edge_agent.escpos_decoder import REALTIME, read

VIRTUAL = printer_profile("virtual")
PAGES = {number: name for name, number in VIRTUAL.code_pages.items()}


def printed(*blocks, profile=VIRTUAL, **job):
    return render(PrintJob(document=Document(blocks=blocks), tag="7F3A", **job), profile)


def reading(*blocks, profile=VIRTUAL, **job):
    pages = {number: name for name, number in profile.code_pages.items()}
    return read(printed(*blocks, profile=profile, **job), pages, (profile.cell_width, profile.cell_height))


def test_a_job_starts_anew_and_ends_with_its_tag_and_a_cut():
    data = printed(Text(text="Salam"), Cut())

    assert data.startswith(b"\x1b@\x1b3\x1e")
    assert data.endswith(b"\x1bM\x01#7F3A.1\n\x1bM\x00\x1bd\x01\x1dVB\x00")
    assert data.count(b"\x1dV") == 1


def test_russian_and_turkish_leave_in_their_code_pages():
    data = printed(Text(text="Молоко"), Text(text="Şalğam ıİ"))

    assert "Молоко".encode("cp866") in data
    assert "Şalğam ıİ".encode("cp857") in data
    assert b"\x1dv0" not in data


def test_a_letter_that_no_page_holds_draws_the_whole_line():
    paper = reading(Text(text="Çörək ağ"), Row(left="Şəkər İğdır", right="1.20")).papers[0]

    assert paper.drawn == ["Çörək ağ", "Şəkər İğdır" + " " * 33 + "1.20"]


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("is_bold", [False, True])
def test_drawn_letters_are_read_back_in_every_style(size, is_bold):
    text = "Əə Ğğ Şş İı Çç"

    assert reading(Text(text=text, size=size, bold=is_bold)).papers[0].lines[0] == text


def test_bold_and_size_are_switched_on_and_off():
    data = printed(Text(text="A", bold=True, size=2), Text(text="B"))

    assert b"\x1bE\x01\x1d!\x11" in data
    assert b"A\n\x1bE\x00\x1d!\x00B\n" in data


def test_codes_are_the_printer_s_own():
    codes = reading(Qr(data="0192f0c1"), Barcode(data="4006381333931"), Barcode(data="K2-{1}")).papers[0].codes

    assert codes == [("qr", "0192f0c1"), ("ean13", "4006381333931"), ("code128", "K2-{1}")]


def test_a_qr_code_is_model_2_with_error_correction_m():
    assert bytes.fromhex(
        "1D286B0400314132001D286B03003143061D286B03003145311D286B0400315030411D286B0300315130"
    ) in printed(Qr(data="A"))


def test_a_paper_that_may_be_a_second_one_says_so_first():
    lines = reading(Text(text="Masa 5"), attempt=2, mark="TƏKRAR OLA BİLƏR").papers[0].lines

    assert lines[0].strip() == "TƏKRAR OLA BİLƏR"
    assert lines[-1] == "#7F3A.2"


def test_feeding_and_cutting_are_left_to_printers_that_can():
    profile = printer_profile("generic-58mm")

    assert printed(Feed(lines=2), profile=profile).endswith(b"\x1bd\x04")


def test_a_drawer_pulse_is_50_ms_on_and_500_ms_off():
    assert drawer_pulse(DrawerPort()) == bytes.fromhex("1B700019FA")
    assert drawer_pulse(DrawerPort(pin=5)) == bytes.fromhex("1B700119FA")
    assert realtime_drawer_pulse(DrawerPort(on_ms=100, off_ms=500)) == bytes.fromhex("1014010001")


def test_the_question_for_the_process_id_is_gs_h():
    assert confirmation_request("0001") == bytes.fromhex("1D28480600303030303031")


def test_a_name_with_printer_commands_prints_and_does_nothing():
    name = "Tea\x1bp\x00\x32\x32\x10\x04\x01\x1d(A\x1c"

    paper = reading(Text(text=name), Row(left=name, right="1"))

    assert paper.pulses == []
    assert paper.strays == []
    assert paper.papers[0].lines[0].startswith("Tea p 22")


WORDS = some.text(max_size=60)


@settings(max_examples=150)
@given(
    some.lists(some.one_of(WORDS.map(lambda t: Text(text=t)), some.builds(Row, left=WORDS, right=WORDS)), max_size=6)
)
def test_no_text_is_ever_a_command(blocks):
    plain = reading(*blocks)

    assert plain.strays == []
    assert plain.pulses == []
    assert len(plain.papers) == 1
    assert plain.papers[0].is_cut
    assert plain.asked_ids == []


@given(some.text(alphabet=some.characters(max_codepoint=0x4FF), max_size=40))
def test_a_page_is_chosen_only_when_it_holds_the_whole_line(text):
    line = clean(text)

    page = page_for(line, VIRTUAL.code_pages, None)

    if page is not None:
        assert encode(line, page).decode(page) == line


@given(some.binary(max_size=300).map(lambda data: data + b"\x10\x04" + data))
def test_no_picture_holds_a_real_time_command(data):
    safe = without_realtime(data)

    assert len(safe) == len(data)
    assert not any(pair in safe for pair in REALTIME)
    assert sum((a ^ b).bit_count() for a, b in zip(safe, data, strict=True)) <= data.count(b"\x10")
