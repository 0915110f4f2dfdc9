"""Scales, scanners, displays and bells at the ends of their lines."""

import os
import uuid

import pytest
from gpiozero import Device as Gpio
from gpiozero.pins.mock import MockFactory

from edge_agent.codecs.weight import Reading
from edge_agent.config import BellConfig, DisplayConfig, Link, Pattern, ScaleConfig, ScannerConfig
from edge_agent.devices.base import Done, Failed, Later, State, Task
from edge_agent.devices.bell import Bell
from edge_agent.devices.display import CustomerDisplay
from edge_agent.devices.scale import Scale
from edge_agent.devices.scanner import Scanner
from edge_agent.drivers.evdev_keys import EvdevKeys
from edge_agent.drivers.gpio import relay
from edge_agent.drivers.registry import link_for
from edge_agent.profiles import display_profile, scale_profile, scanner_profile
from edge_agent.virtual.display import VirtualDisplay
from edge_agent.virtual.scale import VirtualScale
from edge_agent.virtual.terminal import SerialTwin
from edge_agent.wire import LiveWeight, NoArgs, OpenArgs, RingArgs, ShowArgs, WatchArgs
from fixtures.waiting import wait_for
from tests.edge_agent.codecs.test_scans import records


class Notes:
    """A hub that writes down what it is told; its clock is set by hand."""

    def __init__(self):
        self.states, self.events, self.weights, self.steps, self.clock_ms, self.pauses = [], [], [], [], 0, []

    def state(self, device, state):
        self.states.append(state)

    def event(self, device, event, body, life_ms=None):
        self.events.append((event, body))

    def weight(self, weight):
        self.weights.append(weight)

    def sending(self):
        self.steps.append("sending")

    def now_ms(self):
        return self.clock_ms

    def pause(self, ms):
        self.pauses.append(ms)
        return False


@pytest.fixture
def notes():
    return Notes()


def a_task(op, args):
    return Task(str(uuid.uuid4()), op, args, 1)


def run(device, notes, op, args):
    return device.run(a_task(op, args), notes, lambda: None)


SCALES = {"toledo-8217": "toledo8217", "mettler-sics": "mt_sics", "cas-ecr": "cas_ecr"}


@pytest.fixture(params=SCALES)
def weighing(request, notes):
    """A virtual scale of every protocol, and the driver at the other end of its line."""
    there = VirtualScale("scale-1", SCALES[request.param], lambda: None)
    config = ScaleConfig(profile=request.param, link=Link(kind="serial", path=there.path))
    profile = scale_profile(request.param)
    here = Scale("scale-1", config, profile, link_for(config.link, profile.serial), notes)
    yield there, here
    here.close()
    there.stop()


@pytest.mark.parametrize("grams", [0, 1, 1234, 14_999])
def test_a_scale_is_read_to_the_gram(weighing, grams):
    there, here = weighing
    there.put(grams)

    assert here.weigh() == Reading(grams, True)


def test_a_weight_that_moves_is_not_stable(weighing):
    there, here = weighing
    there.put(500, is_stable=False)

    reading = here.weigh()

    assert (reading.is_stable, reading.status) == (False, "motion")


def test_too_much_weight_is_told(weighing, notes):
    there, here = weighing
    there.put(20_000)

    here.tick()

    assert notes.states[-1] == State("trouble", "over")


def test_only_a_watched_scale_streams(weighing, notes):
    there, here = weighing
    there.put(1234)
    here.tick()
    assert notes.weights == []

    assert run(here, notes, "watch", WatchArgs(lease_ms=1_000)) == Done(True)
    here.tick()
    notes.clock_ms = 1_000
    here.tick()

    assert notes.weights == [LiveWeight(device="scale-1", grams=1234, stable=True)]


def test_a_scale_does_what_its_announcement_says(weighing, notes):
    _, here = weighing
    ops = here.announce().ops

    assert run(here, notes, "zero", NoArgs()) == (Done(False) if "zero" in ops else Failed("unsupported"))


def test_a_scale_that_says_nothing_is_mute_and_one_that_is_gone_offline(notes):
    silent = SerialTwin(lambda asked: b"")
    config = ScaleConfig(profile="toledo-8217", link=Link(kind="serial", path=silent.path))
    profile = scale_profile("toledo-8217")
    scale = Scale("scale-1", config, profile, link_for(config.link, profile.serial), notes)

    scale.tick()
    assert notes.states[-1] == State("trouble", "mute")
    silent.stop()
    scale.tick()
    assert notes.states[-1] == State("offline", "offline")
    assert run(scale, notes, "zero", NoArgs()) == Later("offline")
    scale.close()


def test_a_scale_recovers_from_garbage(notes):
    answers = [b"\x02\xff\xfe\x02garbage", b"\x0201.500\r"]
    twin = SerialTwin(lambda asked: answers.pop(0) if answers else b"")
    config = ScaleConfig(profile="toledo-8217", link=Link(kind="serial", path=twin.path))
    profile = scale_profile("toledo-8217")
    scale = Scale("scale-1", config, profile, link_for(config.link, profile.serial), notes)

    assert scale.weigh() is None
    assert scale.weigh() == Reading(1500, True)
    scale.close()
    twin.stop()


