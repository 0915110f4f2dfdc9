"""Whether a browser that was let in may still be there: asked again by whatever outlives its request."""

from server.core import clock
from server.core.actor import Actor
from server.core.transaction import session
from server.devices import queries as devices
from server.staff.models import PersonSession


def may_stay(who: Actor) -> bool:
    """Neither the terminal is shut out nor the session over."""
    return _terminal_stands(who.terminal_id) and _session_lasts(who.session_id)


def _terminal_stands(terminal_id: int | None) -> bool:
    if terminal_id is None:
        return True
    found = devices.terminals_by_id([terminal_id]).get(terminal_id)
    return found is not None and found.revoked_at is None


def _session_lasts(session_id: bytes | None) -> bool:
    if session_id is None:
        return True
    found = session().get(PersonSession, session_id)
    return found is not None and found.ended_at is None and found.expires_at > clock.now_ms()
