"""Something goes wrong after every fiftieth byte of a receipt: paper, cover, power, the program that sends it."""

import socket
import time
import uuid

import pytest

from edge_agent import wire
from edge_agent.config import Link, PrinterConfig
from edge_agent.devices.base import Done, Task, Uncertain
from edge_agent.devices.drawer import Drawer
from edge_agent.devices.printer import Printer
from edge_agent.drivers.escpos import EscposPort
from edge_agent.drivers.registry import link_for
from edge_agent.profiles import printer_profile
from edge_agent.rendering import PrintJob, render
from edge_agent.virtual.printer import VirtualDrawer, VirtualPrinter
from fixtures.waiting import wait_for

PROFILE = printer_profile("virtual")
DOCUMENT = wire.Document(
    blocks=(wire.Text(text="Kiçik Dükan"), wire.Row(left="Tandır çörəyi", right="0.65"), wire.Qr(data="K1-000001"))
)
TASK = Task(str(uuid.UUID(int=0x7F3A << 112)), "print", wire.PrintArgs(kind="receipt", doc=DOCUMENT), 1)
BYTES = render(PrintJob(document=DOCUMENT, tag="7F3A"), PROFILE)
EVERY = 50


class Site:
    """A virtual printer with its drawer, and the hub and progress of a driver on it."""

    def __init__(self):
        self.drawer = VirtualDrawer("drawer-1", lambda: None)
        self.printer = VirtualPrinter("receipt-1", PROFILE, self.drawer, now=lambda: "", changed=lambda: None)
        self.on_held = lambda reason: None
        self.held_for = []

    def driver(self):
        config = PrinterConfig(profile="virtual", link=Link(kind="tcp", host="127.0.0.1", port=self.printer.port))
        return Printer("receipt-1", config, PROFILE, EscposPort(link_for(config.link, PROFILE.serial)), self)

    def print(self, driver):
        return driver.run(TASK, self, lambda: None)

    def sending(self):
        """As the spool."""

    sent = sending

    def held(self, reason):
        if reason not in self.held_for:
            self.held_for.append(reason)
            self.on_held(reason)

    def state(self, device, state):
        """As the board."""

    def event(self, device, event, body, life_ms=None):
        """As the board."""

    def now_ms(self):
        return time.monotonic_ns() // 1_000_000

    def pause(self, ms):
        return False


@pytest.fixture
def site():
    one = Site()
    yield one
    one.printer.stop()


@pytest.fixture(scope="module")
def whole():
    """What a receipt looks like when nothing goes wrong."""
    one = Site()
    assert one.print(one.driver()) == Done(True)
    one.printer.stop()
    return one.printer.papers[0].text


def test_a_receipt_whose_paper_ends_after_any_byte_comes_out_once_when_there_is_paper_again(site, whole):
    driver = site.driver()
    assert site.print(driver) == Done(True)
    site.on_held = lambda reason: site.printer.turn(paper_out=False, paper_out_after=None)
    for n in range(1, len(BYTES), EVERY):
        site.held_for.clear()
        site.printer.turn(paper_out_after=n)

        assert site.print(driver) == Done(True)
        assert site.held_for == ["paper_out"]

    assert {paper.text for paper in site.printer.papers} == {whole}
    assert len(site.printer.papers) == 1 + len(range(1, len(BYTES), EVERY))


def test_paper_that_ends_while_the_printer_is_asked_whether_it_confirms_says_nothing_of_that(site):
    driver = site.driver()
    site.on_held = lambda reason: site.printer.turn(paper_out=False, paper_out_after=None)
    site.printer.turn(paper_out_after=1)

    assert site.print(driver) == Done(False)
    assert site.print(driver) == Done(True)


def test_a_receipt_whose_cover_is_opened_in_the_middle_comes_out_once_when_it_is_shut(site, whole):
    def help(reason):
        if reason == "paper_out":
            site.printer.turn(cover_open=True, paper_out=False, paper_out_after=None)
        else:
            site.printer.turn(cover_open=False)

    site.on_held = help
    site.printer.turn(paper_out_after=len(BYTES) // 2)

    assert site.print(site.driver()) == Done(True)
    assert site.held_for == ["paper_out", "cover_open"]
    assert [paper.text for paper in site.printer.papers] == [whole]


def test_a_receipt_whose_printer_loses_power_after_any_byte_is_uncertain_and_the_next_is_whole(site, whole):
    driver = site.driver()
    assert site.print(driver) == Done(True)
    for n in range(1, len(BYTES), EVERY):
        site.printer.turn(die_after=n)

        assert isinstance(site.print(driver), Uncertain)
        site.printer.turn(off=False)
        assert site.print(driver) == Done(True)
        assert site.printer.papers[-1].text == whole


def test_after_a_program_that_died_after_any_byte_the_next_receipt_is_whole_and_stands_alone(site, whole):
    for n in range(1, len(BYTES), EVERY):
        send_and_die(site, n)
        driver = site.driver()
        driver.broke_off()

        assert site.print(driver) == Done(True)
        assert site.printer.papers[-1].text == whole
        driver.close()


def test_after_a_program_that_died_within_a_picture_the_drawer_opens(site):
    send_and_die(site, BYTES.index(b"\x1dv0") + 100)
    driver = site.driver()
    driver.broke_off()
    drawer = Drawer("drawer-1", PROFILE.drawer, driver, site)

    drawer.run(Task(str(uuid.uuid4()), "open", wire.OpenArgs(), 1), site, lambda: None)

    wait_for(lambda: len(site.drawer.pulses) == 1, what="the pulse")


def send_and_die(site, n):
    """What a program did that was killed after n bytes."""
    before = len(site.printer.raw)
    with socket.create_connection(("127.0.0.1", site.printer.port)) as dying:
        dying.sendall(BYTES[:n])
        wait_for(lambda: len(site.printer.raw) >= before + n, what="the bytes")
