"""An agent that cheats: what the broker delivers is looked at, not what it answers.

After each attempt the server says a last word to everybody. The broker works in order, so whoever has heard the last
word has heard everything before it that was meant to reach them.
"""

import itertools
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from edge_agent.wire import SERVER_STATE, Address
from fixtures.mosquitto import Mosquitto
from fixtures.waiting import wait_for
from server.bridge import main as bridge
from server.bridge.security import RESPONSE, Security
from server.core.config import Config
from tests.security.mqtt import REFUSED_FROM, Client, Credential, agent_of, bridge_of, connection

CUT_OFF_WITHIN_S = 2.0
LAST_WORD = b"the last word"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Scene:
    """The victim's agent, the server's bridge, and the agent of another shop that cheats; all are connected."""

    mosquitto: Mosquitto
    security: Security
    victim_at: Address
    thief_at: Address
    victim: Client
    thief: Client
    server: Client

    def last_word(self) -> None:
        """Wait until everybody has heard what was said until now."""
        for address, agent in ((self.victim_at, self.victim), (self.thief_at, self.thief)):
            topic = address.down("sync")
            assert self.server.publish(topic, LAST_WORD) < REFUSED_FROM
            wait_for(lambda topic=topic, agent=agent: LAST_WORD in agent.payloads(topic), what="the last word")
        assert self.victim.publish(self.victim_at.up("sync"), LAST_WORD) < REFUSED_FROM
        wait_for(lambda: LAST_WORD in self.server.payloads(self.victim_at.up("sync")), what="the victim's last word")

    def retained(self, topics: str) -> list[bytes]:
        """What the broker has kept, as a bridge that comes anew is told."""
        with connection(self.mosquitto, bridge_of(self.mosquitto)) as fresh:
            assert fresh.subscribe(topics) < REFUSED_FROM
            ending = f"pos/v1/{self.thief_at.tenant}/x/y/up/sync"
            assert fresh.publish(ending, LAST_WORD) < REFUSED_FROM
            assert fresh.subscribe(ending) < REFUSED_FROM
            assert fresh.publish(ending, LAST_WORD) < REFUSED_FROM
            wait_for(lambda: fresh.payloads(ending), what="the end of what was kept")
            return [one.payload for one in fresh.heard if one.is_retained]


@pytest.fixture(scope="module")
def security(mosquitto: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Security]:
    """The administrator of the broker, as the bridge makes one."""
    folder = tmp_path_factory.mktemp("security")
    config = Config(folder, "", mqtt_url=mosquitto.url, mqtt_admin_file=mosquitto.admin_file)
    made = bridge.make_security(config)
    assert made is not None
    made.start()
    yield made
    made.stop()


def new_agent(security: Security, tenant: str, site: str = "b1") -> tuple[Address, Credential]:
    """An agent that the broker lets in."""
    address = Address(tenant, site, f"agent{next(_numbers)}-{uuid.uuid4().hex[:8]}")
    password = uuid.uuid4().hex
    security.admit(address, password)
    return address, agent_of(address, password)


@pytest.fixture(scope="module")
def connected(mosquitto: Mosquitto, security: Security) -> Iterator[Scene]:
    """Everybody is connected, and listens where they may."""
    victim_at, victim_is = new_agent(security, "market")
    thief_at, thief_is = new_agent(security, "kiosk")
    with (
        connection(mosquitto, bridge_of(mosquitto)) as server,
        connection(mosquitto, victim_is) as victim,
        connection(mosquitto, thief_is) as thief,
    ):
        for client, topics in (
            (server, "pos/v1/#"),
            (victim, victim_at.down_filter),
            (victim, SERVER_STATE),
            (thief, thief_at.down_filter),
        ):
            assert client.subscribe(topics) < REFUSED_FROM
        yield Scene(mosquitto, security, victim_at, thief_at, victim, thief, server)


@pytest.fixture
def scene(connected: Scene) -> Scene:
    """The scene with nothing heard yet."""
    for client in (connected.server, connected.victim, connected.thief):
        client.heard.clear()
    return connected


READS = [
    "#",
    "+/#",
    "pos/#",
    "pos/v1/#",
    "+/+/+/+/+/+/+",
    "pos/v1/+/+/+/down/#",
    "pos/v1/+/+/+/up/#",
    "pos/v1/market/#",
    "{victim}/#",
    "{victim}/down/#",
    "{victim}/down/cmd",
    "{victim}/up/presence",
    "{sibling}/down/#",
    "pos/v1/kiosk/+/+/down/#",
    "$share/g/{victim}/down/cmd",
    "$share/g/pos/v1/+/+/+/down/cmd",
    "$share/g/#",
    "$SYS/#",
    "$CONTROL/#",
    RESPONSE,
]


