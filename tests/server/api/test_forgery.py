"""What another site could make a person's browser do: forged changes, frames, readings, poisoned names of hosts."""

import dataclasses
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request as Sent

from server.app import CONTENT_SECURITY, ONLY_TLS, SAFETY
from server.core.doors import SAFE, App
from tests.server.api.recipes import RECIPES
from tests.server.api.requests import Request, address, send_by
from tests.server.api.sites import Site
from tests.server.api.test_isolation import of_a_shop
from tests.server.api.test_recipes import rules
from tests.server.worlds import StillBrowser

FROM_PROGRAMS = frozenset({"devices.enrol"})
"""Views for callers that have no cookie which another site could use."""

OWN = "https://own.localhost"
FORGED = [
    {"X-AISales": ""},
    {"X-AISales": "0"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://neighbour.localhost"},
    {"Origin": "https://own.localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": OWN, "Sec-Fetch-Site": "cross-site"},
    {"Origin": OWN, "Sec-Fetch-Site": "same-site"},
    {"Origin": OWN, "Sec-Fetch-Site": "none"},
]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")


def changing(app: App) -> Iterator[tuple[str, str, str]]:
    """Endpoint, address and method of every view that changes something."""
    for rule, method in of_a_shop(app):
        if method not in SAFE:
            yield rule.endpoint, rule.rule, method


def test_no_changing_view_takes_what_another_site_sends(app: App, site: Site) -> None:
    taken, tried = [], 0
    for endpoint, rule, method in changing(app):
        request = RECIPES[endpoint](site)
        browser = site.visitors[request.by] if isinstance(request.by, str) else request.by
        for headers in FORGED:
            answer = send_by(browser, address(rule, request.path), method, request, **headers)
            tried += 1
            if (answer.status_code, "forged_request" in answer.text) != (403, True):
                taken.append((endpoint, headers, answer.status_code))

    assert {endpoint for endpoint, *_ in taken} == FROM_PROGRAMS
    assert tried > 300


def test_views_for_programs_ask_for_a_secret_that_no_browser_sends_by_itself(app: App, site: Site) -> None:
    for endpoint, rule, method in changing(app):
        if endpoint in FROM_PROGRAMS:
            request = dataclasses.replace(RECIPES[endpoint](site), by="owner")
            bare = dataclasses.replace(request, body={**request.body, "token": "a guess"})
            assert send_by(site.visitors["owner"], address(rule, {}), method, bare).status_code == 422


def test_no_view_without_a_shop_changes_anything(app: App) -> None:
    doors = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}

    tenantless = {name for name, door in doors.items() if door is None or door.tenantless}

    assert {
        (rule.endpoint, method) for rule, method in rules(app) if rule.endpoint in tenantless and method != "GET"
    } == set()


def test_the_mark_of_a_session_is_sent_by_nobody_s_page_but_ours(site: Site) -> None:
    owner, browser = site.market.people_in("owner")[0], site.new_browser()

    answer = browser.post("/staff/sign-in", {"email": owner.email, "password": owner.password})

    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session=")]
    said = {part.strip() for part in cookie.split(";")}
    assert said >= {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"}
    assert not any(part.startswith("Domain") for part in said)


def every_kind_of_answer(site: Site) -> list[TestResponse]:
    """Files, pages, data, and each way in which a request is refused."""
    owner, nobody = site.visitors["owner"], site.visitors["nobody"]
    asked = [
        (nobody, "GET", "/"),
        (nobody, "GET", "/app"),
        (nobody, "GET", "/app/"),
        (nobody, "GET", "/app/till"),
        (nobody, "GET", "/app/icons/icon-192.png"),
        (nobody, "GET", "/app/nothing.js"),
        (nobody, "GET", "/favicon.ico"),
        (nobody, "GET", "/api/v1/openapi.json"),
        (nobody, "GET", "/api/v1/health"),
        (nobody, "GET", "/api/v1/nothing"),
        (nobody, "GET", "/api/v1/staff/people"),
        (nobody, "DELETE", "/api/v1/staff/people"),
        (nobody, "OPTIONS", "/api/v1/staff/people"),
        (nobody, "HEAD", "/api/v1/health"),
        (owner, "GET", "/api/v1/staff/people"),
        (owner, "GET", "/api/v1/staff/people/999999"),
        (owner, "GET", "/api/v1/catalog/export.csv"),
        (site.till.browser, "GET", "/api/v1/sync/bootstrap"),
        (site.till.browser, "POST", "/api/v1/staff/people"),
        (owner, "POST", "/api/v1/catalog/categories"),
    ]
    answers = [send_by(who, path, method, Request(query={})) for who, method, path in asked]
    return [*answers, send_by(nobody, "/api/v1/catalog/categories", "POST", Request(), Origin="https://evil.example")]


def test_every_answer_carries_the_headers_that_keep_a_browser_safe(site: Site) -> None:
    answers = every_kind_of_answer(site)

    for answer in answers:
        said = {name: answer.headers.get(name) for name in SAFETY}
        assert said == SAFETY, (answer.request.path, said)
        assert answer.headers["Strict-Transport-Security"] == ONLY_TLS
        assert not answer.request.path.startswith("/api/") or answer.headers["Cache-Control"] == "no-store"
    assert {answer.status_code for answer in answers} >= {200, 302, 401, 403, 404, 405, 422}


def test_every_problem_is_a_problem_document_and_says_nothing_of_our_insides(site: Site) -> None:
    for answer in every_kind_of_answer(site):
        if answer.status_code >= 400 and answer.request.method != "HEAD":
            assert answer.mimetype == "application/problem+json", answer.request.path
            assert not any(word in answer.text for word in ("Traceback", "sqlalchemy", "psycopg", "/server/", "SELECT"))


def test_nothing_inline_and_nothing_foreign_runs_in_our_pages() -> None:
    directives = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY.split(";"))

    assert directives["default-src"] == "'self'"
    assert directives["frame-ancestors"] == directives["base-uri"] == directives["object-src"] == "'none'"
    assert "unsafe" not in CONTENT_SECURITY and "*" not in CONTENT_SECURITY
    assert not {"script-src", "script-src-elem", "style-src"} & set(directives)


