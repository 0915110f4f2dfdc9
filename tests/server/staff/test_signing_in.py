"""Signing in by PIN and password: misses, pauses, locks, sessions, another's approval."""

from concurrent.futures import ThreadPoolExecutor

from fixtures.browser import PUBLIC_KEY, Browser
from server.core import clock
from server.staff.operations import begin_pin
from tests.server.staff.conftest import OWNER_EMAIL, OWNER_PASSWORD, PINS, Inside, World, sign_in

MINUTE_MS = 60_000


def miss(till: Browser, person_id: int, times: int = 1) -> list[tuple[int, str]]:
    """Type a wrong PIN some times; the status and code of each answer."""
    answers = [till.post("/staff/sign-in", {"person_id": person_id, "pin": "0000"}) for _ in range(times)]
    return [(answer.status_code, answer.json["code"]) for answer in answers]


def test_a_cashier_signs_in_by_pin_and_learns_what_she_may_do(till: Browser, world: World) -> None:
    answer = till.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": PINS["cashier"]})

    assert answer.status_code == 200
    assert answer.json["person"] == {"id": world.people["cashier"], "name": "Əli Çələbi", "language": "az"}
    rights = {row["right"]: row["cap_bp"] for row in answer.json["rights"]}
    assert rights["sale.ring"] is None
    assert rights["sale.discount_line"] == 500
    assert "stock.adjust" not in rights


def test_the_session_is_a_cookie_that_no_script_and_no_other_host_gets(till: Browser, world: World) -> None:
    answer = till.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": PINS["cashier"]})

    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session="))
    assert {part.strip() for part in cookie.split(";")} >= {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"}
    assert "Domain" not in cookie


def test_a_pin_works_only_on_a_paired_terminal(browser: Browser, world: World) -> None:
    answer = browser.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": PINS["cashier"]})

    assert (answer.status_code, answer.json["code"]) == (401, "terminal_needed")


def test_five_misses_pause_for_half_a_minute_and_say_how_long(till: Browser, world: World, now: int) -> None:
    person = world.people["cashier"]

    assert miss(till, person, 5) == [(422, "wrong_pin")] * 5
    paused = till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]})
    with clock.frozen(now + 30_000):
        answer = till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]})

    assert (paused.status_code, paused.json["code"]) == (429, "sign_in_paused")
    assert paused.headers["Retry-After"] == "30"
    assert answer.status_code == 200


def test_a_right_pin_forgets_the_misses(till: Browser, world: World) -> None:
    person = world.people["cashier"]
    miss(till, person, 4)

    sign_in(till, world, "cashier")

    assert miss(till, person, 4) == [(422, "wrong_pin")] * 4


def test_a_miss_says_how_many_tries_are_left(till: Browser, world: World) -> None:
    answer = till.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": "0000"})

    assert answer.json["params"] == {"left": 9}


def test_ten_misses_lock_until_someone_who_manages_people_unlocks(
    till: Browser, owner: Browser, world: World, now: int
) -> None:
    person = world.people["cashier"]
    miss(till, person, 5)
    with clock.frozen(now + MINUTE_MS):
        miss(till, person, 5)
    with clock.frozen(now + 24 * 60 * MINUTE_MS):
        locked = till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]})
        shown = owner.get(f"/staff/people/{person}").json["is_locked"]
        owner.post(f"/staff/people/{person}/unlock")
        answer = till.post("/staff/sign-in", {"person_id": person, "pin": PINS["cashier"]})

    assert (locked.status_code, locked.json["code"]) == (429, "sign_in_locked")
    assert shown is True
    assert answer.status_code == 200


def test_misses_count_for_one_person_on_one_terminal(till: Browser, owner: Browser, world: World, now: int) -> None:
    miss(till, world.people["cashier"], 5)
    second = till.another()
    key = PUBLIC_KEY.replace("A" * 10, "B" * 10)
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]
    second.post("/devices/pair", {"code": code, "name": "Kassa 2", "public_key": key})

    sign_in(second, world, "cashier")
    sign_in(till, world, "manager")


def test_a_try_counts_before_it_is_compared_so_guessing_in_parallel_gains_nothing(
    till: Browser, world: World, inside: Inside
) -> None:
    terminal_id = till.get("/staff/me").json["terminal"]["id"]
    for _ in range(5):
        with inside():
            begin_pin(world.people["cashier"], "0000", terminal_id)

    answer = till.post("/staff/sign-in", {"person_id": world.people["cashier"], "pin": PINS["cashier"]})

    assert answer.json["code"] == "sign_in_paused"


def test_of_many_guesses_at_the_same_moment_five_are_heard(till: Browser, world: World) -> None:
    token = str(till.cookie("__Host-terminal"))
    guessers = [till.another() for _ in range(12)]
    for guesser in guessers:
        guesser.plant("__Host-terminal", token)

    with ThreadPoolExecutor(len(guessers)) as pool:
        codes = list(pool.map(lambda guesser: miss(guesser, world.people["cashier"])[0][1], guessers))

    assert codes.count("wrong_pin") == 5
    assert codes.count("sign_in_paused") == 7, codes