@pytest.mark.parametrize("topics", READS)
def test_an_agent_reads_nothing_of_others_by_any_filter(scene: Scene, topics: str) -> None:
    sibling = Address(scene.thief_at.tenant, "b2", "sibling")
    asked = topics.replace("{victim}", scene.victim_at.prefix).replace("{sibling}", sibling.prefix)
    commands = [b"print %d" % number for number in range(10)]

    answer = scene.thief.subscribe(asked)
    scene.victim.say(scene.victim_at.up("presence"), b"online", retain=True)
    for command in commands:
        scene.server.say(scene.victim_at.down("cmd"), command)
        scene.server.say(sibling.down("cmd"), command)
    scene.server.say(scene.victim_at.down("config"), b"kept", retain=True)
    scene.last_word()

    assert answer >= REFUSED_FROM
    assert scene.thief.payloads() == [LAST_WORD]
    assert scene.victim.payloads(scene.victim_at.down("cmd")) == commands


@pytest.mark.parametrize("topics", ["#", "{victim}/#", "{victim}/down/config", "$share/g/{victim}/down/config"])
def test_what_the_broker_has_kept_of_another_is_not_told_to_who_asks_later(scene: Scene, topics: str) -> None:
    scene.server.publish(scene.victim_at.down("config"), b"kept", retain=True)
    scene.victim.publish(scene.victim_at.up("announce"), b"kept too", retain=True)

    scene.thief.subscribe(topics.replace("{victim}", scene.victim_at.prefix))
    scene.last_word()

    assert scene.thief.payloads() == [LAST_WORD]
    assert {b"kept", b"kept too"} <= set(scene.retained(f"{scene.victim_at.prefix}/#"))


WRITES = [
    "{victim}/up/presence",
    "{victim}/up/ack",
    "{victim}/up/sync",
    "{victim}/up/dev/scanner-1/event",
    "{victim}/down/cmd",
    "{victim}/down/config",
    "{thief}/down/cmd",
    "{thief}/down/sync",
    "{sibling}/up/presence",
    "{sibling}/down/cmd",
    "pos/v1/kiosk/b1/up/presence",
    SERVER_STATE,
    "$SYS/broker/version",
    "pos",
]


@pytest.mark.parametrize("retain", [False, True], ids=["said", "kept"])
@pytest.mark.parametrize("topic", WRITES)
def test_an_agent_says_nothing_in_anothers_name(scene: Scene, topic: str, retain: bool) -> None:
    sibling = Address(scene.thief_at.tenant, "b2", "sibling")
    names = {"{victim}": scene.victim_at.prefix, "{thief}": scene.thief_at.prefix, "{sibling}": sibling.prefix}
    for name, prefix in names.items():
        topic = topic.replace(name, prefix)

    answer = scene.thief.publish(topic, b"forged", retain=retain)
    scene.last_word()

    everything = [*scene.victim.payloads(), *scene.server.payloads(), *scene.thief.payloads()]
    assert answer >= REFUSED_FROM
    assert b"forged" not in everything
    assert not retain or b"forged" not in scene.retained("pos/v1/#")


@pytest.mark.parametrize("topic", ["{victim}/up/presence", "{victim}/down/cmd", "{thief}/down/cmd", SERVER_STATE])
def test_a_forged_will_is_never_said(scene: Scene, security: Security, topic: str) -> None:
    at, who = new_agent(security, "kiosk")
    named = topic.replace("{victim}", scene.victim_at.prefix).replace("{thief}", at.prefix)
    cheat = Client(scene.mosquitto, who)
    cheat.will(named, b"forged")
    honest_at, honest_is = new_agent(security, "kiosk")
    honest = Client(scene.mosquitto, honest_is)
    honest.will(honest_at.up("presence"), b"offline")
    cheat.connect()
    assert honest.connect() == 0

    if cheat.is_up:
        cheat.break_off()
    honest.break_off()
    wait_for(lambda: b"offline" in scene.server.payloads(honest_at.up("presence")), what="the honest will")
    scene.last_word()

    assert b"forged" not in [*scene.victim.payloads(), *scene.server.payloads(), *scene.thief.payloads()]
    assert b"forged" not in scene.retained("pos/v1/#")
    cheat.end()
    honest.end()


