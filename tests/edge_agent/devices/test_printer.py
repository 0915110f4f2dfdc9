"""The printer driver over TCP 9100 against sockets that behave as badly as real printers do."""

import contextlib
import socket
import threading
import uuid

import pytest

from edge_agent.codecs.escpos_status import PrinterStatus
from edge_agent.config import DrawerConfig, Link, PrinterConfig
from edge_agent.devices.base import Done, Failed, Interrupted, Later, State, Task, Uncertain
from edge_agent.devices.drawer import Drawer
from edge_agent.devices.printer import Printer
from edge_agent.drivers.escpos import EscposPort
from edge_agent.drivers.registry import link_for
from edge_agent.profiles import printer_profile
from edge_agent.rendering import PrintJob, render
from edge_agent.wire import OpenArgs
from fixtures.waiting import free_port, wait_for
from tests.edge_agent.shop import paper

TASK = Task(str(uuid.UUID(int=0x7F3A << 112)), "print", paper("Salam"), 1)


class Notes:
    """A hub and a progress that write down what they are told."""

    def __init__(self):
        self.steps, self.states, self.events = [], [], []
        self.is_ending = False

    def sending(self):
        self.steps.append("sending")

    def sent(self):
        self.steps.append("sent")

    def held(self, reason):
        self.steps.append(f"held {reason}")

    def state(self, device, state):
        self.states.append((device, state))

    def event(self, device, event, body, life_ms=None):
        self.events.append((device, event, body))

    def weight(self, weight):
        self.steps.append(weight)

    def now_ms(self):
        return 0

    def pause(self, ms):
        return self.is_ending


class SocketPrinter:
    """Listens like a printer; `answers` maps a question of DLE EOT to its byte, or says nothing."""

    def __init__(self, *, answers=None, confirms=True, dies_after=None, paper_out_looks=0):
        self.received = bytearray()
        self.answers = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12} if answers is None else answers
        self.confirms, self.dies_after, self.paper_out_looks = confirms, dies_after, paper_out_looks
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with client:
                    self._talk(client)

    def _talk(self, client):
        seen = len(self.received)
        while data := client.recv(4096):
            self.received += data
            if self.dies_after is not None and len(self.job) >= self.dies_after:
                return
            while (at := self.received.find(b"\x10\x04", seen)) >= 0 and len(self.received) > at + 2:
                seen = at + 3
                self._answer(client, self.received[at + 2])
            if self.confirms and not self.paper_out_looks:
                self._confirm(client)

    def _answer(self, client, question):
        if not self.answers:
            return
        if b"\x1dVB" in self.received and self.paper_out_looks:
            if question == 4:
                self.paper_out_looks -= 1
            client.sendall({1: b"\x1a", 2: b"\x32", 3: b"\x12", 4: b"\x72"}[question])
        else:
            client.sendall(bytes([self.answers[question]]))

    def _confirm(self, client):
        while (at := self.received.find(b"\x1d(H\x06\x0000")) >= 0 and len(self.received) >= at + 11:
            client.sendall(b"\x37\x22" + bytes(self.received[at + 7 : at + 11]) + b"\x00")
            self.received[at : at + 3] = b"\x1d(h"

    @property
    def job(self):
        return bytes(self.received).partition(b"\x1b@")[2]

    def close(self):
        self.listener.close()


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def make(notes):
    """Makes a printer driver for a socket, closed at the end."""
    made = []

    def make(port, profile="epson-tm-m30ii", **settings):
        config = PrinterConfig(profile=profile, link=Link(kind="tcp", host="127.0.0.1", port=port), **settings)
        model = printer_profile(profile)
        printer = Printer("receipt-1", config, model, EscposPort(link_for(config.link, model.serial)), notes)
        made.append(printer)
        return printer

    yield make
    for printer in made:
        printer.close()


@pytest.fixture
def listen():
    made = []

    def listen(**behaviour):
        made.append(SocketPrinter(**behaviour))
        return made[-1]

    yield listen
    for one in made:
        one.close()


def run(printer, notes, task=TASK, between=lambda: None):
    return printer.run(task, notes, between)


def test_a_printer_that_confirms_is_believed(make, listen, notes):
    there = listen()

    outcome = run(make(there.port), notes)

    assert outcome == Done(True)
    assert notes.steps == ["sending", "sent"]
    assert there.job.startswith(
        render(PrintJob(document=TASK.args.doc, tag="7F3A"), printer_profile("epson-tm-m30ii"))[2:]
    )


def test_a_printer_without_process_ids_is_sent_and_not_confirmed(make, listen, notes):
    there = listen(confirms=False)

    assert run(make(there.port), notes) == Done(False)


def test_a_refused_connection_leaves_the_job_for_later(make, notes):
    outcome = run(make(free_port()), notes)

    assert outcome == Later("offline")
    assert notes.steps == []
    assert notes.states[-1] == ("receipt-1", State("offline", "offline"))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}, "paper_out"),
        ({1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}, "cover_open"),
        ({1: 0x1A, 2: 0x52, 3: 0x1A, 4: 0x12}, "cutter"),
        ({1: 0x1A, 2: 0x12, 3: 0x12, 4: 0x12}, "offline"),
    ],
)
def test_a_printer_in_trouble_gets_nothing_yet(make, listen, notes, answers, reason):
    there = listen(answers=answers)

    assert run(make(there.port), notes) == Later(reason)
    assert notes.steps == []
    assert there.job == b""


