"""Who works here: names, languages, e-mail addresses, and roles in every branch or in one."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from server.core import actor, audit, changes, clock
from server.core.errors import Trouble, invalid
from server.core.transaction import session
from server.staff import queries
from server.staff.hashing import hashed
from server.staff.models import Person, PersonRole, PersonSession
from server.staff.operations import guards
from server.stores import queries as stores
from server.values.folding import search_key, sort_key

TOPIC = "people"
RoleIn = tuple[int, int | None]
"""A role and the branch in which it holds; None: in every branch."""


class EmailTaken(Trouble):
    """Another person has this e-mail address."""

    status = 409
    code = "email_taken"


def create_person(
    *,
    name: str,
    language: str = "az",
    email: str | None = None,
    roles: Sequence[RoleIn] = (),
    pin: str | None = None,
    password: str | None = None,
) -> Person:
    """Take someone on. Raises EmailTaken, Invalid for an unknown role, NotAllowed for rights beyond the actor's own."""
    _require_roles(roles)
    seq = changes.take()
    person = Person(id=seq, rev=seq)
    _describe(person, name=name, language=language, email=email)
    person.pin_hash = hashed(pin) if pin else None
    person.password_hash = hashed(password) if password else None
    session().add(person)
    session().flush()
    _give(person, roles)
    changes.record(TOPIC, "person", person.id, seq=seq)
    audit.write("create_person", "person", person.id, after=_snapshot(person, roles))
    return person


def change_person(
    person: Person,
    *,
    name: str,
    language: str,
    email: str | None,
    roles: Sequence[RoleIn],
    password: str | None = None,
    rev: int | None = None,
) -> Person:
    """Change a person and all their roles. Raises Conflict, EmailTaken, LastOwner, NotAllowed, Invalid."""
    changes.expect_rev(person.rev, rev)
    guards.require_above(person)
    _require_roles(roles)
    before = _snapshot(person, _roles_of(person))
    with guards.an_owner_remains():
        _describe(person, name=name, language=language, email=email)
        if password:
            person.password_hash = hashed(password)
            end_other_sessions_of(person.id)
        session().execute(sa.delete(PersonRole).where(PersonRole.person_id == person.id))
        _give(person, roles)
    person.rev = changes.record(TOPIC, "person", person.id)
    audit.write("change_person", "person", person.id, before=before, after=_snapshot(person, roles))
    session().flush()
    return person


def archive_person(person: Person) -> Person:
    """Someone leaves: signed out everywhere, kept in every document. Safe to repeat. Raises LastOwner, NotAllowed."""
    guards.require_above(person)
    if person.archived_at is None:
        with guards.an_owner_remains():
            person.archived_at = clock.now_ms()
        end_sessions_of(person.id)
        person.rev = changes.record(TOPIC, "person", person.id)
        audit.write("archive_person", "person", person.id, after={"name": person.name})
        session().flush()
    return person


def restore_person(person: Person) -> Person:
    """Someone comes back, with the roles they had. Safe to repeat. Raises NotAllowed."""
    guards.require_above(person)
    if person.archived_at is not None:
        person.archived_at = None
        person.rev = changes.record(TOPIC, "person", person.id)
        audit.write("restore_person", "person", person.id, after={"name": person.name})
        session().flush()
    return person


def end_sessions_of(person_id: int) -> None:
    """Sign someone out everywhere."""
    _end_sessions(PersonSession.person_id == person_id)


def end_other_sessions_of(person_id: int) -> None:
    """Sign someone out everywhere but here, where they may have changed their own secret."""
    here = actor.current().session_id
    _end_sessions(PersonSession.person_id == person_id, *([] if here is None else [PersonSession.id != here]))


def _end_sessions(*which: sa.ColumnElement[bool]) -> None:
    is_open = PersonSession.ended_at.is_(None)
    session().execute(sa.update(PersonSession).where(is_open, *which).values(ended_at=clock.now_ms()))


def record_people(person_ids: Iterable[int]) -> None:
    """Say that people changed, since a role of theirs did."""
    ids = sorted(set(person_ids))
    if not ids:
        return
    first = changes.take(len(ids))
    changes.record_many([(seq, TOPIC, "person", str(id), "put", None) for seq, id in enumerate(ids, first)])
    revs = sa.case({id: seq for seq, id in enumerate(ids, first)}, value=Person.id)
    session().execute(sa.update(Person).where(Person.id.in_(ids)).values(rev=revs))


def _require_roles(roles: Sequence[RoleIn]) -> None:
    known = {role.id for role in queries.roles()}
    branches = {branch.id for branch in stores.branches()}
    for index, (role_id, branch_id) in enumerate(roles):
        if role_id not in known:
            raise invalid(f"roles.{index}.role_id", "unknown_role")
        if branch_id is not None and branch_id not in branches:
            raise invalid(f"roles.{index}.branch_id", "unknown_branch")
    guards.require_branches(branch_id for _, branch_id in roles)
    for rights in queries.rights_of_roles(role_id for role_id, _ in roles).values():
        guards.require_within_own(rights)


def _describe(person: Person, *, name: str, language: str, email: str | None) -> None:
    address = email.lower() if email else None
    if address is not None:
        other = queries.person_of_email(address)
        if other is not None and other.id != person.id:
            raise EmailTaken(params={"email": address})
    person.name, person.language, person.email = name, language, address
    person.search_key, person.sort_key = search_key(name)[:200], sort_key(name)[:200]


def _give(person: Person, roles: Sequence[RoleIn]) -> None:
    rows = [
        {"person_id": person.id, "position": position, "role_id": role_id, "branch_id": branch_id}
        for position, (role_id, branch_id) in enumerate(dict.fromkeys(roles), 1)
    ]
    if rows:
        session().execute(sa.insert(PersonRole), rows)


def _roles_of(person: Person) -> list[RoleIn]:
    return [(row.role_id, row.branch_id) for row in queries.roles_of([person.id]).get(person.id, [])]


def _snapshot(person: Person, roles: Sequence[RoleIn]) -> dict[str, Any]:
    return {
        "name": person.name,
        "language": person.language,
        "email": person.email,
        "roles": [{"role_id": role_id, "branch_id": branch_id} for role_id, branch_id in roles],
    }
