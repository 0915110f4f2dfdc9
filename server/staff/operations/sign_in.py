"""Signing in by PIN or password, another's approval by PIN, and sessions.

Guessing in parallel gains nothing: an attempt is first counted as a miss (`begin_*`, committed), then the secret is
compared outside any transaction, and only a right one takes the miss back (`settle`).
"""

from dataclasses import dataclass

import sqlalchemy as sa

from server.core import audit, clock, ids
from server.core.errors import NotAllowed, Trouble
from server.core.transaction import session
from server.staff import queries
from server.staff.hashing import matches, new_token, token_hash
from server.staff.models import Person, PersonSession, SignInMiss

PAUSE_AFTER = 5
PAUSE_MS = 30_000
LOCK_AFTER = 10
PIN_SESSION_MS = 16 * 3_600_000
PASSWORD_SESSION_MS = 14 * 86_400_000


class SignInPaused(Trouble):
    """Too many wrong tries: wait a moment."""

    status = 429
    code = "sign_in_paused"


class SignInLocked(Trouble):
    """Too many wrong tries: someone who manages people must unlock this person."""

    status = 429
    code = "sign_in_locked"


class WrongSecret(Trouble):
    """This is not the PIN or password."""

    status = 422
    code = "wrong_pin"


@dataclass(frozen=True)
class Attempt:
    """One try: whose it claims to be (None: nobody's), with what it is compared, and the miss it was counted as."""

    person_id: int | None
    secret_hash: str | None
    secret: str
    miss: SignInMiss
    misses: int

    def is_right(self) -> bool:
        """Compare; takes tens of milliseconds, so no transaction may be open."""
        return matches(self.secret_hash, self.secret)


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in now, and the secret of the session's cookie, which is told this once."""

    person: Person
    token: str
    lasts_ms: int


def begin_pin(person_id: int, pin: str, terminal_id: int) -> Attempt:
    """Count a try at a person's PIN on a terminal. Raises SignInPaused, SignInLocked; then nothing is counted."""
    person = _locked_row(person_id)
    known = person is not None and person.archived_at is None
    secret_hash = person.pin_hash if person is not None and known else None
    scope = f"pin:{terminal_id}" if person is not None else f"pin:{terminal_id}:{person_id}"
    return _count(None if person is None else person.id, scope, secret_hash, pin, terminal_id)


def begin_password(email: str, password: str, address: str) -> Attempt:
    """Count a try at a password from an address; an unknown e-mail is counted alike, so that it is not told apart."""
    found = queries.person_of_email(email)
    person = None if found is None else _locked_row(found.id)
    known = person is not None and person.archived_at is None
    secret_hash = person.password_hash if person is not None and known else None
    scope = f"password:{address[:45]}"
    if person is None:
        scope += f":{token_hash(email.lower()).hex()[:32]}"
    return _count(None if person is None else person.id, scope, secret_hash, password, None)


def settle(attempt: Attempt, *, is_right: bool) -> Person:
    """End a try: a right one clears the misses of its place. Raises WrongSecret with how many tries are left."""
    if not is_right or attempt.person_id is None:
        code = "wrong_pin" if attempt.miss.scope.startswith("pin") else "wrong_sign_in"
        raise WrongSecret(code=code, params={"left": max(0, LOCK_AFTER - attempt.misses)})
    here = sa.and_(SignInMiss.scope == attempt.miss.scope, SignInMiss.person_id == attempt.person_id)
    session().execute(sa.delete(SignInMiss).where(SignInMiss.id == attempt.miss.id))
    is_open = sa.and_(here, SignInMiss.cleared_at.is_(None))
    session().execute(sa.update(SignInMiss).where(is_open).values(cleared_at=clock.now_ms()))
    return queries.person(attempt.person_id)


def start_session(person: Person, terminal_id: int | None, branch_id: int | None) -> SignedIn:
    """Sign a person in, on a terminal (whoever was signed in there is signed out) or in the back office.

    Raises NotAllowed for a terminal of a branch where the person does not work.
    """
    _require_works_in(person, branch_id)
    now, token = clock.now_ms(), new_token()
    lasts_ms = PASSWORD_SESSION_MS if terminal_id is None else PIN_SESSION_MS
    if terminal_id is not None:
        is_open = sa.and_(PersonSession.terminal_id == terminal_id, PersonSession.ended_at.is_(None))
        session().execute(sa.update(PersonSession).where(is_open).values(ended_at=now))
    session().add(
        PersonSession(
            id=token_hash(token),
            person_id=person.id,
            terminal_id=terminal_id,
            started_at=now,
            expires_at=now + lasts_ms,
        )
    )
    session().flush()
    return SignedIn(person, token, lasts_ms)


def end_session(token: str | None) -> None:
    """Sign out the session of a cookie. Safe to repeat."""
    row = session().get(PersonSession, token_hash(token)) if token else None
    if row is not None and row.ended_at is None:
        row.ended_at = clock.now_ms()
        session().flush()


def approve(person: Person, *, branch_id: int, right: str, bp: int = 0, minor: int = 0) -> int:
    """Whether a person whose PIN was right may approve this; returns their id. Raises NotAllowed."""
    cap = queries.rights_of([person.id], branch_id=branch_id)[person.id].get(right)
    if cap is None or not cap.covers(bp=bp, minor=minor):
        raise NotAllowed("the approver may not do this either", code="approver_lacks_right", params={"right": right})
    audit.write("approve", "person", person.id, after={"right": right, "bp": bp, "minor": minor})
    return person.id


def _require_works_in(person: Person, branch_id: int | None) -> None:
    branches = queries.branches_of(person.id)
    if branch_id is not None and branches is not None and branch_id not in branches:
        raise NotAllowed("this person does not work in this branch", code="not_in_this_branch")


def _locked_row(person_id: int) -> Person | None:
    """The person, with the row held so that tries in parallel are counted one after another."""
    query = sa.select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    return session().scalars(query).first()


def _count(person_id: int | None, scope: str, secret_hash: str | None, secret: str, terminal_id: int | None) -> Attempt:
    now = clock.now_ms()
    whose = SignInMiss.person_id.is_(None) if person_id is None else SignInMiss.person_id == person_id
    query = sa.select(sa.func.count(), sa.func.max(SignInMiss.missed_at))
    row = session().execute(query.where(SignInMiss.scope == scope, whose, SignInMiss.cleared_at.is_(None))).one()
    _require_not_barred(row[0], row[1], now)
    miss = SignInMiss(id=ids.new_id(now), person_id=person_id, terminal_id=terminal_id, scope=scope, missed_at=now)
    session().add(miss)
    session().flush()
    return Attempt(person_id, secret_hash, secret, miss, row[0] + 1)


def _require_not_barred(misses: int, last_at: int | None, now: int) -> None:
    if misses >= LOCK_AFTER:
        raise SignInLocked
    left_ms = (last_at or 0) + PAUSE_MS - now
    if misses > 0 and misses % PAUSE_AFTER == 0 and left_ms > 0:
        seconds = -(-left_ms // 1000)
        raise SignInPaused(params={"seconds": seconds}, headers={"Retry-After": str(seconds)})
