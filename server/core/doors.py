"""The door of requests: which tenant, one transaction, who acts, may they, has this been answered before.

Each view says who may come in with `@access`; a view that says nothing is closed to all. A GET opens a reading
transaction, every other method a writing one at its start, so no transaction is ever upgraded in between.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from server.core import activity, actor, idempotency, tenant, transaction
from server.core.errors import Busy, NotAllowed, NotFound, NotSignedIn, Trouble
from server.core.limits import Limits, Rate
from server.core.shares import Shares

Who = Literal["anyone", "terminal", "person", "terminal_or_person", "agent"]
View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_ENDPOINTS = frozenset({"api-docs.openapi_json"})


@dataclass(frozen=True)
class Access:
    """Who may come in. `own_transaction`: the view opens its transactions itself; `tenantless`: it needs no shop.

    `rate`: how often one address may ask, where something could be guessed.
    """

    who: Who
    right: str | None = None
    own_transaction: bool = False
    tenantless: bool = False
    from_programs: bool = False
    rate: Rate | None = None


class ForgedRequest(Trouble):
    """A change must come from this shop's own pages."""

    status = 403
    code = "forged_request"


def access(
    who: Who = "person",
    *,
    right: str | None = None,
    own_transaction: bool = False,
    tenantless: bool = False,
    from_programs: bool = False,
    rate: Rate | None = None,
) -> Callable[[View], View]:
    """Say who may call a view: `anyone`, a paired `terminal`, a signed-in `person`, either, or an `agent`.

    `right` must be held by the person. `from_programs` lets callers in that are no browser page of ours (enrolment).
    """

    def mark(view: View) -> View:
        view.access = Access(who, right, own_transaction, tenantless, from_programs, rate)  # type: ignore[attr-defined]
        return view

    return mark


class App(Flask):
    """Flask with our door around every view."""

    identify: Callable[[], actor.Actor] = staticmethod(lambda: actor.NOBODY)
    """Finds out who acts, inside the transaction; `staff` provides it."""

    def dispatch_request(self) -> ResponseReturnValue:
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        door = _access_of(self)
        if request.method == "OPTIONS" or door is None or door.tenantless:
            return super().dispatch_request()
        chosen = tenant.tenant_of_host(request.host)
        _require_open(chosen)
        tenant.choose(chosen)
        _require_own_page(door)
        self._count_try(door, chosen)
        if request.method not in SAFE:
            activity.note(chosen)
        shares: Shares = self.extensions["aisales_shares"]
        with shares.one_of(chosen):
            if door.own_transaction:
                with transaction.reading():
                    self._let_in(door)
                return super().dispatch_request()
            with _transaction():
                self._let_in(door)
                return self._answer()

    def _count_try(self, door: Access, chosen: tenant.Tenant) -> None:
        limits: Limits | None = self.extensions["aisales_limits"]
        if door.rate is not None and limits is not None:
            limits.take(door.rate, request.remote_addr or "", request.endpoint, chosen.id)

    def _let_in(self, door: Access) -> None:
        actor.set_current(self.identify())
        _require(door)

    def _answer(self) -> ResponseReturnValue:
        earlier = None if request.method in SAFE else idempotency.earlier_answer()
        if earlier is not None:
            return earlier
        response: Response = self.make_response(super().dispatch_request())
        if request.method not in SAFE:
            idempotency.keep_answer(response)
        return response


def _access_of(app: Flask) -> Access | None:
    endpoint = request.endpoint or ""
    view = app.view_functions[endpoint]
    door = getattr(view, "access", None)
    if door is None and endpoint not in OPEN_ENDPOINTS:
        raise NotFound(f"the view {endpoint} says nothing about who may come in")
    return door


def _require_open(chosen: tenant.Tenant) -> None:
    if chosen.state in tenant.WAITS:
        raise Busy("this shop is being made or moved", retry_after_s=5)
    if chosen.state in {"archived", "deleting"}:
        raise tenant.TenantUnavailable
    if chosen.state == "read_only" and request.method not in SAFE and not request.path.startswith("/api/v1/sync/"):
        raise tenant.TenantUnavailable(code="shop_read_only")


def _require_own_page(door: Access) -> None:
    if request.method in SAFE or door.from_programs:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    own_origin = origin is None or urlsplit(origin).netloc == request.host
    own_site = site in (None, "same-origin")
    if request.headers.get("X-AISales") != "1" or not own_origin or not own_site or (origin is None and site is None):
        raise ForgedRequest


def _require(door: Access) -> None:
    who = actor.current()
    if door.who == "anyone":
        return
    allowed = {
        "terminal": who.terminal_id is not None,
        "person": who.person_id is not None,
        "terminal_or_person": who.terminal_id is not None or who.person_id is not None,
        "agent": who.agent_id is not None,
    }[door.who]
    if not allowed:
        raise NotSignedIn
    if door.right is not None and not who.may(door.right):
        raise NotAllowed(f"the right {door.right} is needed", params={"right": door.right})


@contextlib.contextmanager
def _transaction() -> Iterator[None]:
    if request.method in SAFE:
        with transaction.reading():
            yield
    else:
        with transaction.writing():
            yield
