"""A stolen agent, or a copy of its card: against the running bridge and the real broker."""

import itertools

from edge_agent import wire
from fixtures.waiting import wait_for
from server.bridge.twins import RETURNS
from server.core import clock, flags
from server.core.transaction import session
from server.devices import operations as devices
from server.devices import queries
from tests.security.mqtt import REFUSED_FROM, Client, Credential, agent_of
from tests.server.bridge.test_bridge import Site, enrolled, in_shop, print_something, site, stage_of

__all__ = ["site"]


def presence(boot_id: str, session: int) -> bytes:
    """What an agent says when it has connected."""
    sent_at = wire.utc_text(clock.now_ms())
    return wire.Presence(state="online", boot_id=boot_id, session=session, sent_at=sent_at).to_json()


def test_two_machines_of_one_identity_are_both_shut_out_and_a_person_is_told(site: Site) -> None:
    known = enrolled(site, 0)
    at, who = wire.Address(known.tenant, known.site, known.key), Credential(known.username, known.password, known.key)
    connections = []

    for turn, boot_id in zip(range(2 + RETURNS), itertools.cycle(["own", "copy"]), strict=False):
        client = Client(site.mosquitto, who)
        assert client.connect() == 0
        connections.append(client)
        client.say(at.up("presence"), presence(boot_id, turn))
        is_last = turn == 1 + RETURNS
        known_as = "shut out" if is_last else boot_id
        wait_for(lambda known_as=known_as: boot_of(site, at.agent) == known_as, what=f"the presence, as {known_as}")

    wait_for(lambda: not any(client.is_up for client in connections), what="the end of both")
    assert Client(site.mosquitto, who).connect() >= REFUSED_FROM
    told = in_shop(site, 0, lambda: [(flag.kind, dict(flag.detail)) for flag in session().query(flags.Flag)])
    assert told == [("agent_has_twin", {"name": "Agent"})]
    for client in connections:
        client.end()


def test_what_an_agent_says_of_anothers_job_changes_nothing(site: Site) -> None:
    """It speaks on its own topics, as the broker lets it, of a job of another agent, in another shop or in its own."""
    victim, neighbour, stranger = enrolled(site, 0), enrolled(site, 0), enrolled(site, 1)
    with_printer(site, victim)
    job_id = print_something(site)

    for one in (neighbour, stranger):
        at = wire.Address(one.tenant, one.site, one.key)
        cheat = Client(site.mosquitto, agent_of(at, one.password))
        assert cheat.connect() == 0
        assert cheat.subscribe(at.down_filter) < REFUSED_FROM
        ack = wire.Ack(cmd_id=job_id, stage="done", n=1, attempt=1, boot_id="x", session=1, confirmed=True)
        assert cheat.publish(at.up("ack"), ack.to_json()) < REFUSED_FROM
        wait_for(lambda at=at, cheat=cheat: cheat.payloads(at.down("sync")), what="the receipt for the report")
        cheat.end()

    assert stage_of(site, job_id) in ("queued", "sent")


def boot_of(site: Site, key: str) -> str | None:
    """Under which boot the server knows an agent."""

    def look() -> str | None:
        agent = queries.agent_of_key(key)
        assert agent is not None
        return "shut out" if agent.disabled_at is not None else agent.boot_id

    return in_shop(site, 0, look)  # type: ignore[no-any-return]


def with_printer(site: Site, known: devices.Enrolled) -> None:
    """An agent that is online with its printer."""

    def announce() -> None:
        agent = queries.agent_of_key(known.key)
        assert agent is not None
        devices.record_presence(agent, wire.Presence.from_json(presence("b", 1)))
        printer = wire.DeviceAnnounce(device="receipt-1", device_class="printer", driver="test", ops=("print",))
        devices.record_device_announce(agent, printer)

    in_shop(site, 0, announce)
