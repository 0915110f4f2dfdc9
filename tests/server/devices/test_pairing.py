"""A browser becomes a terminal: codes, the same key twice, revocation, and what a revoked terminal may still do."""

from werkzeug.test import TestResponse

from fixtures.browser import PUBLIC_KEY, Browser
from server.core import clock
from server.devices import queries
from server.devices.operations.pairing import TRIES_AT_MOST
from server.devices.secrets import CODE_LETTERS, code_hash, new_code
from tests.server.staff.conftest import Inside, World, sign_in

OTHER_KEY = PUBLIC_KEY.replace("AAAA", "BBBB")


def code_of(owner: Browser, world: World) -> str:
    """A fresh code for the first branch."""
    answer = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id})
    assert answer.status_code == 201, answer.json
    code: str = answer.json["code"]
    return code


def pair(browser: Browser, code: str, *, name: str = "Kassa", key: str = PUBLIC_KEY) -> TestResponse:
    """Pair a browser by a code."""
    return browser.post("/devices/pair", {"code": code, "name": name, "public_key": key})


def revoke(owner: Browser, terminal_id: int) -> None:
    """Shut a terminal out."""
    assert owner.post(f"/devices/terminals/{terminal_id}/revoke").status_code == 200


def test_a_code_makes_a_browser_a_terminal(owner: Browser, browser: Browser, world: World) -> None:
    answer = pair(browser, code_of(owner, world), name="Kassa 1")

    assert answer.status_code == 200
    assert (answer.json["terminal"]["name"], answer.json["branch_id"]) == ("Kassa 1", world.branch_id)
    assert browser.get("/staff/me").json["terminal"]["id"] == answer.json["terminal"]["id"]
    assert [row["name"] for row in owner.get("/devices/terminals").json["rows"]] == ["Kassa 1"]


def test_the_terminals_cookie_is_for_this_host_alone(owner: Browser, browser: Browser, world: World) -> None:
    (cookie,) = pair(browser, code_of(owner, world)).headers.getlist("Set-Cookie")

    assert cookie.startswith("__Host-terminal=")
    assert {part.strip() for part in cookie.split(";")} >= {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"}


def test_a_code_serves_once(owner: Browser, browser: Browser, world: World) -> None:
    code = code_of(owner, world)
    pair(browser, code)

    answer = pair(browser.another(), code, key=OTHER_KEY)

    assert (answer.status_code, answer.json["code"]) == (422, "pairing_code_unknown")


def test_a_code_is_read_whatever_its_case_spaces_and_likenesses(owner: Browser, browser: Browser, world: World) -> None:
    code = code_of(owner, world)

    said = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")

    assert pair(browser, said).status_code == 200


def test_a_code_ends_after_ten_minutes(owner: Browser, browser: Browser, world: World, now: int) -> None:
    code = code_of(owner, world)

    with clock.frozen(now + 600_000):
        assert pair(browser, code).json["code"] == "pairing_code_unknown"
    with clock.frozen(now + 599_999):
        assert pair(browser, code).status_code == 200


def test_wrong_guesses_use_a_code_up(owner: Browser, browser: Browser, world: World) -> None:
    code = code_of(owner, world)

    for _ in range(TRIES_AT_MOST):
        assert pair(browser, "ZZZZ-ZZZZ").json["code"] == "pairing_code_unknown"

    assert pair(browser, code).json["code"] == "pairing_code_unknown"


def test_the_same_key_is_the_same_terminal(owner: Browser, browser: Browser, world: World) -> None:
    first = pair(browser, code_of(owner, world), name="Kassa 1").json["terminal"]["id"]
    old_token = browser.cookie("__Host-terminal")
    second = pair(browser, code_of(owner, world), name="Kassa A")

    assert second.json["terminal"] == {"id": first, "name": "Kassa A"}
    stranger = browser.another()
    stranger.plant("__Host-terminal", str(old_token))
    assert stranger.get("/staff/me").status_code == 401


def test_another_key_is_another_terminal(owner: Browser, browser: Browser, world: World) -> None:
    first = pair(browser, code_of(owner, world)).json["terminal"]["id"]
    second = pair(browser.another(), code_of(owner, world), key=OTHER_KEY).json["terminal"]["id"]

    assert first != second


def test_a_revoked_terminal_gets_401_on_everything_and_is_told_why(owner: Browser, till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    revoke(owner, till.get("/staff/me").json["terminal"]["id"])

    as_terminal = till.post("/devices/watch-scale")
    by_pin = till.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": "2580"})

    assert (as_terminal.status_code, as_terminal.json["code"]) == (401, "device_revoked")
    assert till.get("/staff/me").status_code == 401
    assert (by_pin.status_code, by_pin.json["code"]) == (401, "device_revoked")


def test_the_back_office_of_its_browser_stays_open(owner: Browser, world: World) -> None:
    body = {"branch_id": world.branch_id, "name": "Kassa", "public_key": PUBLIC_KEY}
    terminal_id = owner.post("/devices/pair-here", body).json["terminal"]["id"]

    revoke(owner, terminal_id)

    assert owner.get("/devices/terminals").status_code == 200


def test_a_revoked_terminal_is_paired_again_as_itself_and_the_time_between_is_known(
    owner: Browser, till: Browser, world: World, inside: Inside, now: int
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]
    with clock.frozen(now + 1_000):
        revoke(owner, terminal_id)
        assert owner.post(f"/devices/terminals/{terminal_id}/revoke").json["code"] == "terminal_already_revoked"
    with clock.frozen(now + 5_000):
        again = pair(till, code_of(owner, world))
    with clock.frozen(now + 9_000):
        revoke(owner, terminal_id)

    assert again.json["terminal"]["id"] == terminal_id
    with inside():
        windows = queries.revocations_of(terminal_id)
        assert windows == [(now + 1_000, now + 5_000), (now + 9_000, None)]
        assert [queries.was_revoked(windows, now + ms) for ms in (999, 1_000, 4_999, 5_000, 9_000)] == [
            False,
            True,
            True,
            False,
            True,
        ]


def test_an_owner_makes_this_very_browser_a_terminal(owner: Browser, world: World) -> None:
    body = {"branch_id": world.branch_id, "name": "Kassa", "public_key": PUBLIC_KEY}

    answer = owner.post("/devices/pair-here", body)

    me = owner.get("/staff/me").json
    assert answer.status_code == 200
    assert (me["person"]["id"], me["terminal"]["id"]) == (world.people["owner"], answer.json["terminal"]["id"])


def test_pairing_needs_the_right_and_a_branch_that_is_there(owner: Browser, till: Browser, world: World) -> None:
    sign_in(till, world, "manager")
    body = {"branch_id": world.branch_id, "name": "Kassa", "public_key": OTHER_KEY}

    assert till.post("/devices/pair-here", body).json["params"] == {"right": "device.manage"}
    assert till.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": 1}).status_code == 403
    assert till.get("/devices/terminals").status_code == 403
    assert owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": 1}).status_code == 404
    assert owner.post("/devices/pair-here", body | {"branch_id": 1}).status_code == 404


def test_a_key_that_is_none_is_refused(browser: Browser, world: World) -> None:
    answer = pair(browser, "ABCD-EFGH", key="<script>")

    assert answer.json["errors"] == [{"field": "public_key", "code": "not_a_key", "params": {}}]


def test_codes_hold_no_letters_that_look_alike() -> None:
    codes = [new_code() for _ in range(50)]

    assert {letter for code in codes for letter in code} <= {*CODE_LETTERS, "-"}
    assert len(set(codes)) == 50
    assert code_hash("k7qf-3mx0") == code_hash(" K7QF 3MXO")
