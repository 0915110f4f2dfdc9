"""Which sessions and missed sign-ins are over."""

import sqlalchemy as sa

from server.core.retention import Over
from server.staff.models import PersonSession, SignInMiss


def sessions(before: int) -> Over:
    """Sessions that have expired; one that was ended expires as well."""
    return Over(PersonSession, PersonSession.expires_at < before)


def misses(before: int) -> Over:
    """Missed sign-ins, but for those that lock a person's PIN at a terminal until someone unlocks it."""
    locks = sa.and_(SignInMiss.cleared_at.is_(None), SignInMiss.person_id.is_not(None), SignInMiss.scope.like("pin:%"))
    return Over(SignInMiss, sa.and_(SignInMiss.missed_at < before, ~locks))
