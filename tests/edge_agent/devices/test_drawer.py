"""A drawer never opens late, whatever took the time between the wish and the pulse."""

import contextlib
from types import SimpleNamespace

import pytest

from edge_agent.codecs.escpos_status import PrinterStatus
from edge_agent.devices.base import Done, Failed, Task
from edge_agent.devices.drawer import Drawer
from edge_agent.profiles import DrawerPort
from edge_agent.wire import OpenArgs

PORT = DrawerPort(pin=2, on_ms=50, off_ms=500, open_level=None)


class Counter:
    """A printer that takes its time, the agent's clock, and what the spool is told."""

    def __init__(self, *, look_ms=0, write_ms=0, paper_ends_ms=None, has_realtime_pulse=False):
        self.at_ms, self.look_ms, self.write_ms, self.paper_ends_ms = 1_000, look_ms, write_ms, paper_ends_ms
        self.sent = []
        self.profile = SimpleNamespace(has_realtime_pulse=has_realtime_pulse)
        self.name, self.on_status = "receipt-1", None

    @contextlib.contextmanager
    def borrowed(self):
        yield self

    def fill_up(self):
        """Nothing of a job is on its way."""

    def status(self):
        self.at_ms += self.look_ms
        has_ended = self.paper_ends_ms is not None and self.at_ms >= self.paper_ends_ms
        return PrinterStatus(paper="out" if has_ended else "ok")

    def send(self, data):
        self.sent.append(data)

    def sending(self):
        self.at_ms += self.write_ms

    def now_ms(self):
        return self.at_ms

    def pause(self, ms):
        self.at_ms += ms
        return False

    def state(self, device, state):
        """Nobody asks."""

    def event(self, device, event, body, life_ms=None):
        """Nobody asks."""


def opened(counter, ends_ms, drawer=None):
    drawer = drawer or Drawer("drawer-1", PORT, counter, counter)
    return drawer.run(Task("7f3a", "open", OpenArgs(), 1, ends_ms=ends_ms), counter, lambda: None)


@pytest.mark.parametrize("slow", [{"look_ms": 600}, {"write_ms": 600}])
def test_a_drawer_whose_life_ends_while_the_printer_or_the_disk_is_slow_stays_shut(slow):
    counter = Counter(**slow)

    assert opened(counter, ends_ms=1_500) == Failed("too_late")
    assert counter.sent == []


def test_a_second_wish_that_must_wait_for_the_coil_stays_shut_when_its_time_is_over():
    counter = Counter()
    drawer = Drawer("drawer-1", PORT, counter, counter)
    assert opened(counter, ends_ms=1_300, drawer=drawer) == Done(False)

    assert opened(counter, ends_ms=1_300, drawer=drawer) == Failed("too_late")
    assert len(counter.sent) == 1


def test_paper_that_ends_while_the_coil_is_spared_leaves_no_pulse_in_the_buffer():
    counter = Counter(paper_ends_ms=1_200)
    drawer = Drawer("drawer-1", PORT, counter, counter)
    assert opened(counter, ends_ms=6_000, drawer=drawer) == Done(False)

    assert opened(counter, ends_ms=6_000, drawer=drawer) == Failed("printer_waits")
    assert len(counter.sent) == 1


def test_a_pulse_in_real_time_passes_the_buffer_whatever_ails_the_printer():
    counter = Counter(paper_ends_ms=0, has_realtime_pulse=True)

    assert opened(counter, ends_ms=6_000) == Done(False)
    assert counter.sent == [b"\x10\x14\x01\x00\x01"]


def test_a_drawer_opens_within_its_life():
    counter = Counter(look_ms=100)

    assert opened(counter, ends_ms=1_500) == Done(False)
    assert len(counter.sent) == 1
