"""What agents say: presence and old sessions, announcements, states, events once, scans to the right terminal."""

import sqlalchemy as sa

from edge_agent import wire
from fixtures.browser import PUBLIC_KEY, Browser
from server.core import changes
from server.core.transaction import session
from server.devices import operations, queries
from server.devices.models import DeviceEvent
from server.devices.routing import first_come
from tests.server.devices.conftest import DEVICES, Edge
from tests.server.staff.conftest import Inside, World

STATE = {"device": "printer-1", "state": "ready", "since": "2026-11-24T20:00:00.000Z", "session": 1}


def devices(browser: Browser) -> dict[str, dict[str, object]]:
    """The devices by class, as a screen sees them."""
    return {row["class"]: row for row in browser.get("/devices/devices").json["rows"]}


def test_an_older_sessions_death_is_no_news(edge: Edge, inside: Inside) -> None:
    edge.presence("online", session=7)

    assert edge.presence("offline", session=6) is False

    with inside():
        assert edge.agent().is_online
    assert edge.presence("offline", session=7) is True


def test_the_same_presence_twice_changes_nothing(edge: Edge) -> None:
    assert edge.presence("online", session=2) is True
    assert edge.presence("online", session=2) is False


def test_devices_of_an_agent_that_is_away_are_offline(
    owner: Browser, edge: Edge, inside: Inside, hardware: dict[str, int]
) -> None:
    with inside():
        operations.record_device_state(edge.agent(), wire.DeviceState.from_dict(STATE))
    there = devices(owner)["printer"]["state"]

    edge.presence("offline")

    assert (there, devices(owner)["printer"]["state"]) == ("ready", "offline")


def test_a_state_of_an_older_session_or_of_an_unknown_device_is_ignored(
    edge: Edge, inside: Inside, hardware: dict[str, int]
) -> None:
    def say(**values: object) -> object:
        with inside():
            return operations.record_device_state(edge.agent(), wire.DeviceState.from_dict(STATE | values))

    assert say(session=5, state="trouble", trouble="paper_out") is not None
    assert say(session=4) is None
    assert say(device="nothing-1") is None

    with inside():
        device = queries.device(hardware["printer"])
        assert (device.state, device.trouble) == ("trouble", "paper_out")


def test_an_announcement_may_come_again_and_may_change(edge: Edge, inside: Inside, hardware: dict[str, int]) -> None:
    with inside():
        before = changes.head()
    assert edge.announce("printer-1", "printer") == hardware["printer"]
    with inside():
        assert changes.head() == before
        said = {
            "device": "printer-1",
            "class": "printer",
            "driver": "network",
            "profile": "epson-tm-t20",
            "ops": ["print"],
        }
        device = operations.record_device_announce(edge.agent(), wire.DeviceAnnounce.from_dict(said))
        assert (device.id, device.driver, device.profile) == (hardware["printer"], "network", "epson-tm-t20")


def test_a_new_device_serves_the_branchs_terminal_at_once(
    till: Browser, hardware: dict[str, int], inside: Inside
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]

    with inside():
        rows = queries.device_rows(terminal_id)
        printer = queries.device_for(terminal_id, "receipt")
        assert printer is not None
        assert printer.id == hardware["printer"]
        news, _ = changes.since(0, ["settings"], branch_id=None, limit=200)
    assert {row["role"]: row["device_id"] for row in rows} == {
        "receipt" if name == "printer" else name: hardware[name] for name in DEVICES
    }
    assert {change.id for change in news if change.kind == "terminal_device"} == {
        f"{terminal_id}:{row['role']}" for row in rows
    }


def test_a_second_terminal_shares_the_printer_but_not_the_scanner(
    owner: Browser, till: Browser, hardware: dict[str, int], inside: Inside, world: World
) -> None:
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]
    key = PUBLIC_KEY.replace("AAAA", "BBBB")
    second = owner.another().post("/devices/pair", {"code": code, "name": "Kassa 2", "public_key": key})

    with inside():
        roles = [row["role"] for row in queries.device_rows(second.json["terminal"]["id"])]
    assert roles == ["bell", "receipt"]


def test_first_come_never_moves_what_is_bound() -> None:
    made = first_come(
        terminals=[1, 2],
        devices=[(10, "printer"), (11, "printer"), (12, "scanner")],
        bound=[(2, "scanner", 12), (1, "receipt", 11)],
    )

    assert made == [(2, "receipt", 10)]


