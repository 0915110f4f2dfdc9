"""People and roles as the back office sees them: rows put together from a fixed number of queries."""

from collections.abc import Sequence
from typing import Any

from server.core.actor import Cap
from server.staff import queries
from server.staff.models import Person, Role
from server.staff.operations.sign_in import LOCK_AFTER


def people(rows: Sequence[Person]) -> list[dict[str, Any]]:
    """People with their roles, and whether they are locked out somewhere."""
    roles = queries.roles_of(row.id for row in rows)
    locked = queries.locked_people(at_least=LOCK_AFTER)
    return [
        {
            "id": row.id,
            "name": row.name,
            "language": row.language,
            "email": row.email,
            "has_pin": row.pin_hash is not None,
            "has_password": row.password_hash is not None,
            "is_locked": row.id in locked,
            "roles": roles.get(row.id, []),
            "rev": row.rev,
            "archived_at": row.archived_at,
        }
        for row in rows
    ]


def person(row: Person) -> dict[str, Any]:
    """One person."""
    return people([row])[0]


def roles(rows: Sequence[Role]) -> list[dict[str, Any]]:
    """Roles with their rights."""
    rights = queries.rights_of_roles(row.id for row in rows)
    return [
        {"id": row.id, "name": row.name, "rights": queries.rights_as_rows(rights[row.id]), "rev": row.rev}
        for row in rows
    ]


def role(row: Role) -> dict[str, Any]:
    """One role."""
    return roles([row])[0]


def role_pairs(rows: Sequence[dict[str, Any]]) -> list[tuple[int, int | None]]:
    """Roles of a person as they came in."""
    return [(row["role_id"], row["branch_id"]) for row in rows]


def caps(rows: Sequence[dict[str, Any]]) -> dict[str, Cap]:
    """Rights of a role as they came in."""
    return {row["right"]: Cap(row["cap_bp"], row["cap_minor"]) for row in rows}
