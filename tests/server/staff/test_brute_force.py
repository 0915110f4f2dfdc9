"""Guessing gains nothing: answers are alike, tries are few, and a session ends with what it was built on."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2
import pytest
from flask import request
from werkzeug.test import TestResponse

from fixtures.browser import PUBLIC_KEY, Browser
from server.app import create_app
from server.core.config import Config
from server.core.doors import App
from server.core.idempotency import RequestKey
from server.core.limits import Limits
from server.core.tenant import Tenant
from server.core.transaction import session
from server.devices.routes import ENROLMENTS
from server.staff.models import PersonSession
from server.staff.routes import SIGN_INS
from tests.server.staff.conftest import OWNER_EMAIL, OWNER_PASSWORD, PINS, Inside, World, sign_in

WRONG = {"email": "nobody@market.example", "password": "a guess of mine"}


@pytest.fixture
def limited(app: App) -> Iterator[App]:
    """The application as it is delivered: it counts tries. No time goes by meanwhile."""
    before, app.extensions["aisales_limits"] = app.extensions["aisales_limits"], Limits(lambda: 1_000.0)
    yield app
    app.extensions["aisales_limits"] = before


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that a secret was compared with a hash: this is what takes the time."""
    made: list[bool] = []
    plain = argon2.PasswordHasher.verify

    def verify(self: argon2.PasswordHasher, hash: str, password: str) -> bool:
        made.append(True)
        return plain(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)
    return made


def refused(answer: TestResponse) -> bool:
    """Whether an answer is the problem document that says when to come back."""
    if answer.status_code != 429:
        return False
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert int(answer.headers["Retry-After"]) == answer.json["params"]["seconds"] > 0
    return True


def use_up(app: App, shop: Tenant, endpoint: str) -> None:
    """Take all tries that this address has, but one."""
    for _ in range(SIGN_INS.at_once - 1):
        app.extensions["aisales_limits"].take(SIGN_INS, "127.0.0.1", endpoint, shop.id)


def test_who_guesses_passwords_of_many_people_is_slowed_down_before_it_costs_us_work(
    limited: App, browser: Browser, shop: Tenant, compared: list[bool]
) -> None:
    use_up(limited, shop, "staff.sign_in")

    answers = [browser.post("/staff/sign-in", WRONG | {"email": f"guess{n}@market.example"}) for n in range(5)]

    assert [refused(answer) for answer in answers] == [False] + [True] * 4
    assert len(compared) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/devices/pair", {"code": "0000-0000", "name": "Kassa", "public_key": PUBLIC_KEY}),
        ("/devices/agents/enrol", {"token": "a guess", "name": "a", "model": "m", "sw": "1"}),
        ("/setup", {"token": "a guess"}),
    ],
)
def test_who_guesses_codes_and_tokens_is_slowed_down(
    limited: App, browser: Browser, path: str, body: dict[str, Any]
) -> None:
    answers = [browser.post(path, body) for _ in range(ENROLMENTS.at_once + 1)]

    assert not refused(answers[0])
    assert refused(answers[-1])


def test_approvals_are_tries_as_well(limited: App, till: Browser, shop: Tenant, world: World) -> None:
    use_up(limited, shop, "staff.approve")
    body = {"pin": "0000", "right": "sale.return"}

    answers = [till.post("/staff/approve", body | {"person_id": 1_000_000 + n}) for n in range(2)]

    assert [refused(answer) for answer in answers] == [False, True]


def test_one_address_that_guesses_takes_no_other_address_its_tries(
    limited: App, browser: Browser, shop: Tenant
) -> None:
    use_up(limited, shop, "staff.sign_in")
    assert [refused(browser.post("/staff/sign-in", WRONG)) for _ in range(2)] == [False, True]

    others = _from(browser, "198.51.100.7").post("/staff/sign-in", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})

    assert others.status_code == 200