def test_an_owner_says_which_devices_serve_a_terminal(
    owner: Browser, till: Browser, hardware: dict[str, int], edge: Edge, inside: Inside
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]
    kitchen = edge.announce("kitchen-1", "printer")
    path = f"/devices/terminals/{terminal_id}"
    with inside():
        cursor = changes.head()

    body = {
        "name": "Kassa A",
        "devices": [{"role": "receipt", "device_id": kitchen}, {"role": "drawer", "device_id": hardware["drawer"]}],
    }
    answer = owner.put(path, body)

    assert answer.status_code == 200
    assert {row["role"]: row["device_id"] for row in answer.json["devices"]} == {
        "receipt": kitchen,
        "drawer": hardware["drawer"],
    }
    with inside():
        news, _ = changes.since(cursor, ["settings"], branch_id=None, limit=50)
        assert {(change.id.partition(":")[2], change.op) for change in news} == {
            ("receipt", "put"),
            ("scale", "drop"),
            ("scanner", "drop"),
            ("display", "drop"),
            ("bell", "drop"),
        }
        rows = queries.device_rows_by_id([f"{terminal_id}:receipt", f"{terminal_id}:scale"])
        assert {name: row["device_id"] for name, row in rows.items()} == {f"{terminal_id}:receipt": kitchen}


def test_a_device_of_the_wrong_class_or_another_branch_cannot_serve(
    owner: Browser,
    till: Browser,
    hardware: dict[str, int],
    enrolled,
    world: World,
) -> None:
    path = f"/devices/terminals/{till.get('/staff/me').json['terminal']['id']}"
    elsewhere = enrolled(world.other_branch_id).announce("printer-9", "printer")

    wrong = owner.put(path, {"name": "K", "devices": [{"role": "receipt", "device_id": hardware["scale"]}]})
    far = owner.put(path, {"name": "K", "devices": [{"role": "receipt", "device_id": elsewhere}]})

    assert wrong.json["errors"] == [
        {"field": "devices.receipt", "code": "wrong_device_class", "params": {"class": "printer"}}
    ]
    assert far.json["errors"][0]["code"] == "unknown_device"
    assert owner.put("/devices/terminals/1", {"name": "K"}).status_code == 404


def test_a_scan_is_told_to_the_terminal_of_its_scanner_once(
    till: Browser, edge: Edge, hardware: dict[str, int]
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]

    first = edge.event("scanner-1", "scan", n=1, code="4006381333931", symbology="ean13")
    again = edge.event("scanner-1", "scan", n=1, code="4006381333931", symbology="ean13")
    after_boot = Edge(edge.inside, edge.key, boot_id="boot-2").event("scanner-1", "scan", n=1, code="4006381333931")

    assert [(hint.event, hint.terminal_id, hint.body["code"], hint.body["device_id"]) for hint in first] == [
        ("scan", terminal_id, "4006381333931", hardware["scanner"])
    ]
    assert again == []
    assert len(after_boot) == 1


def test_an_old_scan_lands_in_nobodys_cart(till: Browser, edge: Edge, hardware: dict[str, int], inside: Inside) -> None:
    assert edge.event("scanner-1", "scan", n=1, age_ms=3_001, code="1") == []
    assert len(edge.event("scanner-1", "scan", n=2, age_ms=3_000, code="1")) == 1

    with inside():
        assert session().scalar(sa.select(sa.func.count()).select_from(DeviceEvent)) == 2


def test_other_events_are_kept_and_told_to_nobody(
    till: Browser, edge: Edge, hardware: dict[str, int], inside: Inside
) -> None:
    assert edge.event("drawer-1", "opened", n=1, by_us=False) == []
    assert edge.event("unknown-1", "opened", n=2) == []

    with inside():
        rows = session().scalars(sa.select(DeviceEvent).order_by(DeviceEvent.n)).all()
        assert [(row.kind, row.device_id, row.body) for row in rows] == [
            ("opened", hardware["drawer"], {"by_us": False}),
            ("opened", None, {}),
        ]


def test_a_terminal_sees_the_devices_of_its_branch(till: Browser, browser: Browser, hardware: dict[str, int]) -> None:
    assert set(devices(till)) == set(DEVICES)
    assert browser.get("/devices/devices").status_code == 401
