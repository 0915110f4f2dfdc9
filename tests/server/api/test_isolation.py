"""Two shops on one application: what belongs to one does not exist in the other, on any route."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from fixtures.browser import Browser
from server.core.doors import App
from tests.server.api.recipes import RECIPES
from tests.server.api.requests import Request, address, send, send_by, unknown
from tests.server.api.sites import AHEAD, MARK, Site
from tests.server.api.test_recipes import rules

LEADS = re.compile(r".*_id|id|approved_by")
NO_IDS_IN_PATHS = frozenset({"path"})
CHANGING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{32,}|\d+")
"""What differs between two answers that say the same: ids, instants, hashes, numbers."""


def of_a_shop(app: App) -> list[tuple[Rule, str]]:
    """Every address that belongs to a shop."""
    doors = {name: getattr(view, "access", None) for name, view in app.view_functions.items()}
    of_shops = {name for name, door in doors.items() if door is not None and not door.tenantless}
    return [(rule, method) for rule, method in rules(app) if rule.endpoint in of_shops]


def said(answer: TestResponse) -> str:
    """What an answer says, without what changes from one to the next. A stream's first word is enough."""
    text = next(iter(answer.response)).decode() if answer.mimetype == "text/event-stream" else answer.text
    return f"{answer.status_code} {answer.content_type} " + CHANGING.sub("#", text)


def ask(site: Site, rule: Rule, method: str, request: Request) -> TestResponse:
    """Send a request, and hold its answer to what no answer may do: name the other shop, or be of it."""
    with send(site, rule.rule, method, request) as answer:
        shop = request.shop or site.world.shop
        assert answer.headers["X-Tenant-Id"] == str(shop.id), rule
        whole = said(answer) + str(answer.headers)
    assert answer.status_code < 500, (rule, whole, request)
    assert MARK not in whole and MARK.lower() not in whole, (rule, whole)
    return answer


def leads_of(value: Any, path: tuple[Any, ...] = (), names: frozenset[str] = frozenset()) -> Iterator[tuple[Any, ...]]:
    """Where a body or query names something of the shop."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if isinstance(part, int | str) and not isinstance(part, bool) and (LEADS.fullmatch(name) or name in names):
                yield (*path, name)
            else:
                yield from leads_of(part, (*path, name), names)
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from leads_of(part, (*path, at), names)


def at(value: Any, path: tuple[Any, ...]) -> Any:
    """What stands at a path."""
    for name in path:
        value = value[name]
    return value


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with something else at a path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, Mapping) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


def test_numbers_of_the_two_shops_do_not_overlap(site: Site, neighbour: Site) -> None:
    assert site.hardware and neighbour.hardware
    assert min(neighbour.hardware.values()) > max(site.hardware.values()) + AHEAD // 2
    assert MARK in neighbour.visitors["owner"].get("/stores/company").text


def test_an_id_of_the_other_shop_in_a_path_is_not_found(app: App, site: Site, neighbour: Site) -> None:
    faults = []
    for rule, method in of_a_shop(app):
        recipe = RECIPES[rule.endpoint]
        for name in rule.arguments - NO_IDS_IN_PATHS:
            request, foreign = recipe(site), recipe(neighbour).path[name]
            answer = ask(site, rule, method, replace(request, path={**request.path, name: foreign}))
            own = ask(site, rule, method, request)
            if own.status_code not in (200, 201, 204) or answer.status_code != 404:
                faults.append((rule.endpoint, name, own.status_code, answer.status_code, answer.text[:200]))
    assert faults == [], "\n".join(map(str, faults))


def test_an_id_of_the_other_shop_in_what_is_sent_is_one_that_never_was(app: App, site: Site, neighbour: Site) -> None:
    faults, compared = [], Counter[str]()
    for rule, method in of_a_shop(app):
        recipe = RECIPES[rule.endpoint]
        foreign = recipe(neighbour)
        for part in ("query", "body"):
            for path in list(leads_of(getattr(foreign, part), names=foreign.leads)):
                answers = []
                for value in (at(getattr(foreign, part), path), unknown(at(getattr(foreign, part), path))):
                    request = recipe(site)
                    changed = {part: put(getattr(request, part), path, value)}
                    answers.append(said(ask(site, rule, method, replace(request, **changed))))
                compared[part] += 1
                if answers[0] != answers[1]:
                    faults.append((rule.endpoint, path, *answers))
    assert faults == [], "\n".join(map(str, faults))
    assert compared["query"] > 10 and compared["body"] > 35


@pytest.mark.pooled
def test_every_route_answers_its_own_shop_and_names_no_other(app: App, site: Site, neighbour: Site) -> None:
    assert neighbour.sale and neighbour.new_order() and neighbour.new_flag() and neighbour.new_rejected()

    answers = {rule.endpoint: ask(site, rule, method, RECIPES[rule.endpoint](site)) for rule, method in of_a_shop(app)}

    assert {
        name: answer.status_code for name, answer in answers.items() if answer.status_code not in (200, 201, 204)
    } == {}


def test_cookies_of_one_shop_open_nothing_in_the_other(app: App, site: Site, neighbour: Site) -> None:
    strangers, opened = [_with_cookies_of(neighbour.visitors[who], site) for who in ("owner", "cashier")], []

    for rule, method in of_a_shop(app):
        if app.view_functions[rule.endpoint].access.who != "anyone":  # type: ignore[attr-defined]
            request = RECIPES[rule.endpoint](site)
            for stranger in strangers:
                answer = send_by(stranger, address(rule.rule, request.path), method, request)
                opened += [] if answer.status_code == 401 else [(rule.endpoint, answer.status_code)]

    assert opened == []


def test_passwords_and_pins_of_one_shop_open_nothing_in_the_other(site: Site, neighbour: Site) -> None:
    owner = neighbour.market.people_in("owner")[0]
    secrets = [
        {"email": owner.email, "password": owner.password},
        {"email": "nobody@market.example", "password": "x" * 12},
    ]

    own = neighbour.new_browser().post("/staff/sign-in", secrets[0])
    there, never = (site.new_browser().post("/staff/sign-in", secret) for secret in secrets)

    assert own.status_code == 200
    assert (there.status_code, said(there)) == (422, said(never))


def _with_cookies_of(browser: Browser, site: Site) -> Browser:
    """A stranger in a shop, with the cookies of a browser of another shop."""
    stranger = Browser(site.app, site.world.shop)
    for cookie in ("__Host-terminal", "__Host-session"):
        secret = browser.cookie(cookie)
        if secret is not None:
            stranger.plant(cookie, secret)
    return stranger