def test_an_agent_changes_nothing_in_the_broker_s_own_rules(scene: Scene) -> None:
    role = f"agent-{scene.thief_at.agent}"
    wider = {"rolename": role, "acltype": "subscribePattern", "topic": "#", "allow": True}
    client = {"username": "backdoor", "password": "backdoor", "roles": [{"rolename": "bridge"}]}
    commands = [
        {"command": "addRoleACL", **wider},
        {"command": "createClient", **client},
        {"command": "setDefaultACLAccess", "acls": [{"acltype": "subscribe", "allow": True}]},
        {"command": "disableClient", "username": scene.victim_at.agent},
    ]

    answers = [scene.thief.publish("$CONTROL/dynamic-security/v1", json.dumps({"commands": commands}).encode())]
    answers.append(scene.thief.subscribe("#"))
    scene.last_word()

    assert min(answers) >= REFUSED_FROM
    assert scene.victim.is_up
    assert Client(scene.mosquitto, Credential("backdoor", "backdoor", "backdoor")).connect() >= REFUSED_FROM


def test_a_credential_opens_one_connection_under_its_own_client_id_only(
    scene: Scene, security: Security, mosquitto: Mosquitto
) -> None:
    at, who = new_agent(security, "kiosk")
    other = [Credential(who.username, who.password, name) for name in ("", "second", scene.victim_at.agent, "#", "+/+")]

    with connection(mosquitto, who) as own:
        assert own.subscribe(at.down_filter) < REFUSED_FROM
        answers = [Client(mosquitto, credential).connect() for credential in other]
        scene.server.publish(at.down("cmd"), b"print")
        wait_for(lambda: own.payloads(at.down("cmd")), what="the command")

        assert min(answers) >= REFUSED_FROM
        assert own.is_up and scene.victim.is_up
        assert own.payloads() == [b"print"]


def test_the_same_credential_under_the_same_client_id_is_one_connection(
    scene: Scene, security: Security, mosquitto: Mosquitto
) -> None:
    """MQTT's own rule: the newer one takes over. Never do both hear, so no paper comes out twice."""
    at, who = new_agent(security, "kiosk")
    first, second = Client(mosquitto, who), Client(mosquitto, who)
    assert first.connect() == 0
    assert first.subscribe(at.down_filter) < REFUSED_FROM

    assert second.connect() == 0
    wait_for(lambda: not first.is_up, what="the end of the first connection")
    assert second.subscribe(at.down_filter) < REFUSED_FROM
    scene.server.publish(at.down("cmd"), b"print")
    wait_for(lambda: second.payloads(), what="the command")

    assert (first.payloads(), second.payloads()) == ([], [b"print"])
    second.end()
    first.end()


@pytest.mark.parametrize("guess", ["nobody", "no password", "another's password", "another's name", "the admin"])
def test_nobody_comes_in_without_a_credential_of_their_own(
    scene: Scene, security: Security, mosquitto: Mosquitto, guess: str
) -> None:
    _, one = new_agent(security, "kiosk")
    _, two = new_agent(security, "market")
    credential = {
        "nobody": Credential("", "", "somebody"),
        "no password": Credential(one.username, "", one.client_id),
        "another's password": Credential(one.username, two.password, one.client_id),
        "another's name": Credential(two.username, one.password, two.client_id),
        "the admin": Credential("admin", one.password, "admin"),
    }[guess]

    assert Client(mosquitto, credential).connect() >= REFUSED_FROM


def test_a_disabled_agent_is_cut_off_at_once_and_stays_out_until_it_is_let_in_again(
    scene: Scene, security: Security, mosquitto: Mosquitto
) -> None:
    at, who = new_agent(security, "kiosk")
    agent = Client(mosquitto, who)
    assert agent.connect(clean=False, lasts_s=300) == 0
    assert agent.subscribe(at.down_filter) < REFUSED_FROM

    security.shut_out(at.agent)
    wait_for(lambda: not agent.is_up, CUT_OFF_WITHIN_S, "the end of the connection")
    scene.server.publish(at.down("cmd"), b"while it was out")
    again = Client(mosquitto, who)
    refused = again.connect(clean=False, lasts_s=300)
    scene.last_word()

    assert refused >= REFUSED_FROM
    assert agent.payloads() == again.payloads() == []
    security.admit(at, who.password)
    assert Client(mosquitto, who).connect() == 0


def test_what_a_disabled_agent_had_said_for_ever_is_not_told_to_a_new_listener(
    scene: Scene, security: Security, mosquitto: Mosquitto
) -> None:
    at, who = new_agent(security, "kiosk")
    with connection(mosquitto, who) as agent:
        assert agent.publish(at.up("presence"), b"online", retain=True) < REFUSED_FROM
        assert scene.retained(at.up_filter) == [b"online"]

    security.shut_out(at.agent)

    assert scene.retained(at.up_filter) == []
