"""Which shops are active: noted in the control database, at most once an hour for each, so that work over many tenants
asks for those alone."""

import threading
import uuid

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from server.core import clock
from server.core.tenant import Placement, Tenant, TenantRow, as_value
from server.core.transaction import control_noting

NOTED_EVERY_MS = 3_600_000
IDLE_STATES = ("creating", "moving", "archived", "deleting")

log = structlog.get_logger()
_noted: dict[uuid.UUID, int] = {}
_guard = threading.Lock()


def note(who: Tenant) -> None:
    """Note that something of a shop changes now. Never raises: the next change notes it again."""
    now = clock.now_ms()
    with _guard:
        if abs(now - _noted.get(who.id, 0)) < NOTED_EVERY_MS:
            return
        _noted[who.id] = now
    is_older = sa.or_(TenantRow.last_active_at.is_(None), TenantRow.last_active_at < now)
    try:
        with control_noting() as control:
            control.execute(sa.update(TenantRow).where(TenantRow.id == who.id, is_older).values(last_active_at=now))
    except sa.exc.SQLAlchemyError as error:
        log.warning("activity_not_noted", tenant=who.slug, error=repr(error))
        with _guard:
            _noted.pop(who.id, None)


def active_since(control: Session, since: int) -> list[Tenant]:
    """Shops in which something changed since an instant, and which may be worked on now."""
    query = sa.select(TenantRow, Placement).join(Placement).where(TenantRow.last_active_at >= since)
    query = query.where(TenantRow.state.not_in(IDLE_STATES)).order_by(TenantRow.slug)
    return [as_value(*found) for found in control.execute(query).all()]
