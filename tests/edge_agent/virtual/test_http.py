"""The virtual shop as the Counter page sees it."""

import http.client
import json

import pytest

from edge_agent.rendering import PrintJob, render
from edge_agent.sim import Sim
from edge_agent.wire import Document, Text
from fixtures.waiting import wait_for


@pytest.fixture
def sim():
    one = Sim()
    yield one
    one.stop()


def call(sim, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", sim.port, timeout=10)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        raw = response.read()
        is_json = response.headers["Content-Type"] == "application/json"
        return response.status, json.loads(raw) if is_json else raw
    finally:
        connection.close()


def test_the_shop_has_one_of_each(sim):
    status, seen = call(sim, "GET", "/state")

    assert status == 200
    assert seen["printers"][0] | {"knobs": None} == {
        "device": "receipt-1", "profile": "virtual", "knobs": None, "paper_out": False, "cover_open": False,
        "off": False, "papers": [],
    }  # fmt: skip
    assert seen["drawers"] == [{"device": "drawer-1", "open": False, "pulses": []}]
    assert seen["scales"] == [{"device": "scale-1", "grams": 0, "stable": True}]
    assert seen["scanners"] == [{"device": "scanner-1"}]
    assert seen["displays"] == [{"device": "display-1", "lines": [" " * 20] * 2}]
    assert seen["bells"] == [{"device": "bell-1", "ringing": False, "rings": 0}]


def test_a_paper_is_seen_as_text_picture_and_bytes(sim):
    data = render(PrintJob(document=Document(blocks=(Text(text="Salam"),)), tag="7F3A"), sim.world.printer.profile)
    sim.world.printer._receive(data)

    [paper] = call(sim, "GET", "/state")[1]["printers"][0]["papers"]

    assert paper["text"] == "Salam\n#7F3A.1"
    assert (paper["n"], paper["id"], paper["cut"], paper["png"]) == (1, "#7F3A.1", True, "/paper/1.png")
    assert call(sim, "GET", paper["png"])[1].startswith(b"\x89PNG")
    assert call(sim, "GET", "/raw/receipt-1")[1] == data
    assert call(sim, "GET", "/raw/receipt-1?from=10")[1] == data[10:]
    assert call(sim, "GET", "/paper/2.png")[0] == 404


def test_knobs_weights_and_the_drawer_are_turned_by_posts(sim):
    call(sim, "POST", "/scale/scale-1", {"grams": 1234, "stable": False})
    call(sim, "POST", "/printer/receipt-1", {"paper_out": True, "die_after": 100})
    sim.world.drawer.is_open = True

    status, seen = call(sim, "POST", "/drawer/drawer-1/close", {})

    assert status == 200
    assert seen["scales"] == [{"device": "scale-1", "grams": 1234, "stable": False}]
    assert seen["printers"][0]["paper_out"] is True
    assert seen["printers"][0]["knobs"]["die_after"] == 100
    assert seen["drawers"][0]["open"] is False


def test_events_answer_as_soon_as_something_changes(sim):
    version = call(sim, "GET", "/state")[1]["version"]
    sim.world.scale.put(10)

    seen = call(sim, "GET", f"/events?since={version}&wait_ms=5000")[1]

    assert seen["version"] > version
    assert call(sim, "GET", f"/events?since={seen['version']}&wait_ms=10")[1]["version"] == seen["version"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/scale/scale-2", {"grams": 1}, 404),
        ("/scale/scale-1", {"grams": "1"}, 400),
        ("/scale/scale-1", {"grams": 1.5}, 400),
        ("/scale/scale-1", {}, 400),
        ("/scale/scale-1", [], 400),
        ("/scan/scanner-1", {"code": "a\rb"}, 400),
        ("/printer/receipt-1", {"colour": 1}, 400),
        ("/drawer/drawer-1", {}, 404),
        ("/nothing", {}, 404),
    ],
)
def test_what_cannot_be_is_refused(sim, path, body, status):
    assert call(sim, "POST", path, body)[0] == status


def test_a_foreign_page_cannot_turn_the_knobs(sim):
    status, _ = call(sim, "POST", "/printer/receipt-1", {"off": True}, Origin="https://evil.example")

    assert status == 403
    assert not sim.world.printer.knobs.off


def test_a_scan_travels_down_the_scanner_s_line(sim):
    from edge_agent.drivers.serial_port import SerialPort
    from edge_agent.profiles import SerialSettings

    port = SerialPort(sim.world.scanner.path, SerialSettings())
    port.open()
    call(sim, "POST", "/scan/scanner-1", {"code": "4006381333931"})

    assert wait_for(lambda: port.read(1000)) == b"]E04006381333931\r"
    port.close()
