"""Who may give or take which rights: nobody goes beyond one's own, and someone who may manage people always remains."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping

import sqlalchemy as sa

from server.core import actor
from server.core.actor import Cap
from server.core.errors import NotAllowed, Trouble
from server.core.transaction import session
from server.staff import queries
from server.staff.models import Person, PersonRole, RoleRight
from server.staff.roles import reaches


class LastOwner(Trouble):
    """Someone must remain who may manage people in every branch."""

    status = 409
    code = "last_owner"


def require_within_own(rights: Mapping[str, Cap]) -> None:
    """Refuse rights that go beyond the actor's own. Raises NotAllowed with the first of them."""
    who = actor.current()
    if who.kind == "system":
        return
    for right, cap in rights.items():
        if right not in who.rights or not reaches(who.rights[right], cap):
            raise NotAllowed("nobody gives more than they have", code="beyond_own_rights", params={"right": right})


def require_above(person: Person) -> None:
    """Refuse to touch someone who may do more than the actor: a PIN set by oneself would lend one those rights."""
    if person.id != actor.current().person_id:
        require_within_own(queries.rights_of([person.id])[person.id])


def require_branches(branch_ids: Iterable[int | None]) -> None:
    """Refuse roles in branches where the actor does not work. Raises NotAllowed."""
    own = actor.current().branch_ids
    if own is not None and any(branch_id is None or branch_id not in own for branch_id in branch_ids):
        raise NotAllowed("another branch", code="beyond_own_rights", params={"right": "branch"})


@contextlib.contextmanager
def an_owner_remains() -> Iterator[None]:
    """Refuse a change after which nobody could manage people any more. Raises LastOwner."""
    had_one = _has_owner()
    yield
    session().flush()
    if had_one and not _has_owner():
        raise LastOwner


def _has_owner() -> bool:
    query = sa.select(Person.id).join(PersonRole, PersonRole.person_id == Person.id)
    query = query.join(RoleRight, RoleRight.role_id == PersonRole.role_id)
    query = query.where(RoleRight.right == "staff.manage", PersonRole.branch_id.is_(None), Person.archived_at.is_(None))
    return session().scalar(query.limit(1)) is not None
