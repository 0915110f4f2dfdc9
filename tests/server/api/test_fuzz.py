"""Requests that nobody would think of, made from the published document: no mistake of ours, nothing unpublished."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckContext
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance
from werkzeug.test import Client

from server.core import clock
from server.core.doors import App
from tests.server.api.contract import DOCUMENT
from tests.server.api.recipes import RECIPES
from tests.server.api.sites import Site
from tests.server.api.test_recipes import rules
from tests.server.worlds import NOW_MS

EXAMPLES = {"sqlite": 3, "postgresql": 1}
"""Of each kind (what fits the document, what does not), for each operation and each visitor."""

COOKIES = ("__Host-terminal", "__Host-session")
ALIKE = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class NotAProblem(Failure):
    """An error that is no problem document."""


def problems_only(_: CheckContext, response: Response, case: Case) -> bool | None:
    """Every error is a problem document."""
    if response.status_code >= 400 and response.headers.get("content-type") != ["application/problem+json"]:
        raise NotAProblem(operation=case.operation.label, title="not a problem", message=response.text or "")
    return None


@pytest.fixture(scope="module")
def operations(app: App) -> list[APIOperation]:
    """Every published operation but the stream, which never ends."""
    document = schemathesis.openapi.from_wsgi(DOCUMENT, app)
    found = [result.ok() for result in document.get_all_operations()]
    return [operation for operation in found if operation.path != "/api/v1/stream"]


@pytest.fixture(scope="module")
def paths(app: App, site: Site) -> dict[str, dict[str, Any]]:
    """Ids that exist, for the path of each operation."""
    found = {}
    for rule, method in rules(app):
        if rule.arguments and rule.arguments != {"path"}:
            found[f"{method} {rule.rule}"] = dict(RECIPES[rule.endpoint](site).path)
    return found


@pytest.mark.parametrize("who", ["owner", "cashier", "nobody"])
def test_nothing_unpublished_comes_of_any_request(
    app: App, site: Site, operations: list[APIOperation], paths: dict[str, dict[str, Any]], who: str
) -> None:
    visit = Visit(app, site, who)

    faults = [fault for operation in operations for fault in visit.faults(operation, paths)]

    assert faults == [], "\n\n".join(faults)


class Visit:
    """One kind of visitor who tries everything."""

    def __init__(self, app: App, site: Site, who: str) -> None:
        self.client = Client(app, use_cookies=False)
        self.site, self.who = site, who
        self.cookies = self._cookies()

    def faults(self, operation: APIOperation, paths: dict[str, dict[str, Any]]) -> Iterator[str]:
        """What is wrong with the answers of an operation."""
        known = next((ids for rule, ids in paths.items() if _is_of(rule, operation)), {})
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode.is_positive or operation.body or len(operation.query):
                try:
                    self._try(operation, mode, known)
                except (FailureGroup, BaseExceptionGroup) as failures:
                    yield f"{self.who} {mode.value} {operation.label}: " + "; ".join(map(_told, failures.exceptions))

    def _try(self, operation: APIOperation, mode: GenerationMode, known: dict[str, Any]) -> None:
        @settings(ALIKE, max_examples=EXAMPLES[self.site.world.shop.kind])
        @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
        def ask(case: Case, is_known: bool) -> None:
            if known and is_known:
                case.path_parameters = dict(known)
            if operation.path.endswith("/sign-out"):
                self.cookies = self._cookies()
            with clock.frozen(NOW_MS):
                case.call_and_validate(
                    base_url=f"http://{self.site.world.shop.slug}.localhost",
                    session=self.client,
                    headers=self._headers(),
                    additional_checks=[problems_only],
                    excluded_checks=[positive_data_acceptance],
                )

        ask()

    def _headers(self) -> dict[str, str]:
        origin = f"http://{self.site.world.shop.slug}.localhost"
        own = {"X-AISales": "1", "Origin": origin, "Accept-Encoding": "identity"}
        return own | ({"Cookie": self.cookies} if self.cookies else {})

    def _cookies(self) -> str:
        browser = self.site.new_owner() if self.who == "owner" else self.site.visitors[self.who]
        sent = {name: browser.cookie(name) for name in COOKIES}
        return "; ".join(f"{name}={value}" for name, value in sent.items() if value)


def _is_of(rule: str, operation: APIOperation) -> bool:
    method, path = rule.split()
    parts = path.replace(">", "}").split("<")
    return (method, parts[0] + "".join("{" + part.split(":")[-1] for part in parts[1:])) == (
        operation.method.upper(),
        operation.path,
    )


def _told(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {failure}"[:1_000]
