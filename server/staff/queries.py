"""Reads of people, roles and sessions."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from server.core import clock
from server.core.actor import Cap
from server.core.errors import NotFound
from server.core.paging import page
from server.core.transaction import session
from server.staff.hashing import token_hash
from server.staff.models import Person, PersonRole, PersonSession, Role, RoleRight, SignInMiss
from server.staff.roles import widest
from server.values.folding import search_key

NEVER_MS = 2**62
"""An instant after all others."""


def person(person_id: int) -> Person:
    """A person, archived or not. Raises NotFound."""
    row = session().get(Person, person_id)
    if row is None:
        raise NotFound("no such person")
    return row


def person_of_email(email: str) -> Person | None:
    """The person who signs in with an e-mail address, whatever its case."""
    return session().scalars(sa.select(Person).where(Person.email == email.lower())).first()


def people(
    *, q: str = "", archived: bool = False, limit: int = 50, cursor: str | None = None
) -> tuple[list[Any], str | None]:
    """A page of people in the order of the alphabet."""
    query = sa.select(Person)
    query = query.where(Person.archived_at.is_not(None) if archived else Person.archived_at.is_(None))
    for part in search_key(q).split():
        query = query.where(Person.search_key.contains(part, autoescape=True))
    return page(query, [(Person.sort_key, False), (Person.id, False)], limit=limit, cursor=cursor)


def everyone() -> list[Person]:
    """All who are not archived, in the order of the alphabet: what a terminal's sign-in screen lists."""
    query = sa.select(Person).where(Person.archived_at.is_(None))
    return list(session().scalars(query.order_by(Person.sort_key, Person.id)))


def people_by_id(ids: Iterable[int]) -> dict[int, Person]:
    """People by id, in one query; unknown ids are left out."""
    return {row.id: row for row in session().scalars(sa.select(Person).where(Person.id.in_(set(ids))))}


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Names by person, in one query."""
    return {
        row[0]: row[1] for row in session().execute(sa.select(Person.id, Person.name).where(Person.id.in_(set(ids))))
    }


def leaving_of(ids: Iterable[int]) -> dict[int, int]:
    """When people left, in one query; NEVER_MS for who is here, unknown ids are left out."""
    query = sa.select(Person.id, Person.archived_at).where(Person.id.in_(set(ids)))
    return {row[0]: NEVER_MS if row[1] is None else row[1] for row in session().execute(query)}


def rights_at(
    when_ms: int, rights: Mapping[int, Mapping[str, Cap]], leaving: Mapping[int, int]
) -> Mapping[int, Mapping[str, Cap]]:
    """What people might do at an instant: nothing once they had left."""
    if all(left_at >= when_ms for left_at in leaving.values()):
        return rights
    return {id: held if leaving.get(id, NEVER_MS) >= when_ms else {} for id, held in rights.items()}


def rights_of(person_ids: Iterable[int], *, branch_id: int | None = None) -> dict[int, dict[str, Cap]]:
    """What each person may do, in one query: the union of the roles, each right as far as its widest cap.

    Roles that hold in one branch only count there; without a branch all of them count.
    """
    wanted = set(person_ids)
    query = sa.select(PersonRole.person_id, RoleRight).join(RoleRight, RoleRight.role_id == PersonRole.role_id)
    query = query.where(PersonRole.person_id.in_(wanted))
    if branch_id is not None:
        query = query.where(sa.or_(PersonRole.branch_id.is_(None), PersonRole.branch_id == branch_id))
    caps: dict[int, dict[str, list[Cap]]] = {person_id: {} for person_id in wanted}
    for person_id, right in session().execute(query):
        caps[person_id].setdefault(right.right, []).append(Cap(right.cap_bp, right.cap_minor))
    return {id: {name: widest(found) for name, found in sorted(rights.items())} for id, rights in caps.items()}


def branches_of(person_id: int) -> frozenset[int] | None:
    """The branches in which a person works; None is every branch."""
    rows = session().scalars(sa.select(PersonRole.branch_id).where(PersonRole.person_id == person_id)).all()
    return None if None in rows else frozenset(row for row in rows if row is not None)


def roles_of(person_ids: Iterable[int]) -> dict[int, list[PersonRole]]:
    """The roles of people in their order, in one query."""
    query = sa.select(PersonRole).where(PersonRole.person_id.in_(set(person_ids)))
    found: dict[int, list[PersonRole]] = {}
    for row in session().scalars(query.order_by(PersonRole.person_id, PersonRole.position)):
        found.setdefault(row.person_id, []).append(row)
    return found


def person_rows(ids: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """The feed's rows of kind `person`, without any secret: of some people, or of all who are not archived."""
    rows = everyone() if ids is None else list(people_by_id(ids).values())
    rights = rights_of(row.id for row in rows)
    return [
        {
            "id": row.id,
            "name": row.name,
            "language": row.language,
            "rights": rights_as_rows(rights[row.id]),
            "archived": row.archived_at is not None,
        }
        for row in rows
    ]


def rights_as_rows(rights: dict[str, Cap]) -> list[dict[str, Any]]:
    """Rights as they go over the wire."""
    return [{"right": name, "cap_bp": cap.bp, "cap_minor": cap.minor} for name, cap in rights.items()]


def role(role_id: int) -> Role:
    """A role. Raises NotFound."""
    row = session().get(Role, role_id)
    if row is None:
        raise NotFound("no such role")
    return row


def roles() -> list[Role]:
    """All roles by name."""
    return list(session().scalars(sa.select(Role).order_by(Role.name, Role.id)))


def role_of_name(name: str) -> Role | None:
    """A role by its name."""
    return session().scalars(sa.select(Role).where(Role.name == name)).first()


def rights_of_roles(role_ids: Iterable[int]) -> dict[int, dict[str, Cap]]:
    """The rights of roles, in one query."""
    wanted = set(role_ids)
    found: dict[int, dict[str, Cap]] = {role_id: {} for role_id in wanted}
    query = sa.select(RoleRight).where(RoleRight.role_id.in_(wanted)).order_by(RoleRight.right)
    for row in session().scalars(query):
        found[row.role_id][row.right] = Cap(row.cap_bp, row.cap_minor)
    return found


def people_with_role(role_id: int) -> list[int]:
    """Who holds a role."""
    return list(session().scalars(sa.select(PersonRole.person_id).where(PersonRole.role_id == role_id).distinct()))


def session_of_token(token: str) -> PersonSession | None:
    """The session of a cookie, while it lasts."""
    row = session().get(PersonSession, token_hash(token))
    if row is None or row.ended_at is not None or row.expires_at <= clock.now_ms():
        return None
    return row


def locked_people(*, at_least: int) -> dict[int, int]:
    """People who are locked out somewhere, with the number of their misses there."""
    count = sa.func.count()
    query = sa.select(SignInMiss.person_id, count).where(SignInMiss.cleared_at.is_(None))
    query = query.where(SignInMiss.person_id.is_not(None)).group_by(SignInMiss.person_id, SignInMiss.scope)
    return {row[0]: row[1] for row in session().execute(query.having(count >= at_least)) if row[0] is not None}
