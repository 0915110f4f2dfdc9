"""What the broker should know of agents: an outbox whose rows the bridge makes true, and may make true twice."""

from dataclasses import dataclass

import sqlalchemy as sa

from edge_agent import wire
from server.core import clock, outbox
from server.core.tenant import config, current
from server.core.transaction import session
from server.devices.models import Agent, BrokerCredential
from server.devices.secrets import broker_password
from server.stores import queries as stores

PAUSES_MS = (1_000, 5_000, 30_000, 300_000)
TROUBLE_AT_MOST = 300


@dataclass(frozen=True)
class CredentialWish:
    """One agent as the broker should know it. `wanted`: `enabled` or `disabled`; user name and client id are alike."""

    agent_id: int
    username: str
    password: str
    address: wire.Address
    wanted: str


def want(agent_id: int, wanted: str) -> None:
    """Wish for an agent's credential, enabled or disabled."""
    now = clock.now_ms()
    row = session().get(BrokerCredential, agent_id)
    if row is None:
        row = BrokerCredential(agent_id=agent_id, password_no=1, tries=0)
        session().add(row)
    row.wanted, row.due_at, row.tries, row.trouble = wanted, now, 0, None
    session().flush()
    outbox.posted(now)


def credentials_due(limit: int = 50) -> list[CredentialWish]:
    """Wishes that are due, the oldest first. Making one twice does no harm."""
    query = sa.select(BrokerCredential, Agent).join(Agent)
    query = query.where(BrokerCredential.due_at <= clock.now_ms()).order_by(BrokerCredential.due_at).limit(limit)
    rows = session().execute(query).all()
    branches = stores.branches_by_id({agent.branch_id for _, agent in rows})
    return [_wish(credential, agent, branches[agent.branch_id].code.lower()) for credential, agent in rows]


def credential_made(agent_id: int, wanted: str) -> None:
    """The broker knows it now. A wish that changed meanwhile stays due."""
    row = session().get_one(BrokerCredential, agent_id)
    row.made, row.tries, row.trouble = wanted, 0, None
    if row.wanted == wanted:
        row.due_at = None
    session().flush()


def credential_failed(agent_id: int, trouble: str) -> None:
    """The broker refused or was away: try again later, with growing pauses."""
    row = session().get_one(BrokerCredential, agent_id)
    row.due_at = clock.now_ms() + PAUSES_MS[min(row.tries, len(PAUSES_MS) - 1)]
    row.tries += 1
    row.trouble = trouble[:TROUBLE_AT_MOST]
    session().flush()
    outbox.posted(row.due_at)


def make_all_again() -> int:
    """A broker that was wiped knows nobody: wish for every agent anew. Returns how many."""
    now = clock.now_ms()
    wish = sa.update(BrokerCredential).values(due_at=now, made=None, tries=0).returning(BrokerCredential.agent_id)
    found = session().execute(wish).all()
    outbox.posted(now)
    return len(found)


def _wish(credential: BrokerCredential, agent: Agent, site: str) -> CredentialWish:
    return CredentialWish(
        agent_id=agent.id,
        username=agent.key,
        password=broker_password(config().secret, agent_key=agent.key, number=credential.password_no),
        address=wire.Address(current().slug, site, agent.key),
        wanted=credential.wanted,
    )
