"""The virtual printer, spoken to over its port as an agent does."""

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from edge_agent.profiles import printer_profile
from edge_agent.rendering import PrintJob, confirmation_request, render
from edge_agent.virtual.printer import VirtualDrawer, VirtualPrinter
from edge_agent.virtual.tokens import Tokens
from edge_agent.wire import Barcode, Document, Qr, Row, Text
from fixtures.waiting import is_open, wait_for


@pytest.fixture
def printer():
    drawer = VirtualDrawer("drawer-1", lambda: None)
    one = VirtualPrinter("receipt-1", printer_profile("virtual"), drawer, now=lambda: "now", changed=lambda: None)
    yield one
    one.stop()


@pytest.fixture
def host(printer):
    with socket.create_connection(("127.0.0.1", printer.port)) as one:
        one.settimeout(5)
        yield one


def a_job(*texts):
    blocks = tuple(Text(text=text) for text in texts)
    return render(PrintJob(document=Document(blocks=blocks), tag="7F3A"), printer_profile("virtual"))


def ask(host, question):
    host.sendall(b"\x10\x04" + bytes([question]))
    return host.recv(1)


def test_drawn_lines_are_words_too(printer, host):
    blocks = (Text(text="Çörək ağ"), Text(text="CƏMİ 0,65", bold=True, size=2))
    host.sendall(render(PrintJob(document=Document(blocks=blocks), tag="7F3A"), printer.profile))

    wait_for(lambda: printer.papers and printer.papers[0].is_cut)
    assert printer.papers[0].text == "Çörək ağ\nCƏMİ 0,65\n#7F3A.1"


def test_a_question_for_the_status_is_no_news_for_who_watches(host, printer):
    seen = []
    printer._changed = lambda: seen.append(1)

    assert ask(host, 1) == b"\x12"

    assert seen == []


def test_a_paper_ends_with_its_cut(printer, host):
    host.sendall(a_job("Salam", "Молоко") + a_job("İkinci"))

    wait_for(lambda: [paper.is_cut for paper in printer.papers] == [True, True])
    assert printer.papers[0].text == "Salam\nМолоко\n#7F3A.1"
    assert printer.papers[0].tag == "#7F3A.1"


def test_the_process_id_is_answered_when_everything_before_is_printed(printer, host):
    host.sendall(a_job("Salam") + confirmation_request("7F3A"))

    assert host.recv(7) == b"\x37\x227F3A\x00"
    assert printer.papers[0].is_cut


def test_out_of_paper_it_keeps_its_buffer_and_goes_on_when_paper_is_back(printer, host):
    printer.turn(paper_out=True)
    host.sendall(a_job("Salam") + confirmation_request("7F3A"))

    assert ask(host, 1) == b"\x1a"
    assert ask(host, 2) == b"\x32"
    assert ask(host, 4) == b"\x72"
    assert printer.papers == []

    printer.turn(paper_out=False)

    assert host.recv(7) == b"\x37\x227F3A\x00"
    assert len(printer.papers) == 1


def test_an_open_cover_is_told_and_holds_the_paper_back(printer, host):
    printer.turn(cover_open=True)
    host.sendall(a_job("Salam"))

    assert ask(host, 2) == b"\x16"
    assert printer.papers == []


def test_paper_may_end_in_the_middle(printer, host):
    printer.turn(paper_out_after=40)
    host.sendall(a_job("Birinci sətir", "ikinci"))

    wait_for(lambda: printer.knobs.paper_out)
    printer.turn(paper_out=False)

    assert printer.papers[0].is_cut
    assert "ikinci" in printer.papers[0].text


def test_a_printer_that_dies_loses_its_buffer_and_its_port(printer, host):
    data = a_job("Salam", "dünya")
    printer.turn(die_after=len(data) // 2)

    host.sendall(data)

    assert host.recv(1) == b""
    assert printer.knobs.off
    wait_for(lambda: not is_open(printer.port), what="the closed port")
    printer.turn(off=False)
    with socket.create_connection(("127.0.0.1", printer.port)) as again:
        again.sendall(a_job("Yenidən"))
        wait_for(lambda: "Yenidən" in printer.papers[-1].text)


def test_a_mute_printer_prints_and_says_nothing(printer, host):
    printer.turn(mute=True)
    host.sendall(b"\x10\x04\x01" + a_job("Salam"))

    wait_for(lambda: printer.papers and printer.papers[0].is_cut)
    host.settimeout(0.05)
    with pytest.raises(TimeoutError):
        host.recv(1)


def test_a_pulse_opens_the_drawer_and_pin_three_tells(printer, host):
    assert ask(host, 1) == b"\x12"

    host.sendall(b"\x1bp\x00\x19\xfa")

    wait_for(lambda: printer.drawer.is_open)
    assert ask(host, 1) == b"\x16"
    assert printer.drawer.pulses == [{"pin": 2, "on_ms": 50, "off_ms": 500, "at": "now"}]
    printer.drawer.close()
    assert ask(host, 1) == b"\x12"


def test_a_real_time_pulse_opens_it_even_without_paper(printer, host):
    printer.turn(paper_out=True)

    host.sendall(b"\x1bp\x00\x19\xfa" + b"\x10\x14\x01\x00\x01")

    wait_for(lambda: printer.drawer.pulses)
    assert [pulse["on_ms"] for pulse in printer.drawer.pulses] == [100]


def test_the_paper_is_a_picture(printer, host):
    blocks = (
        Text(text="Çörək", size=2, bold=True),
        Row(left="a", right="b"),
        Qr(data="x"),
        Barcode(data="4006381333931"),
    )
    host.sendall(render(PrintJob(document=Document(blocks=blocks), tag="7F3A"), printer.profile))

    wait_for(lambda: printer.papers and printer.papers[0].is_cut)

    assert printer.picture(1).startswith(b"\x89PNG")
    assert printer.picture(2) is None


@pytest.mark.parametrize("knobs", [{"colour": True}, {"off": 1}, {"die_after": 0}, {"die_after": "9"}, {"mute": None}])
def test_a_knob_that_is_none_is_refused(printer, knobs):
    with pytest.raises(ValueError):
        printer.turn(**knobs)


@settings(max_examples=60)
@given(some.binary(max_size=400))
def test_no_bytes_break_the_printer(data):
    one = VirtualPrinter("receipt-1", printer_profile("virtual"), None, now=lambda: "now", changed=lambda: None)
    try:
        one._receive(data + b"\x1b@" * 3)
        assert isinstance([one.picture(paper.n) for paper in one.papers], list)
    finally:
        one.stop()


@given(some.lists(some.integers(1, 60), max_size=10))
def test_pieces_are_heard_like_the_whole(cuts):
    data = a_job("Salam", "Əla") + b"\x1bp\x00\x19\xfa"
    tokens, parts, at = Tokens(), [], 0
    for cut in [*cuts, len(data)]:
        parts += tokens.feed(data[at : at + cut])
        at += cut

    whole = Tokens().feed(data)

    assert joined(parts) == joined(whole)


def joined(tokens):
    """Text that was cut into pieces counts as one."""
    out = []
    for token in tokens:
        if out and token.name == out[-1][0] == "text":
            out[-1] = ("text", b"", out[-1][2] + token.payload)
        else:
            out.append((token.name, token.params, token.payload))
    return out