@pytest.fixture
def scanning(notes):
    there = SerialTwin(lambda asked: b"")
    config = ScannerConfig(profile="generic-serial", link=Link(kind="serial", path=there.path))
    profile = scanner_profile("generic-serial")
    here = Scanner("scanner-1", config, profile, link_for(config.link, profile.serial), notes)
    here.tick()
    yield there, here
    here.close()
    there.stop()


def heard(here, notes, count):
    def tick():
        here.tick()
        return len(notes.events) >= count

    wait_for(tick)
    return [body["code"] for _, body in notes.events]


def test_a_scan_is_told_with_its_symbology(scanning, notes):
    there, here = scanning
    there.send(b"]E04006381333931\r")

    heard(here, notes, 1)

    assert notes.events == [("scan", {"code": "4006381333931", "symbology": "]E0"})]


def test_the_same_code_within_its_pause_counts_once(scanning, notes):
    there, here = scanning
    there.send(b"111111\r111111\r222222\r")
    assert heard(here, notes, 2) == ["111111", "222222"]

    notes.clock_ms = 400
    there.send(b"222222\r")

    assert heard(here, notes, 3) == ["111111", "222222", "222222"]


def test_a_flood_is_capped_at_fifty_a_second(scanning, notes):
    there, here = scanning
    there.send(b"".join(b"%06d\r" % number for number in range(200)))

    heard(here, notes, 50)
    here.tick()

    assert len(notes.events) == 50


def test_a_scanner_that_plays_a_keyboard_is_read_from_its_events(notes, tmp_path):
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    hold = os.open(pipe, os.O_RDWR)
    config = ScannerConfig(profile="generic-keyboard", link=Link(kind="evdev", path=str(pipe)))
    scanner = Scanner(
        "scanner-1", config, scanner_profile("generic-keyboard"), EvdevKeys(str(pipe), is_grabbed=False), notes
    )
    scanner.tick()
    os.write(hold, records((5, 1), (11, 1), (28, 1)))

    assert heard(scanner, notes, 1) == ["40"]

    scanner.close()
    os.close(hold)


def test_a_keyboard_that_cannot_be_grabbed_is_not_read(notes, tmp_path):
    (tmp_path / "event0").write_bytes(b"")
    config = ScannerConfig(profile="generic-keyboard", link=Link(kind="evdev", path=str(tmp_path / "event0")))
    profile = scanner_profile("generic-keyboard")
    scanner = Scanner("scanner-1", config, profile, link_for(config.link, profile.serial), notes)

    scanner.tick()

    assert notes.states[-1] == State("offline", "offline")


def test_a_display_shows_lines_and_is_cleared(notes):
    profile = display_profile("virtual")
    there = VirtualDisplay("display-1", profile, lambda: None)
    config = DisplayConfig(profile="virtual", link=Link(kind="serial", path=there.path))
    here = CustomerDisplay("display-1", config, profile, link_for(config.link, profile.serial), notes)

    assert run(here, notes, "show", ShowArgs(lines=("Молоко 1 л", "2.10"))) == Done(False)
    wait_for(lambda: there.lines == ["Молоко 1 л".ljust(20), "2.10".ljust(20)])
    run(here, notes, "show", ShowArgs(lines=("Şəkər ağ", "1.20")))
    wait_for(lambda: there.lines[0] == "Şeker ağ".ljust(20))
    run(here, notes, "show", ShowArgs())
    wait_for(lambda: there.lines == [" " * 20] * 2)
    assert notes.pauses == [50, 50, 50]
    assert run(here, notes, "show", OpenArgs()) == Failed("unsupported")

    here.close()
    there.stop()
    assert run(here, notes, "show", ShowArgs(lines=("x",))) == Later("offline")


@pytest.fixture
def pins():
    before = Gpio.pin_factory
    Gpio.pin_factory = MockFactory()
    yield Gpio.pin_factory
    Gpio.pin_factory.reset()
    Gpio.pin_factory = before


@pytest.mark.parametrize("active_high", [True, False])
def test_a_bell_on_a_pin_rings_its_pattern_and_rests_silent(pins, notes, active_high):
    config = BellConfig(pin=17, active_high=active_high)
    bell = Bell("bell-1", config.patterns, relay(config.pin, config.active_high), notes)
    pin = pins.pin(17)
    pin.clear_states()

    assert run(bell, notes, "ring", RingArgs(pattern="late")) == Done(False)

    assert [bool(change.state) for change in pin.states[1:]] == [active_high, not active_high] * 3
    assert notes.pauses == [800, 200] * 3
    bell.close()


def test_a_bell_without_such_a_pattern_stays_silent(pins, notes):
    bell = Bell("bell-1", {"new": "300/200x2"}, relay(17, True), notes)

    assert run(bell, notes, "ring", RingArgs(pattern="waltz")) == Failed("unsupported")
    assert notes.steps == []
    bell.close()


@pytest.mark.parametrize("text", ["", "300", "300/200", "0/200x2", "300/200x0", "9999/9999x9", "300/200x2 "])
def test_a_pattern_that_rings_for_nothing_or_too_long_is_refused(text):
    with pytest.raises(ValueError):
        Pattern.of(text)