def test_a_mute_printer_gets_the_job_without_confirmation(make, listen, notes):
    there = listen(answers={}, confirms=False)

    assert run(make(there.port), notes) == Done(False)
    assert b"Salam" in there.job
    assert ("receipt-1", State("trouble", "mute")) in notes.states


def test_a_printer_that_dies_in_the_middle_is_uncertain(make, listen, notes):
    there = listen(dies_after=10)

    outcome = run(make(there.port, confirm="process_id"), notes)

    assert isinstance(outcome, Uncertain)
    assert outcome.bytes_sent > 10
    assert notes.steps[0] == "sending"


def test_a_printer_that_falls_silent_after_the_data_is_uncertain(make, listen, notes):
    there = listen(confirms=False)
    printer = make(there.port, confirm="process_id")

    outcome = run(printer, notes, between=lambda: there.answers.clear())

    assert isinstance(outcome, Uncertain)
    assert outcome.reason == "mute"


def test_paper_that_ends_holds_the_job_until_it_goes_on(make, listen, notes):
    there = listen(paper_out_looks=3)

    outcome = run(make(there.port, confirm="process_id"), notes)

    assert outcome == Done(True)
    assert notes.steps[:2] == ["sending", "sent"]
    assert set(notes.steps[2:]) == {"held paper_out"}
    assert there.job.count(b"\x1dVB") == 1
    assert [event for _, event, _ in notes.events] == ["paper_out", "paper_back"]


def test_urgent_jobs_pass_while_it_waits(make, listen, notes):
    there = listen(paper_out_looks=2)
    passed = []

    run(make(there.port, confirm="process_id"), notes, between=lambda: passed.append(1))

    assert passed


def test_an_agent_that_ends_leaves_a_waiting_job_as_it_is(make, listen, notes):
    there = listen(paper_out_looks=1000)

    def end():
        notes.is_ending = True

    assert run(make(there.port, confirm="process_id"), notes, between=end) == Interrupted()


def test_the_connection_is_let_go_after_each_use(make, listen, notes):
    there = listen()
    printer = make(there.port)

    run(printer, notes)
    printer.tick()

    assert not printer.port.link.is_open


def test_looking_after_a_printer_tells_paper_and_cover(make, listen, notes):
    there = listen()
    printer = make(there.port)
    printer.tick()
    there.answers = {1: 0x1A, 2: 0x16, 3: 0x12, 4: 0x12}

    printer.tick()

    assert notes.events == [("receipt-1", "cover_open", {})]
    assert notes.states[-1][1].trouble == "cover_open"


def a_drawer(printer, notes, **settings):
    return Drawer("drawer-1", DrawerConfig(name="drawer-1", **settings).port(printer.profile.drawer), printer, notes)


OPEN = Task(str(uuid.UUID(int=1)), "open", OpenArgs(), 1)


def test_a_drawer_on_it_opens_by_esc_p(make, listen, notes):
    there = listen()
    printer = make(there.port, profile="generic-80mm")

    assert a_drawer(printer, notes).run(OPEN, notes, lambda: None) == Done(False)
    assert there.received.count(b"\x1bp\x00\x19\xfa") == 1


def test_a_drawer_whose_switch_is_known_confirms(make, listen, notes):
    there = listen(answers={1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12})
    drawer = a_drawer(make(there.port), notes, open_level="high")

    assert drawer.run(OPEN, notes, lambda: None) == Done(True)
    assert notes.states[-1] == ("drawer-1", State("ready", None, (("open", True),)))


@pytest.mark.parametrize("answers", [{1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}, {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72}])
def test_a_drawer_opens_in_real_time_where_its_printer_can_waiting_or_not(make, listen, notes, answers):
    there = listen(answers=answers)

    a_drawer(make(there.port), notes).run(OPEN, notes, lambda: None)

    wait_for(lambda: there.received.count(b"\x10\x14\x01\x00\x01") == 1)
    assert b"\x1bp" not in there.received


def test_a_drawer_behind_a_waiting_printer_without_real_time_stays_shut(make, listen, notes):
    there = listen(answers={1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x72})
    printer = make(there.port, profile="generic-80mm")

    assert a_drawer(printer, notes).run(OPEN, notes, lambda: None) == Failed("printer_waits")
    assert b"\x1bp" not in there.received


def test_a_drawer_of_an_unreachable_printer_waits_for_its_life(make, notes):
    assert a_drawer(make(free_port()), notes).run(OPEN, notes, lambda: None) == Later("offline")
    assert notes.steps == []


def test_a_drawer_that_somebody_opens_is_told(make, listen, notes):
    there = listen()
    printer = make(there.port)
    a_drawer(printer, notes, open_level="low")
    printer.tick()

    printer.on_status(PrinterStatus(is_drawer_high=True))

    assert notes.events == [("drawer-1", "closed", {})]
