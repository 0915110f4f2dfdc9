"""A request to the API as a value, and how it is sent."""

import dataclasses
import io
from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from fixtures.browser import Browser
from server.core import clock, ids
from server.core.tenant import Tenant
from tests.server.api.sites import Site, number
from tests.server.worlds import NOW_MS, StillBrowser


@dataclasses.dataclass(frozen=True)
class Request:
    """What is sent, and by whom. `leads` names fields of the body that lead to something although they are no ids."""

    by: str | Browser = "owner"
    path: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    query: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    body: Any = None
    file: tuple[bytes, str] | None = None
    leads: frozenset[str] = frozenset()
    shop: Tenant | None = None


def send(site: Site, rule: str, method: str, request: Request) -> TestResponse:
    """Send a request to an address of the url map (`/api/v1/catalog/items/<int:item_id>`)."""
    browser = site.visitors[request.by] if isinstance(request.by, str) else request.by
    if request.shop is not None:
        browser = StillBrowser(site.app, request.shop)
    return send_by(browser, address(rule, request.path), method, request)


def send_by(browser: Browser, path: str, method: str, request: Request, **headers: str) -> TestResponse:
    """Send what a request says by a browser, to a whole path."""
    said: dict[str, Any] = {"headers": {"X-AISales": "1", "Origin": browser.origin, **headers}}
    if request.file is not None:
        said["data"] = {"file": (io.BytesIO(request.file[0]), request.file[1])}
    elif request.body is not None:
        said["json"] = request.body
    with clock.frozen(getattr(browser, "now_ms", NOW_MS)):
        return browser.client.open(
            path, method=method, base_url=browser.origin, query_string=dict(request.query), **said
        )


def address(rule: str, values: Mapping[str, Any]) -> str:
    """A rule of the url map with its arguments filled in."""
    parts = [part.split(">", 1) for part in rule.split("<")]
    return parts[0][0] + "".join(f"{values[name.split(':')[-1]]}{rest}" for name, rest in parts[1:])


def unknown(value: Any) -> Any:
    """An id of the same kind that nobody ever gave out."""
    if isinstance(value, int):
        return 2**41 + number()
    if isinstance(value, str) and len(value) == 36:
        return str(ids.new_id(NOW_MS))
    return "7" * len(str(value))
