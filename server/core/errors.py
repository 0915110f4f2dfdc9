"""Trouble of the trade, and its form on the wire: RFC 9457 problem documents with a stable `code`.

A screen shows `errors.<code>` in the user's language with `params` as placeholders; `detail` is plain English for
whoever reads a log or an API answer. Mistakes of the programmer are not Trouble: they raise, and the door logs them.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class FieldError:
    """One faulty field: its path (`lines.0.quantity_milli`), a stable code, and what is allowed, as params."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The shape in a problem document's `errors`."""
        return {"field": self.field, "code": self.code, "params": dict(self.params)}


class Trouble(Exception):
    """Something a person did or met that the trade knows: refused with a reason, nothing written."""

    status = 422
    code = "refused"

    def __init__(
        self,
        detail: str = "",
        *,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(detail or self.__doc__ or self.code)
        self.detail = detail or (self.__doc__ or "").strip().split("\n")[0]
        self.params = dict(params or {})
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.code = code or type(self).code
        self.status = status or type(self).status

    def to_json(self) -> dict[str, Any]:
        """The problem document."""
        return problem(self.status, self.code, self.detail, self.params, self.errors)


class NotFound(Trouble):
    """There is no such thing here."""

    status = 404
    code = "not_found"


class NotSignedIn(Trouble):
    """Sign in first."""

    status = 401
    code = "not_signed_in"


class NotAllowed(Trouble):
    """This needs a right that you do not have."""

    status = 403
    code = "not_allowed"


class Conflict(Trouble):
    """Someone else changed this meanwhile."""

    status = 409
    code = "changed_meanwhile"


class Invalid(Trouble):
    """Some fields are not right."""

    status = 422
    code = "invalid"


class Busy(Trouble):
    """Too much at once. Nothing was taken; send the same again in a moment."""

    status = 503
    code = "busy"

    def __init__(self, detail: str = "", *, retry_after_s: int = 1) -> None:
        super().__init__(detail, params={"seconds": retry_after_s}, headers={"Retry-After": str(retry_after_s)})


class Locked(Busy):
    """Somebody else works on the same for long. Nothing was taken; send the same again in a moment."""


class NoRoom(Busy):
    """The server's disk is full. Nothing was taken; send the same again when there is room."""

    code = "no_room"

    def __init__(self) -> None:
        super().__init__("the server's disk is full", retry_after_s=30)


def invalid(field_path: str, code: str, **params: Any) -> Invalid:
    """One faulty field as an error to raise."""
    return Invalid(f"{field_path}: {code}", errors=[FieldError(field_path, code, params)])


def problem(
    status: int, code: str, detail: str, params: Mapping[str, Any] | None = None, errors: Sequence[FieldError] = ()
) -> dict[str, Any]:
    """A problem document as a dict; `type` is relative, so that no host name is baked in."""
    return {
        "type": f"/problems/{code}",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "detail": detail,
        "params": dict(params or {}),
        "errors": [error.to_json() for error in errors],
    }
