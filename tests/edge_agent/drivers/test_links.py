"""Links: what goes out comes in, and what has gone is told with how much had left."""

import socket
import threading

import pytest

from edge_agent.config import Link
from edge_agent.drivers.files import FileLink
from edge_agent.drivers.link import LinkDown
from edge_agent.drivers.registry import link_for
from edge_agent.drivers.tcp9100 import Tcp9100
from edge_agent.drivers.usb_bulk import UsbBulk
from edge_agent.drivers.usb_lp import UsbLp
from edge_agent.profiles import SerialSettings
from edge_agent.virtual.terminal import SerialTwin
from fixtures.waiting import free_port, wait_for


@pytest.fixture
def echo():
    """A device that says everything again."""
    twin = SerialTwin(lambda data: data)
    yield twin
    twin.stop()


@pytest.mark.parametrize("kind", ["usb_lp", "serial"])
def test_a_device_file_and_a_serial_line_carry_bytes_both_ways(echo, kind):
    link = link_for(Link(kind=kind, path=echo.path), SerialSettings(bits=7, parity="E"))
    link.open()
    heard = bytearray()

    link.write(b"\x1b@salam")

    wait_for(lambda: heard.extend(link.read(200)) or heard == b"\x1b@salam")
    assert link.read(1) == b""
    link.close()
    link.close()
    assert not link.is_open


def test_a_device_file_that_is_not_there_is_down():
    with pytest.raises(LinkDown, match="No such file"):
        UsbLp("/dev/pos/none").open()


def test_a_usb_printer_that_is_not_plugged_in_is_down():
    with pytest.raises(LinkDown, match="not plugged in"):
        UsbBulk(0xDEAD, 0xBEEF, None).open()


def test_a_network_printer_that_refuses_is_down_and_can_be_asked_again():
    link = Tcp9100("127.0.0.1", free_port())

    for _ in range(2):
        with pytest.raises(LinkDown, match="refused"):
            link.open()


def test_a_peer_that_closes_is_down_and_a_new_connection_works():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = Tcp9100("127.0.0.1", listener.getsockname()[1])
        link.open()
        listener.accept()[0].close()

        with pytest.raises(LinkDown, match="gone"):
            link.read(1000)

        assert not link.is_open
        link.open()
        assert link.is_open
        link.close()


def test_a_link_that_is_not_open_is_down():
    with pytest.raises(LinkDown, match="not open"):
        Tcp9100("127.0.0.1", 9).write(b"x")


def test_a_printer_that_stops_taking_bytes_is_told_with_how_many_went(monkeypatch):
    monkeypatch.setattr("edge_agent.drivers.files.WRITE_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = Tcp9100("127.0.0.1", listener.getsockname()[1])
        link.open()
        client, _ = listener.accept()

        with pytest.raises(LinkDown, match="took nothing") as told:
            link.write(b"x" * 50_000_000)

        assert 0 < told.value.bytes_sent < 50_000_000
        client.close()


def test_a_slow_printer_gets_everything():
    got = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = Tcp9100("127.0.0.1", listener.getsockname()[1])
        link.open()
        client, _ = listener.accept()
        reader = threading.Thread(target=lambda: [got.extend(part) for part in iter(lambda: client.recv(4096), b"")])
        reader.start()

        link.write(b"y" * 3_000_000)

        link.close()
        reader.join(10)
        client.close()
    assert got == b"y" * 3_000_000


def test_a_network_printer_is_shared_and_a_cable_is_not():
    assert Tcp9100("127.0.0.1").is_shared
    assert not FileLink.is_shared
