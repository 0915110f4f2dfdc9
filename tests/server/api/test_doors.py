"""What is asked of a request before its view: from where, for which shop, in which state, once or again, by whom."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from server.core import clock, tenant
from server.core.doors import OPEN_ENDPOINTS, App
from server.core.idempotency import RequestKey
from server.core.shares import Shares
from server.core.tenant import TenantRow
from server.core.transaction import control_writing
from tests.server.api.sites import Site, number
from tests.server.api.test_recipes import rules
from tests.server.worlds import NOW_MS, StillBrowser

CATEGORY = "/api/v1/catalog/categories"


def raw(browser: StillBrowser, method: str, path: str, headers: dict[str, str], **rest: Any) -> TestResponse:
    """A request with these headers only."""
    with clock.frozen(NOW_MS):
        return browser.client.open(path, method=method, base_url=browser.origin, headers=headers, **rest)


@pytest.fixture
def owner(site: Site) -> StillBrowser:
    """The owner in a browser of this test."""
    return site.new_owner()


def test_every_view_says_who_may_come_in(app: App) -> None:
    silent = {rule.endpoint for rule, _ in rules(app) if not hasattr(app.view_functions[rule.endpoint], "access")}

    assert silent == OPEN_ENDPOINTS


OWN = {"X-AISales": "1", "Origin": "https://own.localhost"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (OWN, 201),
        ({"X-AISales": "1", "Sec-Fetch-Site": "same-origin"}, 201),
        ({}, 403),
        ({"Origin": OWN["Origin"]}, 403),
        ({"X-AISales": "1"}, 403),
        ({"X-AISales": "0", "Origin": OWN["Origin"]}, 403),
        ({"X-AISales": "1", "Origin": "https://evil.example"}, 403),
        ({"X-AISales": "1", "Origin": "https://neighbour.localhost"}, 403),
        ({"X-AISales": "1", "Origin": "null"}, 403),
        ({"X-AISales": "1", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"X-AISales": "1", "Sec-Fetch-Site": "same-site"}, 403),
        (OWN | {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_change_must_come_from_the_shops_own_pages(owner: StillBrowser, headers: dict[str, str], status: int) -> None:
    answer = raw(owner, "POST", CATEGORY, headers, json={"name": f"Rəf {number()}"})

    assert answer.status_code == status, answer.text
    assert status == 201 or (answer.mimetype, answer.json["code"]) == ("application/problem+json", "forged_request")


def test_a_question_needs_no_mark_of_our_pages(owner: StillBrowser) -> None:
    assert raw(owner, "GET", CATEGORY, {"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_the_first_answer_to_a_key_is_the_answer(owner: StillBrowser) -> None:
    body, key = {"name": f"Rəf {number()}"}, f"key-{number()}"

    first, again = (owner.post("/catalog/categories", body, **{"Idempotency-Key": key}) for _ in range(2))
    without = owner.post("/catalog/categories", body)

    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert without.json["id"] != first.json["id"]


def test_a_key_serves_one_request_of_one_person(site: Site, owner: StillBrowser) -> None:
    key = {"Idempotency-Key": f"key-{number()}"}
    first = owner.post("/catalog/categories", {"name": "Birinci"}, **key)

    other_body = owner.post("/catalog/categories", {"name": "İkinci"}, **key)
    other_path = owner.post(f"/catalog/categories/{first.json['id']}/archive", {}, **key)
    other_person = site.till.browser.post("/catalog/categories", {"name": "Birinci"}, **key)

    assert [(answer.status_code, answer.json["code"]) for answer in (other_body, other_path, other_person)] == [
        (422, "idempotency_key_reused"),
        (422, "idempotency_key_reused"),
        (403, "not_allowed"),
    ]


def test_what_is_kept_of_a_request_gives_no_password_away(site: Site, owner: StillBrowser) -> None:
    body = {"name": f"Yeni {number()}", "password": "uzun bir parol", "roles": []}
    sent = json.dumps(body).encode()

    answer = owner.post("/staff/people", body, **{"Idempotency-Key": f"key-{number()}"})

    assert answer.status_code == 201
    kept = [bytes(row.hash) for row in site.world.rows(RequestKey)]
    plain = {hashlib.sha256(begin + sent).digest() for begin in (b"", b"POST /api/v1/staff/people? ")}
    assert kept and not plain & set(kept)
    assert b"uzun bir parol" not in b"".join(kept)


def test_a_key_of_a_refused_request_may_be_used_again(owner: StillBrowser) -> None:
    key = {"Idempotency-Key": f"key-{number()}"}

    refused = owner.post("/catalog/categories", {}, **key)
    mended = owner.post("/catalog/categories", {"name": "Rəf"}, **key)

    assert (refused.status_code, mended.status_code) == (422, 201)


@pytest.mark.parametrize("key", ["", "x" * 101, "a\tb"])
def test_a_key_that_cannot_be_one_is_refused(owner: StillBrowser, key: str) -> None:
    answer = owner.post("/catalog/categories", {"name": "Rəf"}, **{"Idempotency-Key": key})

    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_not_valid")


def test_a_shop_beyond_its_share_is_told_to_come_again_and_its_neighbour_is_served(
    app: App, site: Site, neighbour: Site
) -> None:
    before, app.extensions["aisales_shares"] = app.extensions["aisales_shares"], Shares(at_most=1)
    owners = site.new_owner(), neighbour.new_owner()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), app.extensions["aisales_shares"].one_of(site.world.shop):
            held.set()
            release.wait(10)

    busy = threading.Thread(target=hold)
    busy.start()
    held.wait(10)
    try:
        full, served = (owner.get("/stores/company") for owner in owners)
    finally:
        release.set()
        busy.join()
        app.extensions["aisales_shares"] = before

    assert (full.status_code, full.json["code"], int(full.headers["Retry-After"]) > 0) == (503, "busy", True)
    assert served.status_code == 200
    assert owners[0].get("/stores/company").status_code == 200


def test_the_named_person_must_be_the_one_signed_in(site: Site) -> None:
    till = site.till.browser
    own, other = site.people[site.world.cashier], site.people[site.market.people_in("owner")[0].key]

    named = [till.get("/catalog/units"), *(_as(till, person) for person in (own, other))]

    assert [answer.status_code for answer in named] == [200, 200, 401]
    assert named[-1].json["code"] == "other_person"


def _as(browser: StillBrowser, person_id: int) -> TestResponse:
    browser.person_id = person_id
    try:
        return browser.get("/catalog/units")
    finally:
        browser.person_id = None


@pytest.mark.parametrize("path", ["/api/v1/stores/company", "/api/v1/nothing", "/api/v1/health", "/app/login", "/"])
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(site: Site, path: str) -> None:
    answer = raw(site.new_browser(), "GET", path, {})

    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in answer.headers["Permissions-Policy"]
    assert not path.startswith("/api/") or answer.headers["Cache-Control"] == "no-store"


def test_an_unknown_host_is_told_plainly_on_every_route_of_a_shop(app: App, site: Site) -> None:
    stranger = site.new_browser()
    stranger.origin = "https://nowhere.localhost"

    answers = [raw(stranger, method, path, OWN) for method, path in (("GET", "/api/v1/staff/me"), ("POST", CATEGORY))]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(404, "unknown_shop")] * 2
    assert all("X-Tenant-Id" not in answer.headers for answer in answers)
    assert raw(stranger, "GET", "/api/v1/health", {}).status_code == 200


def test_a_wrong_address_or_method_is_a_problem_that_says_what_is_allowed(site: Site) -> None:
    browser = site.new_browser()

    missing, wrong = raw(browser, "GET", "/api/v1/nothing", {}), raw(browser, "DELETE", CATEGORY, OWN)

    assert (missing.status_code, missing.mimetype, missing.json["code"]) == (
        404,
        "application/problem+json",
        "not_found",
    )
    assert (wrong.status_code, wrong.mimetype, wrong.json["code"]) == (
        405,
        "application/problem+json",
        "method_not_allowed",
    )
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))


@pytest.fixture
def turned(app: App, site: Site) -> Iterator[Callable[[str], None]]:
    """Put the shop into a state; it is active again afterwards."""

    def turn(state: str) -> None:
        with app.app_context():
            with control_writing() as control:
                row = sa.update(TenantRow).where(TenantRow.id == site.world.shop.id)
                control.execute(row.values(state=state))
            tenant.forget_remembered()

    yield turn
    turn("active")


@pytest.mark.parametrize(
    ("state", "asked", "changed", "pushed"),
    [
        ("active", 200, 201, 422),
        ("suspended", 200, 201, 422),
        ("read_only", 200, 403, 422),
        ("moving", 503, 503, 503),
        ("archived", 403, 403, 403),
        ("deleting", 403, 403, 403),
    ],
)
def test_a_shops_state_says_what_it_serves(
    site: Site, turned: Callable[[str], None], state: str, asked: int, changed: int, pushed: int
) -> None:
    owner, till = site.new_owner(), site.new_terminal()
    turned(state)

    answers = [
        owner.get("/stores/company"),
        owner.post("/catalog/categories", {"name": "Rəf"}),
        till.post("/sync/push", {"ops": []}),
    ]

    assert [answer.status_code for answer in answers] == [asked, changed, pushed]
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 503)
