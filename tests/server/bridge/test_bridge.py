"""The bridge against a real broker: agents are let in, jobs go out once, messages come in, and walls hold."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pytest

from edge_agent import wire
from fixtures.mosquitto import Mosquitto
from fixtures.valkey import Valkey
from fixtures.waiting import wait_for
from server.app import create_app
from server.bridge import main as bridge
from server.bridge.link import Link, Will
from server.core import actor, clock, live, tenant
from server.core.config import Config
from server.core.doors import App
from server.core.ids import new_id
from server.core.tenant import Tenant
from server.core.transaction import reading, writing, writing_despite
from server.devices import operations as devices
from server.devices import queries
from server.devices.operations.enrolment import BrokerNotReady, Enrolled
from server.stores import operations as stores
from server.tenants import provisioning

PAPER = wire.PrintArgs(kind="receipt", doc=wire.Document(blocks=(wire.Text(text="Çörək"), wire.Cut()))).to_dict()


@dataclass
class Site:
    """A running bridge with two shops on it."""

    app: App
    config: Config
    mosquitto: Mosquitto
    valkey: Valkey
    shops: list[Tenant] = field(default_factory=list)
    branches: list[int] = field(default_factory=list)


@dataclass
class FakeAgent:
    """An agent made of nothing but a connection: it says what the test wants it to say."""

    address: wire.Address
    link: Link
    n: int = 0

    def say(self, topic: str, message: wire.Message, *, qos: int = 1) -> None:
        """Publish a message, whatever the broker thinks of it."""
        assert self.link.publish(topic, message.to_json(), qos=qos)

    def is_there(self) -> None:
        """Presence, announcement of a printer and a scanner."""
        now = wire.utc_text(clock.now_ms())
        self.say(self.address.up("presence"), wire.Presence(state="online", boot_id="b", session=1, sent_at=now))
        for device, kind, ops in (("receipt-1", "printer", ("print",)), ("scanner-1", "scanner", ())):
            announce = wire.DeviceAnnounce(device=device, device_class=kind, driver="test", ops=ops)
            self.say(self.address.device(device, "announce"), announce)

    def heard(self, kind: str) -> Any:
        """The next message on `down/<kind>`."""

        def look() -> bytes | None:
            while not self.link.arrivals.empty():
                arrival = self.link.arrivals.get()
                arrival.done()
                if arrival.topic == self.address.down(kind):
                    return arrival.payload
            return None

        return json.loads(wait_for(look, what=f"down/{kind}"))

    def report(self, command: dict[str, Any], stage: wire.Stage) -> None:
        """Report a stage of a job."""
        self.n += 1
        ack = wire.Ack(cmd_id=command["id"], stage=stage, n=self.n, attempt=1, boot_id="b", session=1, confirmed=True)
        self.say(self.address.up("ack"), ack)

    def scan(self, code: str) -> None:
        """A scan, as the scanner's driver says it."""
        self.n += 1
        event = wire.DeviceEvent(
            n=self.n,
            event_id=str(new_id()),
            device="scanner-1",
            event="scan",
            boot_id="b",
            session=1,
            happened_at=wire.utc_text(clock.now_ms()),
            body={"code": code, "symbology": None},
        )
        self.say(self.address.device("scanner-1", "event"), event)


@pytest.fixture
def site(tmp_path: Path, mosquitto: Mosquitto, valkey: Valkey) -> Iterator[Site]:
    """Two shops with a branch each, and the bridge at work."""
    config = Config(
        data=tmp_path,
        control_url=f"sqlite:///{tmp_path}/control.db",
        redis_url=valkey.url,
        mqtt_url=mosquitto.url,
        mqtt_admin_file=mosquitto.admin_file,
        secret=b"of this test",
    )
    made = Site(create_app(config), config, mosquitto, valkey)
    with made.app.app_context():
        provisioning.prepare_control()
        made.shops = [
            provisioning.create_database(f"{tmp_path.name[:20].replace('_', '-')}-{n}", "Shop") for n in (1, 2)
        ]
    for one in made.shops:
        with tenant.tenant_scope(made.app, one), actor.acting(actor.SYSTEM), writing():
            company = stores.create_company(name="Şirkət", tax_id="9909900991")
            made.branches.append(stores.create_branch(company.id, "B1", "Mərkəz").id)
    stopping = threading.Event()
    running = threading.Thread(target=bridge.run, args=(config, stopping))
    running.start()
    yield made
    stopping.set()
    running.join(10)
    assert not running.is_alive()


