"""A site's file: what is taken, and that each mistake is told with its line."""

import pytest

from edge_agent import config
from edge_agent.profiles import DrawerPort
from edge_agent.settings import SettingsError

PRINTER = '[device.receipt-1]\nclass = "printer"\nprofile = "virtual"\nlink = { kind = "tcp", host = "10.0.0.5" }\n'


def loaded(tmp_path, text):
    path = tmp_path / "agent.toml"
    path.write_text("schema = 1\n" + text)
    return config.load(path)


def test_a_network_printer_listens_on_9100_unless_it_is_said(tmp_path):
    printer = loaded(tmp_path, PRINTER).devices["receipt-1"]

    assert (printer.link.host, printer.link.port, printer.confirm) == ("10.0.0.5", 9100, "auto")


def test_a_drawer_takes_from_its_printer_what_it_leaves_out(tmp_path):
    text = PRINTER + '[device.receipt-1.drawer]\nname = "drawer-1"\non_ms = 100\n'

    port = loaded(tmp_path, text).devices["receipt-1"].drawer.port(DrawerPort(pin=5, open_level="low"))

    assert port == DrawerPort(pin=5, on_ms=100, off_ms=500, open_level="low")


def test_a_drawer_can_name_a_profile(tmp_path):
    text = PRINTER + '[device.receipt-1.drawer]\nname = "drawer-1"\nprofile = "apg-vasario"\n'

    assert loaded(tmp_path, text).devices["receipt-1"].drawer.port(DrawerPort()).on_ms == 100


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("colour = 1\n", "device"),
        (PRINTER + "colour = 1\n", ":6: PrinterConfig.colour is not known"),
        (PRINTER.replace('"printer"', '"oven"'), ":3: Device.class"),
        (PRINTER.replace('"virtual"', '"no-such"'), "no profile 'no-such'"),
        (PRINTER.replace("virtual", "../virtual"), "no profile"),
        (PRINTER.replace('host = "10.0.0.5"', "port = 9100"), ":5:"),
        (PRINTER.replace('"tcp", host = "10.0.0.5"', '"usb_lp", path = "/dev/usb/lp0"'), "changes"),
        (PRINTER.replace("receipt-1", "Receipt_1"), "no name"),
        (PRINTER + 'poll_ms = "fast"\n', ":6: PrinterConfig.poll_ms: int is expected"),
        (PRINTER + '[device.receipt-1.drawer]\nname = "receipt-1"\n', "two devices"),
        ('[device.bell-1]\nclass = "bell"\npin = 17\npatterns = { new = "loud" }\n', ":5: BellConfig.patterns"),
        ("[device", "agent.toml"),
    ],
)
def test_a_mistake_is_told(tmp_path, text, trouble):
    with pytest.raises(SettingsError) as told:
        loaded(tmp_path, text)

    assert trouble in str(told.value)


def test_another_schema_is_refused(tmp_path):
    (tmp_path / "agent.toml").write_text("schema = 2\n")

    with pytest.raises(SettingsError, match="schema = 1"):
        config.load(tmp_path / "agent.toml")


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsError, match=r"gone\.toml"):
        config.load(tmp_path / "gone.toml")
