"""How a try at a PIN or password runs: counted first, compared with no transaction open, then settled.

These are called by views that own their transactions, so that a miss stays counted although the answer is an error.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import request

from server.core import actor, cookies
from server.core.errors import NotAllowed, NotSignedIn
from server.core.limits import network_of
from server.core.transaction import reading, writing, writing_despite
from server.devices import queries as devices
from server.staff import operations, queries
from server.staff.doors import DeviceRevoked
from server.staff.models import Person
from server.staff.operations import Attempt, SignedIn

Result = TypeVar("Result")


class TerminalNeeded(NotSignedIn):
    """A PIN is typed on a terminal: pair this device first."""

    code = "terminal_needed"


def sign_in(body: dict[str, Any]) -> dict[str, Any]:
    """Sign in by PIN at a terminal, or by e-mail and password, and give the browser its session.

    Raises WrongSecret, SignInPaused, SignInLocked, TerminalNeeded, DeviceRevoked, NotAllowed.
    """
    signed_in, branch_id = _by_pin(body["person_id"], body["pin"]) if "pin" in body else _by_password(**body)
    cookies.give(cookies.SESSION, signed_in.token, signed_in.lasts_ms // 1000)
    cookies.renew_terminal()
    person = signed_in.person
    with reading():
        rights = queries.rights_of([person.id], branch_id=branch_id)[person.id]
    return {"person": person, "rights": queries.rights_as_rows(rights)}


def sign_out() -> None:
    """End the session of this browser. Safe to repeat."""
    operations.end_session(cookies.sent(cookies.SESSION))
    cookies.take_back(cookies.SESSION)


def approve(*, person_id: int, pin: str, right: str, bp: int, minor: int) -> int:
    """Let another person approve by PIN on the spot; returns their id. Raises NotAllowed where they may not either."""
    terminal_id, branch_id = _here()
    attempt = _try(lambda: operations.begin_pin(person_id, pin, terminal_id))
    return _settle(
        attempt, lambda person: operations.approve(person, branch_id=branch_id, right=right, bp=bp, minor=minor)
    )


def me() -> dict[str, Any]:
    """Who is signed in and what they may do, and the terminal that this browser is."""
    who = actor.current()
    terminal = None if who.terminal_id is None else devices.terminal(who.terminal_id)
    person = None if who.person_id is None else queries.person(who.person_id)
    return {"person": person, "terminal": terminal, "rights": queries.rights_as_rows(dict(who.rights))}


def _by_pin(person_id: int, pin: str) -> tuple[SignedIn, int | None]:
    terminal_id, branch_id = _here()
    attempt = _try(lambda: operations.begin_pin(person_id, pin, terminal_id))
    return _settle(attempt, lambda person: _start(person, terminal_id, branch_id)), branch_id


def _by_password(email: str, password: str) -> tuple[SignedIn, int | None]:
    address = network_of(request.remote_addr or "")
    attempt = _try(lambda: operations.begin_password(email, password, address))
    return _settle(attempt, lambda person: _start(person, None, None)), None


def _start(person: Person, terminal_id: int | None, branch_id: int | None) -> SignedIn:
    """A new session, and the end of the one that this browser had: what was stolen before a sign-in opens nothing."""
    signed_in = operations.start_session(person, terminal_id, branch_id)
    operations.end_session(cookies.sent(cookies.SESSION))
    return signed_in


def _here() -> tuple[int, int]:
    terminal_id = actor.current().terminal_id
    if terminal_id is None:
        raise DeviceRevoked if _is_revoked() else TerminalNeeded
    with reading():
        return terminal_id, devices.terminal(terminal_id).branch_id


def _is_revoked() -> bool:
    token = cookies.sent(cookies.TERMINAL)
    with reading():
        return token is not None and devices.terminal_of_token(token) is not None


def _try(begin: Callable[[], Attempt]) -> Attempt:
    with writing():
        return begin()


def _settle(attempt: Attempt, go_on: Callable[[Person], Result]) -> Result:
    is_right = attempt.is_right()
    with writing_despite(NotAllowed):
        return go_on(operations.settle(attempt, is_right=is_right))
