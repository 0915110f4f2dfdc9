"""The owner's first steps: a one-use link leads from name, tax id and address to a shop that can sell."""

import hashlib
import secrets
from typing import Any

import sqlalchemy as sa

from server.cash import operations as cash
from server.core import actor, clock, tenant
from server.core.errors import Trouble
from server.core.transaction import control_writing, session
from server.staff import operations as staff
from server.staff.operations import SignedIn
from server.tenants import furnishing
from server.tenants.furnishing import FIRST_REGISTER, Premises
from server.tenants.models import SetupToken

LINK_LIVES_MS = 14 * 86_400_000


class SetupLinkUnknown(Trouble):
    """This link is wrong, too old, or the shop has been set up by it already."""

    status = 422
    code = "setup_link_unknown"


def make_link(port: int) -> str:
    """A link at which the owner of the tenant in force begins; its secret is kept nowhere."""
    token, now = secrets.token_urlsafe(24), clock.now_ms()
    session().add(SetupToken(hash=_hash(token), made_at=now, expires_at=now + LINK_LIVES_MS))
    session().flush()
    return f"http://{tenant.current().slug}.localhost:{port}/app/setup?token={token}"


def require_open(token: str) -> SetupToken:
    """The link's row while it can be used. Raises SetupLinkUnknown."""
    row = session().scalars(sa.select(SetupToken).where(SetupToken.hash == _hash(token)).with_for_update()).first()
    if row is None or row.used_at is not None or row.expires_at <= clock.now_ms():
        raise SetupLinkUnknown
    return row


def begin(body: dict[str, Any]) -> tuple[SignedIn, int, int]:
    """Furnish the shop, take its owner on and sign them in; the link is used up in the same commit.

    Returns the sign-in, the branch and the register. Raises SetupLinkUnknown.
    """
    row = require_open(body["token"])
    row.used_at = clock.now_ms()
    owner, company = body["owner"], body["company"]
    with actor.acting(actor.SYSTEM):
        made = furnishing.furnish(Premises(**company, language=owner["language"]))
        person = furnishing.take_on_owner(made, **owner)
        register = cash.create_register(made.branch.id, FIRST_REGISTER, FIRST_REGISTER)
    _rename(company["name"])
    return staff.start_session(person, None, None), made.branch.id, register.id


def _rename(name: str) -> None:
    """The operator's list shows the name that the owner gave."""
    tenant_id = tenant.current().id
    with control_writing() as control:
        control.execute(sa.update(tenant.TenantRow).where(tenant.TenantRow.id == tenant_id).values(name=name))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
