"""What each operation of the published API may refuse, derived from its door: nobody lists statuses by hand.

A view names only what is its own (a 410, a 413 of its own limit) with `alt_response`. There is no catch-all: a status
that is not listed is a fault of the document, and a test finds it.
"""

from http import HTTPStatus
from typing import Any

from apispec import BasePlugin
from flask import Flask
from werkzeug.routing import Rule

SAFE = frozenset({"get", "head"})


class Refusals(BasePlugin):
    """Adds the problems that an operation may answer to its published responses."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, rule: Rule | None = None, **_: Any
    ) -> None:
        """Called by apispec for each path."""
        assert rule is not None
        door = getattr(self.app.view_functions[rule.endpoint], "access", None)
        for method, operation in (operations or {}).items():
            responses = operation["responses"]
            responses.pop("default", None)
            for status in sorted(_of_door(door, method) | _of_request(rule, method, operation)):
                responses.setdefault(str(status), HTTPStatus(status).name)


def _of_door(door: Any, method: str) -> set[int]:
    """What is refused before the view is asked: no such shop, a shop that is shut, too much at once, by whom."""
    if door is None or door.tenantless:
        return set()
    statuses = {403, 404, 503}
    if door.who != "anyone":
        statuses.add(401)
    if method not in SAFE:
        statuses |= {400}
    return statuses


def _of_request(rule: Rule, method: str, operation: dict[str, Any]) -> set[int]:
    """What is refused for what was sent."""
    # Without its id, an address is that of the list, which may not take this method.
    statuses = {404, 405} if rule.arguments else set()
    if operation.get("parameters"):
        statuses.add(422)
    if method not in SAFE:
        statuses |= {409, 413, 422}
    if "requestBody" in operation:
        statuses.add(415)
    return statuses