def test_without_tls_nobody_is_told_to_insist_on_it(site: Site) -> None:
    answer = site.new_browser().client.get("/api/v1/health", base_url="http://own.localhost")

    assert (answer.status_code, "Strict-Transport-Security" in answer.headers) == (200, False)


HOSTS = [
    "evil.example",
    "own.localhost.evil.example",
    "evil.example/own.localhost",
    "own.localhost@evil.example",
    "own.localhost:99999",
    "own.localhost:evil",
    "own.localhost:",
    "[::1]",
    "[own.localhost",
    "own.localhost\t",
    "x" * 300,
    "ö.localhost",
    "'\"><script>alert(1)</script>",
    "",
]


@pytest.mark.parametrize("path", ["/", "/app/", "/app/till", "/api/v1/health", "/api/v1/staff/me"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_poisoned_host_leads_nowhere_and_is_said_nowhere(site: Site, host: str, path: str) -> None:
    answer = _ask(site, path, host)

    said = answer.get_data(as_text=True) + str(answer.headers)
    assert answer.status_code < 500, said
    assert "evil.example" not in said and "<script>alert" not in said
    lead = urlsplit(answer.headers.get("Location", "/"))
    assert not lead.netloc or lead.hostname in ("own.localhost", "neighbour.localhost"), answer.headers


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_no_other_header_says_which_shop_is_meant(site: Site, neighbour: Site, name: str) -> None:
    value = "host=neighbour.localhost" if name == "Forwarded" else "neighbour.localhost"

    answer = send_by(site.visitors["owner"], "/api/v1/stores/company", "GET", Request(), **{name: value})

    assert answer.headers["X-Tenant-Id"] == str(site.world.shop.id)


@pytest.mark.parametrize(
    "shop",
    ["//evil.example", "https://evil.example", "evil.example", "/\\evil.example", "own\r\nX-Evil: 1", "%0d%0aX-Evil:1"],
)
def test_the_bare_address_leads_to_known_shops_only(site: Site, shop: str) -> None:
    answer = StillBrowser(site.app, site.world.shop).client.get(
        "/", base_url="http://localhost", query_string={"shop": shop}
    )

    assert answer.status_code == 404
    assert "Location" not in answer.headers and "X-Evil" not in answer.headers


@pytest.mark.parametrize(
    "path", ["//evil.example", "//evil.example/", "/\\evil.example", "/app//evil.example", "/app/..//evil.example"]
)
def test_no_address_redirects_to_another_site(site: Site, path: str) -> None:
    answer = _ask(site, path, "own.localhost")

    lead = urlsplit(answer.headers.get("Location", "/"))
    assert answer.status_code < 500
    assert lead.netloc in ("", "own.localhost"), answer.headers


def _ask(site: Site, path: str, host: str) -> TestResponse:
    """A request with exactly this path and host, as a program could send it."""
    environ = EnvironBuilder(path="/", base_url="https://own.localhost").get_environ()
    environ |= {"HTTP_HOST": host, "PATH_INFO": path, "RAW_URI": path, "REQUEST_URI": path}
    return TestResponse(*run_wsgi_app(site.app, environ), request=Sent(environ))