def in_shop(site: Site, number: int, call: Callable[[], Any]) -> Any:
    """Do something in a shop, in a writing transaction."""
    with tenant.tenant_scope(site.app, site.shops[number]), actor.acting(actor.SYSTEM), writing():
        return call()


def enrolled(site: Site, number: int) -> Enrolled:
    """A machine that was let in as an agent of a shop, once the broker knows it."""
    token = in_shop(site, number, lambda: devices.make_enrol_token(site.branches[number]))

    def ask() -> Enrolled | None:
        with tenant.tenant_scope(site.app, site.shops[number]), actor.acting(actor.SYSTEM):
            try:
                with writing_despite(BrokerNotReady):
                    return devices.enrol(token=token, name="Agent", model="test", sw="1")
            except BrokerNotReady:
                return None

    return wait_for(ask, what="the agent's credential")


def connected(
    site: Site,
    agent: Enrolled,
    *,
    filters: list[str] | None = None,
    client_id: str | None = None,
    will: Will | None = None,
) -> FakeAgent:
    """A connection with an agent's credential."""
    address = wire.Address(agent.tenant, agent.site, agent.key)
    url = f"mqtt://{agent.username}:{agent.password}@{site.mosquitto.host}:{site.mosquitto.port}"
    wanted = [address.down_filter, wire.SERVER_STATE] if filters is None else filters
    link = Link(url, client_id or agent.key, filters=wanted, will=will)
    link.start()
    return FakeAgent(address, link)


@pytest.fixture
def agent(site: Site) -> Iterator[FakeAgent]:
    """An agent of the first shop that is there with its devices."""
    made = connected(site, enrolled(site, 0))
    wait_for(made.link.is_up.is_set, what="the agent's connection")
    made.is_there()
    wait_for(lambda: device_id(site, "receipt-1"), what="the printer")
    wait_for(lambda: device_id(site, "scanner-1"), what="the scanner")
    yield made
    made.link.stop()


def device_id(site: Site, name: str) -> int | None:
    """The id of a device of the first shop, once it was announced and its agent is online."""
    with tenant.tenant_scope(site.app, site.shops[0]), reading():
        pairs = queries.devices_with_agents()
        return next((device.id for device, agent in pairs if device.name == name and agent.is_online), None)


def print_something(site: Site) -> str:
    """Post a receipt to the first shop's printer."""
    job_id, device = new_id(), device_id(site, "receipt-1")
    assert device is not None
    in_shop(
        site,
        0,
        lambda: devices.post_job(
            job_id=job_id, device_id=device, op="print", args=PAPER, cause_kind="sale", cause_id=job_id
        ),
    )
    return str(job_id)


def stage_of(site: Site, job_id: str) -> str:
    """Where a job stands."""
    with tenant.tenant_scope(site.app, site.shops[0]), reading():
        return queries.job(uuid.UUID(job_id)).stage


def test_a_posted_job_reaches_its_agent_and_its_end_comes_back(site: Site, agent: FakeAgent) -> None:
    job_id = print_something(site)

    command = agent.heard("cmd")
    agent.report(command, "received")
    agent.report(command, "done")

    assert command["id"] == job_id
    assert command["args"] == PAPER
    wait_for(lambda: stage_of(site, job_id) == "done", what="the end of the job")
    assert agent.heard("sync")["acked"]


