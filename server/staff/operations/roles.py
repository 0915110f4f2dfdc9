"""Roles: named sets of rights, each with how far it goes."""

from collections.abc import Mapping

import sqlalchemy as sa

from server.core import actor, audit, changes
from server.core.actor import Cap
from server.core.errors import Trouble, invalid
from server.core.transaction import session
from server.core.words import word
from server.staff import queries
from server.staff.models import Role, RoleRight
from server.staff.operations import guards
from server.staff.operations.people import record_people
from server.staff.roles import DEFAULT_ROLES

TOPIC = "staff"


class RoleNameTaken(Trouble):
    """Another role has this name."""

    status = 409
    code = "role_name_taken"


def create_role(*, name: str, rights: Mapping[str, Cap]) -> Role:
    """Make a role. Raises RoleNameTaken, Invalid for an unknown right, NotAllowed for rights beyond the actor's own."""
    _require_offered(rights)
    guards.require_within_own(rights)
    return _create(name, rights)


def change_role(role: Role, *, name: str, rights: Mapping[str, Cap], rev: int | None = None) -> Role:
    """Change a role for all who hold it. Raises Conflict, LastOwner, RoleNameTaken, Invalid, NotAllowed."""
    changes.expect_rev(role.rev, rev)
    before = queries.rights_of_roles([role.id])[role.id]
    _require_offered(rights)
    guards.require_within_own(before)
    guards.require_within_own(rights)
    if name != role.name:
        _require_free(name)
    with guards.an_owner_remains():
        role.name = name
        session().execute(sa.delete(RoleRight).where(RoleRight.role_id == role.id))
        _give(role.id, rights)
    role.rev = changes.record(TOPIC, "role", role.id)
    record_people(queries.people_with_role(role.id))
    audit.write("change_role", "role", role.id, before=_snapshot(before), after=_snapshot(rights))
    session().flush()
    return role


def create_default_roles(language: str = "az") -> dict[str, Role]:
    """Cashier, manager and owner, named in a language, by their codes. Safe to repeat: a role of that name stands."""
    made = {}
    for code, rights in DEFAULT_ROLES.items():
        name = word(language, f"rights.role_{code}")
        made[code] = queries.role_of_name(name) or _create(name, rights)
    return made


def _create(name: str, rights: Mapping[str, Cap]) -> Role:
    seq = changes.take()
    _require_free(name)
    role = Role(id=seq, name=name, rev=seq)
    session().add(role)
    session().flush()
    _give(role.id, rights)
    changes.record(TOPIC, "role", role.id, seq=seq)
    audit.write("create_role", "role", role.id, after={"name": name, **_snapshot(rights)})
    return role


def _require_offered(rights: Mapping[str, Cap]) -> None:
    offered = {right.name: right for right in actor.offered()}
    for name, cap in rights.items():
        if name not in offered:
            raise invalid("rights", "unknown_right", right=name)
        if cap != Cap() and not offered[name].capped:
            raise invalid("rights", "right_without_cap", right=name)


def _require_free(name: str) -> None:
    if queries.role_of_name(name) is not None:
        raise RoleNameTaken(params={"name": name})


def _give(role_id: int, rights: Mapping[str, Cap]) -> None:
    rows = [
        {"role_id": role_id, "right": name, "cap_bp": cap.bp, "cap_minor": cap.minor} for name, cap in rights.items()
    ]
    if rows:
        session().execute(sa.insert(RoleRight), rows)


def _snapshot(rights: Mapping[str, Cap]) -> dict[str, object]:
    return {"rights": [[name, cap.bp, cap.minor] for name, cap in sorted(rights.items())]}
