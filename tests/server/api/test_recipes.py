"""Every endpoint answers to whom it is made for, and says nothing but what is published."""

import pytest
from werkzeug.routing import Rule

from server.core.doors import App
from tests.server.api.contract import Contract
from tests.server.api.recipes import RECIPES
from tests.server.api.requests import send
from tests.server.api.sites import Site

NOT_PUBLISHED = frozenset({"api-docs.openapi_json", "devices.pass_to_counter"})
"""The document itself, and the way to a demo's virtual hardware."""


@pytest.fixture(scope="module")
def contract(app: App) -> Contract:
    """What is published."""
    return Contract(app)


def rules(app: App) -> list[tuple[Rule, str]]:
    """Every address of the url map with each of its methods."""
    return [
        (rule, method) for rule in app.url_map.iter_rules() for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    ]


def test_every_endpoint_has_a_recipe_and_every_recipe_an_endpoint(app: App) -> None:
    assert {rule.endpoint for rule, _ in rules(app)} == set(RECIPES)


def test_every_endpoint_of_the_api_is_published(app: App, contract: Contract) -> None:
    of_the_api = [(rule, method) for rule, method in rules(app) if not rule.endpoint.startswith("pages.")]

    missing = {rule.endpoint for rule, method in of_the_api if contract.operation(rule.rule, method) is None}

    assert missing == NOT_PUBLISHED


def test_every_endpoint_answers_and_says_what_is_published(app: App, site: Site, contract: Contract) -> None:
    faults = []
    for rule, method in rules(app):
        with send(site, rule.rule, method, RECIPES[rule.endpoint](site)) as answer:
            if not 200 <= answer.status_code < 400:
                faults.append((rule.endpoint, method, answer.status_code, answer.text[:300]))
            elif contract.operation(rule.rule, method) and rule.endpoint != "web.show_stream":
                faults += [(rule.endpoint, method, fault) for fault in contract.faults(rule.rule, method, answer)]
    assert faults == [], "\n".join(map(str, faults))