def test_a_header_does_not_change_the_address_unless_a_proxy_of_ours_writes_it(
    limited: App, browser: Browser, shop: Tenant
) -> None:
    use_up(limited, shop, "staff.sign_in")

    answers = [browser.post("/staff/sign-in", WRONG, **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(2)]

    assert [refused(answer) for answer in answers] == [False, True]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address", "scheme"),
    [
        (0, "198.51.100.1", "127.0.0.1", "http"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1", "https"),
        (2, "203.0.113.9, 198.51.100.1, 192.0.2.1", "198.51.100.1", "https"),
    ],
)
def test_behind_proxies_the_address_is_the_one_that_they_saw(
    tmp_path: Any, proxies: int, forwarded: str, address: str, scheme: str
) -> None:
    made = create_app(Config(tmp_path, f"sqlite:///{tmp_path}/control.db", proxies=proxies))
    said = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": ", ".join(["https"] * max(1, proxies))}
    headers = {**said, "X-Forwarded-Host": "evil.example"}
    seen: list[tuple[str | None, str, str]] = []

    made.before_request(lambda: seen.append((request.remote_addr, request.scheme, request.host)))
    made.test_client().get("/api/v1/nothing", headers=headers, base_url="http://market.localhost")

    assert seen == [(address, scheme, "market.localhost")]


def test_nobody_somebody_and_someone_without_a_pin_take_the_same_work_and_get_the_same_answer(
    till: Browser, owner: Browser, world: World, compared: list[bool]
) -> None:
    without = owner.post("/staff/people", {"name": "Pinsiz", "roles": []}).json["id"]
    left = owner.post("/staff/people", {"name": "Gedən", "pin": "5511", "roles": []}).json["id"]
    owner.post(f"/staff/people/{left}/archive")
    compared.clear()

    answers = [
        till.post("/staff/sign-in", {"person_id": person, "pin": "5511"})
        for person in (world.people["cashier"], without, left, 2**40)
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(422, answers[0].text)}
    assert len(compared) == 4


def test_an_unknown_address_and_one_without_a_password_get_the_same_answer(
    browser: Browser, owner: Browser, world: World, compared: list[bool]
) -> None:
    owner.post("/staff/people", {"name": "Parolsuz", "email": "none@market.example", "roles": []})
    compared.clear()

    answers = [
        browser.post("/staff/sign-in", {"email": email, "password": "a guess of mine"})
        for email in (OWNER_EMAIL, "none@market.example", "nobody@market.example")
    ]

    assert {(answer.status_code, answer.text) for answer in answers} == {(422, answers[0].text)}
    assert len(compared) == 3


def test_of_many_guesses_of_a_password_at_the_same_moment_five_are_heard(browser: Browser, world: World) -> None:
    guessers = [browser.another() for _ in range(10)]

    with ThreadPoolExecutor(len(guessers)) as pool:
        guess = {"email": OWNER_EMAIL, "password": "a guess of mine"}
        codes = [a.json["code"] for a in pool.map(lambda guesser: guesser.post("/staff/sign-in", guess), guessers)]

    assert (codes.count("wrong_sign_in"), codes.count("sign_in_paused")) == (5, 5), codes


def test_a_whole_network_of_ipv6_counts_as_one_guesser(browser: Browser, world: World) -> None:
    guess = {"email": OWNER_EMAIL, "password": "a guess of mine"}

    codes = [_from(browser, f"2001:db8::{n:x}").post("/staff/sign-in", guess).json["code"] for n in range(1, 7)]

    assert codes == ["wrong_sign_in"] * 5 + ["sign_in_paused"]
    assert _from(browser, "2001:db8:1::1").post("/staff/sign-in", guess).json["code"] == "wrong_sign_in"


def test_a_code_of_the_back_office_is_kept_in_no_stored_answer(
    owner: Browser, world: World, inside: Inside, app: App
) -> None:
    body, key = {"kind": "terminal", "branch_id": world.branch_id}, {"Idempotency-Key": "once"}

    codes = [owner.post("/devices/pairing-codes", body, **key).json["code"] for _ in range(2)]

    with inside():
        assert session().query(RequestKey).all() == []
    assert codes[0] != codes[1]


def test_a_sign_in_ends_the_session_that_this_browser_had(owner: Browser, world: World) -> None:
    stolen = owner.cookie("__Host-session")

    owner.post("/staff/sign-in", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    thief = owner.another()
    thief.plant("__Host-session", str(stolen))

    assert owner.get("/staff/people").status_code == 200
    assert thief.get("/staff/people").status_code == 401
    assert owner.cookie("__Host-session") != stolen


def test_a_sign_in_that_fails_ends_nothing(owner: Browser, world: World) -> None:
    assert owner.post("/staff/sign-in", WRONG).status_code == 422

    assert owner.get("/staff/people").status_code == 200


def test_who_leaves_is_out_at_the_next_request(owner: Browser, till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    assert till.get("/staff/me").json["person"] is not None

    owner.post(f"/staff/people/{world.people['cashier']}/archive")

    assert till.get("/staff/me").json["person"] is None


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(owner: Browser, till: Browser, world: World) -> None:
    sign_in(till, world, "manager")
    person, path = world.people["manager"], f"/staff/people/{world.people['manager']}"
    assert till.get("/flags").status_code == 200

    roles = [{"role_id": world.roles["cashier"], "branch_id": None}]
    assert owner.put(path, {"name": "Elnur", "language": "az", "email": None, "roles": roles}).status_code == 200

    assert till.get("/flags").status_code == 403
    assert till.get("/staff/me").json["person"]["id"] == person


def test_a_new_pin_and_a_new_password_end_what_the_old_ones_opened(owner: Browser, till: Browser, world: World) -> None:
    sign_in(till, world, "cashier")
    owner.post(f"/staff/people/{world.people['cashier']}/pin", {"pin": "8642"})
    elsewhere = owner.another()
    elsewhere.post("/staff/sign-in", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})

    roles = [{"role_id": world.roles["owner"], "branch_id": None}]
    body = {"name": "Nərgiz", "language": "az", "email": OWNER_EMAIL, "password": "yeni uzun parol", "roles": roles}
    changed = owner.put(f"/staff/people/{world.people['owner']}", body)

    assert till.get("/staff/me").json["person"] is None
    assert changed.status_code == 200
    assert (elsewhere.get("/staff/people").status_code, owner.get("/staff/people").status_code) == (401, 200)


def test_a_stolen_session_of_a_till_is_bound_to_the_till(owner: Browser, till: Browser, world: World) -> None:
    """Both cookies are needed: the terminal's too, which no script reads."""
    sign_in(till, world, "manager")
    thief = till.another()
    thief.plant("__Host-session", str(till.cookie("__Host-session")))
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]
    own_key = PUBLIC_KEY.replace("A" * 10, "C" * 10)
    assert thief.post("/devices/pair", {"code": code, "name": "Oğru", "public_key": own_key}).status_code == 200

    assert thief.get("/flags").status_code == 401


def test_what_stands_in_the_database_opens_nothing(owner: Browser, inside: Inside, world: World) -> None:
    """Only hashes of sessions are stored: a copy of the database signs nobody in."""
    with inside():
        stored = [row.id for row in session().query(PersonSession)]

    for value in stored:
        thief = owner.another()
        thief.plant("__Host-session", value.hex())
        assert thief.get("/staff/people").status_code == 401
    assert stored and PINS


def _from(browser: Browser, address: str) -> Browser:
    """Another browser, at another address."""
    made = browser.another()
    plain: Callable[..., TestResponse] = made.client.open
    made.client.open = lambda *words, **named: plain(*words, environ_base={"REMOTE_ADDR": address}, **named)  # type: ignore[method-assign]
    return made
