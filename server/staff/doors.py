"""Who acts in a request: the terminal of one cookie, the person of the other, with what that person may do there."""

from flask import current_app, request

from server.core import cookies
from server.core.actor import NOBODY, Actor
from server.core.errors import NotSignedIn
from server.devices import queries as devices
from server.devices.queries import PairedTerminal
from server.staff import queries
from server.staff.models import PersonSession

PERSON_HEADER = "X-AISales-Person"


class DeviceRevoked(NotSignedIn):
    """This terminal was shut out; pair it again to go on. What it has not sent stays on it."""

    code = "device_revoked"


class OtherPerson(NotSignedIn):
    """Another person is signed in on this terminal than the one at the till: sign in online once."""

    code = "other_person"


def identify() -> Actor:
    """The actor of the request in force. Raises DeviceRevoked, OtherPerson where the view needs who they were."""
    view = current_app.view_functions.get(request.endpoint or "")
    door = getattr(view, "access", None)
    who = door.who if door is not None else "anyone"
    terminal = _terminal(who)
    signed_in = _session(who, terminal)
    if signed_in is not None:
        return _person(signed_in, terminal)
    if terminal is None:
        return NOBODY
    return Actor(kind="device", terminal_id=terminal.id, branch_ids=frozenset({terminal.branch_id}))


def _terminal(who: str) -> PairedTerminal | None:
    token = cookies.sent(cookies.TERMINAL)
    row = devices.terminal_of_token(token) if token else None
    if row is None or row.revoked_at is None:
        return row
    if who == "terminal" or (who == "terminal_or_person" and cookies.sent(cookies.SESSION) is None):
        raise DeviceRevoked
    return None


def _session(who: str, terminal: PairedTerminal | None) -> PersonSession | None:
    token = cookies.sent(cookies.SESSION)
    row = queries.session_of_token(token) if token else None
    if row is None or (row.terminal_id is not None and (terminal is None or terminal.id != row.terminal_id)):
        return None
    named = request.headers.get(PERSON_HEADER)
    if named is None or named == str(row.person_id):
        return row
    if who in ("person", "terminal_or_person"):
        raise OtherPerson
    return None


def _person(signed_in: PersonSession, terminal: PairedTerminal | None) -> Actor:
    branch_id = None if terminal is None else terminal.branch_id
    person = queries.person(signed_in.person_id)
    return Actor(
        kind="person",
        person_id=person.id,
        terminal_id=None if terminal is None else terminal.id,
        branch_ids=queries.branches_of(person.id),
        rights=queries.rights_of([person.id], branch_id=branch_id)[person.id],
        language=person.language,
        session_id=signed_in.id,
    )
