"""A machine becomes an agent by a one-use token; its broker credential is wished for in the same transaction.

The saga heals itself: the token gives the same agent as often as it is shown, until that agent has been seen at the
broker; the credential stays due until the bridge has made it; the password can be worked out again each time.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from server.core import actor, audit, changes, clock, flags, outbox
from server.core.errors import Busy, Trouble
from server.core.tenant import config, current
from server.core.transaction import session
from server.devices.models import Agent, BrokerCredential, PairingCode
from server.devices.operations.credentials import want
from server.devices.operations.terminals import TOPIC
from server.devices.secrets import broker_password, new_agent_key, new_token, token_hash
from server.stores import queries as stores

TOKEN_LIVES_MS = 86_400_000


class EnrolTokenUnknown(Trouble):
    """This token is wrong or older than a day."""

    status = 422
    code = "enrol_token_unknown"


class EnrolTokenUsed(Trouble):
    """The agent of this token has already connected; a new agent needs a new token."""

    status = 409
    code = "enrol_token_used"


class BrokerNotReady(Busy):
    """The broker does not know this agent yet. Ask again in a moment with the same token."""

    code = "broker_not_ready"


@dataclass(frozen=True)
class Enrolled:
    """What an agent needs to connect. The password is in no table."""

    agent_id: int
    key: str
    tenant: str
    site: str
    username: str
    password: str


def make_enrol_token(branch_id: int) -> str:
    """A token by which one machine becomes an agent of a branch, within TOKEN_LIVES_MS. Raises NotFound."""
    stores.branch(branch_id)
    now, token = clock.now_ms(), new_token()
    session().add(
        PairingCode(
            hash=token_hash(token),
            kind="agent",
            branch_id=branch_id,
            made_by=actor.current().person_id,
            created_at=now,
            expires_at=now + TOKEN_LIVES_MS,
        )
    )
    audit.write("make_pairing_code", "branch", branch_id, after={"kind": "agent"})
    session().flush()
    return token


def enrol(*, token: str, name: str, model: str, sw: str) -> Enrolled:
    """Let a machine in as an agent. Safe to repeat with the same token until the agent has connected.

    Raises EnrolTokenUnknown, EnrolTokenUsed; BrokerNotReady once the agent is written and until the broker knows it,
    and then what was written must be committed all the same.
    """
    row = _token_row(token)
    agent = _agent_of(row, name=name, model=model, sw=sw)
    credential = session().get_one(BrokerCredential, agent.id)
    if credential.made != "enabled":
        raise BrokerNotReady
    return _answer(agent, credential)


def disable_agent(agent: Agent) -> Agent:
    """Shut an agent out of the broker: a stolen machine. Safe to repeat."""
    if agent.disabled_at is None:
        agent.disabled_at = clock.now_ms()
        agent.is_online = False
        _changed(agent, "disable_agent", "disabled")
    return agent


def shut_out_twins(agent: Agent) -> None:
    """Two machines share this agent's identity, one of them stolen: neither is let in, and a person is told."""
    disable_agent(agent)
    flags.raise_flag("agent_has_twin", "agent", str(agent.id), {"name": agent.name})


def enable_agent(agent: Agent) -> Agent:
    """Let a disabled agent in again. Safe to repeat."""
    if agent.disabled_at is not None:
        agent.disabled_at = None
        _changed(agent, "enable_agent", "enabled")
    return agent


def _token_row(token: str) -> PairingCode:
    query = sa.select(PairingCode).where(PairingCode.hash == token_hash(token), PairingCode.kind == "agent")
    row = session().scalars(query.with_for_update()).first()
    if row is None or row.expires_at <= clock.now_ms():
        raise EnrolTokenUnknown
    return row


def _agent_of(row: PairingCode, *, name: str, model: str, sw: str) -> Agent:
    if row.agent_id is None:
        return _create(row, name=name, model=model, sw=sw)
    agent = session().get_one(Agent, row.agent_id)
    if agent.seen_at is not None or agent.disabled_at is not None:
        raise EnrolTokenUsed
    return agent


def _create(row: PairingCode, *, name: str, model: str, sw: str) -> Agent:
    now, seq = clock.now_ms(), changes.take()
    agent = Agent(
        id=seq,
        key=new_agent_key(),
        branch_id=row.branch_id,
        name=name,
        model=model,
        sw=sw,
        session=0,
        last_seq=0,
        enrolled_at=now,
        rev=seq,
    )
    session().add(agent)
    session().flush()
    row.used_at, row.agent_id = now, agent.id
    want(agent.id, "enabled")
    changes.record(TOPIC, "agent", agent.id, seq=seq, branch_id=agent.branch_id)
    audit.write("enrol_agent", "agent", agent.id, after={"name": name, "model": model})
    session().flush()
    return agent


def _changed(agent: Agent, verb: str, wanted: str) -> None:
    want(agent.id, wanted)
    agent.rev = changes.record(TOPIC, "agent", agent.id, branch_id=agent.branch_id)
    audit.write(verb, "agent", agent.id, after={"name": agent.name})
    session().flush()
    outbox.posted(clock.now_ms())


def _answer(agent: Agent, credential: BrokerCredential) -> Enrolled:
    return Enrolled(
        agent_id=agent.id,
        key=agent.key,
        tenant=current().slug,
        site=stores.branch(agent.branch_id).code.lower(),
        username=agent.key,
        password=broker_password(config().secret, agent_key=agent.key, number=credential.password_no),
    )
