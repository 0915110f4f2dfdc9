"""PINs and passwords: set by someone who may, and the way back in for who is locked out."""

import secrets

import sqlalchemy as sa

from server.core import audit, clock
from server.core.errors import NotFound
from server.core.transaction import session
from server.staff import queries
from server.staff.hashing import hashed
from server.staff.models import SignInMiss
from server.staff.operations import guards
from server.staff.operations.people import end_other_sessions_of, end_sessions_of

PASSWORD_BYTES = 12


def set_pin(person_id: int, pin: str) -> None:
    """Give someone a PIN and sign them out; misses are forgotten.

    Raises NotFound, NotAllowed where they may do more than the actor.
    """
    person = queries.person(person_id)
    guards.require_above(person)
    person.pin_hash = hashed(pin)
    _clear_misses(person_id)
    end_other_sessions_of(person_id)
    audit.write("set_pin", "person", person_id)
    session().flush()


def set_password(person_id: int, password: str) -> None:
    """Give someone a password and sign them out everywhere. Raises NotFound, NotAllowed."""
    person = queries.person(person_id)
    guards.require_above(person)
    person.password_hash = hashed(password)
    _clear_misses(person_id)
    end_sessions_of(person_id)
    audit.write("set_password", "person", person_id)
    session().flush()


def reset_password(email: str, password: str | None = None) -> str:
    """What the command `aisales staff password` does: a new password for an e-mail address, and no lock any more.

    Returns the password; one is made where none is given. Raises NotFound.
    """
    person = queries.person_of_email(email)
    if person is None:
        raise NotFound(f"nobody signs in as {email}")
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    set_password(person.id, chosen)
    return chosen


def unlock(person_id: int) -> None:
    """Let someone try again everywhere. Raises NotFound."""
    queries.person(person_id)
    _clear_misses(person_id)
    audit.write("unlock_person", "person", person_id)
    session().flush()


def _clear_misses(person_id: int) -> None:
    is_open = sa.and_(SignInMiss.person_id == person_id, SignInMiss.cleared_at.is_(None))
    session().execute(sa.update(SignInMiss).where(is_open).values(cleared_at=clock.now_ms()))
