"""Holds answers to the published OpenAPI document: status, content type, headers, body."""

from typing import Any

import jsonschema
from flask import Flask
from werkzeug.test import TestResponse

from server.core.errors import CONTENT_TYPE

DOCUMENT = "/api/v1/openapi.json"


class Contract:
    """The published document of an application."""

    def __init__(self, app: Flask) -> None:
        self.document: dict[str, Any] = app.test_client().get(DOCUMENT).get_json()

    def operation(self, rule: str, method: str) -> dict[str, Any] | None:
        """What is published about an address of the url map, or None where it is no part of the API."""
        path = "".join(f"{{{part.split(':')[-1]}" if at else part for at, part in enumerate(rule.split("<")))
        found: dict[str, Any] | None = self.document["paths"].get(path.replace(">", "}"), {}).get(method.lower())
        return found

    def faults(self, rule: str, method: str, answer: TestResponse) -> list[str]:
        """What an answer has that the document does not say."""
        operation = self.operation(rule, method)
        assert operation is not None, (method, rule)
        described = operation["responses"].get(str(answer.status_code))
        if described is None:
            return [f"status {answer.status_code} is not documented"]
        described = self._resolved(described)
        content = described.get("content", {})
        if not content:
            return [] if not answer.data else [f"{answer.status_code} has a body that is not documented"]
        if answer.mimetype not in {kind.split(";")[0] for kind in content}:
            return [f"content type {answer.content_type} is not documented for {answer.status_code}"]
        return self._body_faults(next(iter(content.values())).get("schema", {}), answer)

    def _body_faults(self, schema: dict[str, Any], answer: TestResponse) -> list[str]:
        if not answer.is_json:
            return []
        whole = schema | {"components": self.document["components"]}
        checker = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
        return [f"{fault.json_path}: {fault.message[:200]}" for fault in checker.iter_errors(answer.json)]

    def _resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in part:
            return part
        found: Any = self.document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return dict(found)


def problem_faults(answer: TestResponse) -> list[str]:
    """What an error lacks to be a problem document."""
    if answer.content_type != CONTENT_TYPE:
        return [f"content type {answer.content_type}"]
    body = answer.get_json(force=True)
    wanted = {"type": str, "title": str, "status": int, "code": str, "detail": str, "params": dict, "errors": list}
    faults = [name for name, kind in wanted.items() if not isinstance(body.get(name), kind)]
    return faults + ([] if body["status"] == answer.status_code else ["status differs"])
