"""The API's frame: OpenAPI 3.1 out of the schemas, every error a problem document with its headers kept."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, json
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

from server.core.errors import CONTENT_TYPE, FieldError, Trouble, problem
from server.core.refusals import Refusals
from server.core.schemas import Problem, field_errors

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
}

COME_AGAIN = {"Retry-After": {"description": "Seconds to wait before asking again", "schema": {"type": "integer"}}}

log = structlog.get_logger()


class RefConverter(IntegerConverter):
    """`<int:…>` in a path: an id that fits a column; anything larger is not found, instead of a database's error."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**62)


class TextConverter(UnicodeConverter):
    """`<…>` in a path: a text without control characters, which no database is asked for; with them it is not found."""

    def __init__(self, map: Map, *sizes: int, **limits: int) -> None:
        super().__init__(map, *sizes, **limits)
        self.regex = self.regex.replace("[^/]", r"[^/\x00-\x1f\x7f-\x9f]")


class ProblemApi(Api):
    """flask-smorest with problem documents in place of its own error shape."""

    def init_app(self, app: Flask, *, spec_kwargs: dict[str, Any] | None = None) -> None:
        """Attach to an application; each operation's refusals are published with it."""
        super().init_app(app, spec_kwargs={"extra_plugins": [Refusals(app)], **(spec_kwargs or {})})

    def _register_responses(self) -> None:
        for schema in (Problem,):
            self.spec.components.schema("Problem", schema=schema)
        for status in [*CODES, 401, 403, 409, 410, 500, 503]:
            headers = {"headers": COME_AGAIN} if status in (429, 503) else {}
            self.spec.components.response(_name(status), _response(f"Problem {status}") | headers, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", _response("Any other problem"), lazy=True)

    def _register_error_handlers(self) -> None:
        """Errors are answered by `answer_errors`, for the API and for pages alike."""


def answer_errors(app: Flask) -> None:
    """Turn trouble, HTTP errors and mistakes of ours into problem documents; log mistakes once."""
    app.register_error_handler(Trouble, _trouble)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _mistake)


def _name(status: int) -> str:
    return HTTPStatus(status).name


def _response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _document(body: dict[str, Any], headers: Any = None) -> Response:
    response = Response(json.dumps(body), status=body["status"], content_type=CONTENT_TYPE)
    for name, value in dict(headers or {}).items():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _trouble(error: Trouble) -> Response:
    return _document(error.to_json(), error.headers)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    errors: list[FieldError] = []
    data = getattr(error, "data", None)
    if data and "messages" in data:
        for messages in data["messages"].values():
            errors.extend(field_errors(messages if isinstance(messages, dict) else {"body": messages}))
        return _document(problem(422, "invalid", "Some fields are not right.", {}, errors))
    headers = {**dict(error.get_headers()), **dict((data or {}).get("headers") or {})}
    return _document(problem(status, CODES.get(status, "http_error"), error.description or error.name), headers)


def _mistake(error: Exception) -> Response:
    tenant = g.get("tenant")
    log.error("mistake", tenant=tenant.slug if tenant else None, error=repr(error), exc_info=error)
    return _document(problem(500, "mistake", "A mistake of ours; it was noted, nothing was written."))