def test_reports_in_any_order_and_twice_give_the_same_end(site: Site, agent: FakeAgent) -> None:
    print_something(site)
    command = agent.heard("cmd")

    for stage in ("done", "received", "started", "done"):
        agent.report(command, stage)  # type: ignore[arg-type]
    last = agent.n

    wait_for(lambda: last in agent.heard("sync")["acked"], what="the receipt for the last report")
    assert stage_of(site, command["id"]) == "done"


def test_a_job_that_was_not_received_is_sent_again_with_its_number(site: Site, agent: FakeAgent) -> None:
    print_something(site)

    first, second = agent.heard("cmd"), agent.heard("cmd")

    assert (first["id"], first["seq"]) == (second["id"], second["seq"])


def test_after_connecting_an_agent_gets_what_it_has_not_begun(site: Site, agent: FakeAgent) -> None:
    job_id = print_something(site)
    agent.report(agent.heard("cmd"), "received")
    wait_for(lambda: stage_of(site, job_id) == "received", what="the report")

    agent.say(agent.address.up("sync"), wire.SyncUp(boot_id="b", session=1))

    assert agent.heard("cmd")["id"] == job_id


def test_a_scan_reaches_the_streams_of_its_terminals(site: Site, agent: FakeAgent) -> None:
    terminal = in_shop(
        site, 0, lambda: devices.pair_here(branch_id=site.branches[0], name="K1", public_key="k")
    ).terminal
    with site.valkey.client().pubsub(ignore_subscribe_messages=True) as stream:
        stream.subscribe(live.key(site.shops[0].id, "live"))
        stream.get_message(timeout=1)

        agent.scan("4760000000017")
        message = wait_for(lambda: _event(stream, "scan"), what="the scan")

    assert message["data"]["code"] == "4760000000017"
    assert message["terminal"] == terminal.id


def test_a_disabled_agent_is_cut_off_at_once(site: Site, agent: FakeAgent) -> None:
    def disable() -> None:
        found = queries.agent_of_key(agent.address.agent)
        assert found is not None
        devices.disable_agent(found)

    in_shop(site, 0, disable)

    wait_for(lambda: not agent.link.is_up.is_set(), what="the end of the connection")


def test_an_agent_hears_nothing_of_another_shop_and_cannot_speak_there(site: Site, agent: FakeAgent) -> None:
    spy_of = enrolled(site, 1)
    theirs = agent.address.prefix
    filters = ["#", f"{theirs}/#", "pos/v1/+/+/+/down/#", f"$share/g/{theirs}/down/cmd", "$SYS/#", "$CONTROL/#"]
    forged = wire.Presence(state="offline", boot_id="x", session=9, sent_at=wire.utc_text(clock.now_ms()))
    will = Will(agent.address.up("presence"), forged.to_json())
    spy = connected(site, spy_of, filters=filters, will=will)
    wait_for(spy.link.is_up.is_set, what="the spy's connection")

    spy.say(agent.address.up("presence"), forged)
    job_id = print_something(site)
    agent.report(agent.heard("cmd"), "done")
    wait_for(lambda: stage_of(site, job_id) == "done", what="the job's end")
    spy.link._client._sock_close()

    assert spy.link.arrivals.empty()
    assert device_id(site, "receipt-1") is not None
    spy.link.stop()


def test_a_credential_opens_no_connection_under_another_client_id(site: Site) -> None:
    known = enrolled(site, 0)

    other = connected(site, known, client_id="somebody-else")
    own = connected(site, known)
    wait_for(own.link.is_up.is_set, what="the agent's own connection")

    assert not other.link.is_up.is_set()
    other.link.stop()
    own.link.stop()


def _event(stream: Any, name: str) -> dict[str, Any] | None:
    message = stream.get_message(timeout=0.2)
    body = orjson.loads(message["data"]) if message else {}
    return body if body.get("event") == name else None