def test_nobody_is_told_apart_from_somebody(till: Browser, browser: Browser, world: World) -> None:
    unknown = miss(till, 999_999_999, 6)
    by_mail = [
        browser.post("/staff/sign-in", {"email": email, "password": "falsch"}).json
        for email in (OWNER_EMAIL, "nobody@market.example")
    ]

    assert unknown == [(422, "wrong_pin")] * 5 + [(429, "sign_in_paused")]
    assert by_mail[0] == by_mail[1]


def test_wrong_passwords_pause_for_that_person_and_address(browser: Browser, owner: Browser, world: World) -> None:
    for _ in range(5):
        answer = browser.post("/staff/sign-in", {"email": OWNER_EMAIL, "password": "falsch"})
        assert (answer.status_code, answer.json["code"]) == (422, "wrong_sign_in")

    paused = browser.post("/staff/sign-in", {"email": OWNER_EMAIL.upper(), "password": OWNER_PASSWORD})

    assert paused.json["code"] == "sign_in_paused"
    assert owner.get("/staff/me").status_code == 200


def test_either_pin_or_password_never_both(browser: Browser, world: World) -> None:
    answer = browser.post("/staff/sign-in", {"person_id": 1, "pin": "1234", "email": OWNER_EMAIL, "password": "x"})

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "pin_or_password")


def test_a_change_of_cashier_ends_the_first_session(till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    stolen = till.cookie("__Host-session")
    sign_in(till, world, "manager")
    till.plant("__Host-session", stolen)

    assert till.get("/staff/me").json["person"] is None


def test_a_session_of_a_till_serves_at_that_till_only(till: Browser, browser: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    browser.plant("__Host-session", till.cookie("__Host-session"))

    assert browser.get("/staff/me").status_code == 401


def test_a_session_ends_by_itself(till: Browser, world: World, now: int) -> None:
    sign_in(till, world, "cashier")

    with clock.frozen(now + 17 * 3_600_000):
        assert till.get("/staff/me").json["person"] is None


def test_signing_out_ends_the_session_and_can_be_repeated(till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    assert till.get("/staff/me").json["person"]["id"] == world.people["cashier"]

    assert [till.post("/staff/sign-out").status_code for _ in range(2)] == [204, 204]

    assert till.get("/staff/me").json["person"] is None


def test_a_colleagues_session_never_serves_after_an_offline_change_of_cashier(till: Browser, world: World) -> None:
    sign_in(till, world, "manager")
    till.person_id = world.people["cashier"]

    answer = till.get("/staff/me")

    assert (answer.status_code, answer.json["code"]) == (401, "other_person")


def test_the_named_person_of_the_session_is_served(till: Browser, world: World) -> None:
    sign_in(till, world, "manager")
    till.person_id = world.people["manager"]

    assert till.get("/staff/me").json["person"]["id"] == world.people["manager"]


def test_naming_the_next_cashier_does_not_stop_her_signing_in(till: Browser, world: World) -> None:
    sign_in(till, world, "manager")
    till.person_id = world.people["cashier"]

    sign_in(till, world, "cashier")

    assert till.get("/staff/me").json["person"]["id"] == world.people["cashier"]


def test_a_person_of_another_branch_does_not_sign_in_here(till: Browser, owner: Browser, world: World) -> None:
    body = {
        "name": "Uzaq",
        "pin": "4444",
        "roles": [{"role_id": world.roles["cashier"], "branch_id": world.other_branch_id}],
    }
    person = owner.post("/staff/people", body).json["id"]

    answer = till.post("/staff/sign-in", {"person_id": person, "pin": "4444"})

    assert (answer.status_code, answer.json["code"]) == (403, "not_in_this_branch")


def test_a_manager_approves_on_the_spot_what_the_cashier_may_not(till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    body = {"person_id": world.people["manager"], "pin": PINS["manager"], "right": "sale.discount_line", "bp": 2000}

    answer = till.post("/staff/approve", body)

    assert (answer.status_code, answer.json) == (200, {"approved_by": world.people["manager"]})
    assert till.get("/staff/me").json["person"]["id"] == world.people["cashier"]


def test_who_may_not_do_it_may_not_approve_it(till: Browser, world: World) -> None:
    body = {"person_id": world.people["cashier"], "pin": PINS["cashier"], "right": "sale.discount_line", "bp": 501}

    over = till.post("/staff/approve", body)
    within = till.post("/staff/approve", body | {"bp": 500})
    none = till.post("/staff/approve", body | {"right": "stock.adjust", "bp": 0})

    assert (over.status_code, over.json["code"]) == (403, "approver_lacks_right")
    assert within.status_code == 200
    assert none.json["code"] == "approver_lacks_right"


def test_a_missed_approval_counts_like_a_missed_sign_in(till: Browser, world: World) -> None:
    body = {"person_id": world.people["manager"], "pin": "0000", "right": "sale.return"}
    for _ in range(5):
        assert till.post("/staff/approve", body).json["code"] == "wrong_pin"

    answer = till.post("/staff/sign-in", {"person_id": world.people["manager"], "pin": PINS["manager"]})

    assert answer.json["code"] == "sign_in_paused"
