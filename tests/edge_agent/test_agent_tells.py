"""What the agent tells of its devices and of itself, and what the server may set."""

import uuid

from edge_agent import wire
from edge_agent.wire.message import digest
from fixtures.waiting import wait_for
from tests.edge_agent.shop import paper


def test_a_scan_reaches_the_server_within_its_life(shop):
    shop.bridge.wait_for_state("scanner-1", "ready")

    shop.world.scanner.scan("4006381333931")

    shop.bridge.wait(lambda: shop.bridge.events)
    event = shop.bridge.events[0]
    assert (event.device, event.event) == ("scanner-1", "scan")
    assert event.body == {"code": "4006381333931", "symbology": "]E0"}
    assert event.age_ms < wire.SCAN_LIFE_MS


def test_a_watched_scale_streams_its_weight(shop):
    shop.world.scale.put(1234)

    shop.bridge.send(shop.bridge.command("watch", "scale-1", wire.WatchArgs(), seq=0))

    shop.bridge.wait(lambda: weights(shop))
    assert weights(shop)[-1] == wire.LiveWeight(device="scale-1", grams=1234, stable=True)
    shop.world.scale.put(1300, is_stable=False)
    shop.bridge.wait(lambda: not weights(shop)[-1].stable)
    assert shop.bridge.acks == []


def weights(shop):
    return [wire.LiveWeight.from_json(body) for topic, body, _ in shop.bridge.messages if topic.kind == "device_live"]


def test_a_customer_display_shows_the_newest_lines(shop):
    shop.bridge.send(shop.bridge.command("show", "display-1", wire.ShowArgs(lines=("Alma 1.25 kq", "3.00")), seq=0))
    wait_for(lambda: shop.world.display.lines == ["Alma 1.25 kq".ljust(20), "3.00".ljust(20)])

    shop.bridge.send(shop.bridge.command("show", "display-1", wire.ShowArgs(), seq=0))

    wait_for(lambda: shop.world.display.lines == [" " * 20] * 2)
    assert shop.bridge.acks == []


def test_a_bell_rings_its_pattern(shop):
    job = shop.bridge.send(shop.bridge.command("ring", "bell-1", wire.RingArgs(pattern="new")))

    shop.bridge.wait_for_stage(job, "done")

    assert (shop.world.bell.rings, shop.world.bell.is_ringing) == (2, False)


def test_reports_that_nobody_confirmed_come_again_after_a_reconnect(shop):
    shop.bridge.confirms = False
    job = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))
    shop.bridge.wait_for_stage(job, "done")
    shop.shut()
    shop.bridge.acks.clear()
    shop.bridge.confirms = True

    shop.open()

    shop.bridge.wait_for_stage(job, "done")
    assert shop.bridge.stages(job) == ["received", "started", "done"]
    wait_for(lambda: shop.agent.spool.up_range()[2] == 0)


def test_the_server_can_settle_what_was_uncertain(shop):
    shop.world.printer.turn(die_after=60)
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper(*["Sətir"] * 20)))
    shop.bridge.wait_for_stage(job, "uncertain")

    shop.bridge.publish("sync", wire.SyncDown(session=1, forget=(job,)).to_json())

    wait_for(lambda: shop.agent.spool.open_commands() == [])


def test_a_device_can_be_switched_off_by_the_server_and_nothing_more(shop):
    bad = {"devices": {"receipt-1": {"host": "10.0.0.9"}}}
    shop.bridge.publish("config", wire.Config(rev=2, doc=bad, sha256=digest(bad)).to_json())
    good = {"devices": {"bell-1": {"enabled": False}}}
    shop.bridge.publish("config", wire.Config(rev=3, doc=good, sha256=digest(good)).to_json())

    job = shop.bridge.send(shop.bridge.command("ring", "bell-1", wire.RingArgs()))

    assert shop.bridge.wait_for_stage(job, "rejected").reason == "unsupported"
    assert shop.agent.spool.remembered("config_rev") == "3"


def test_a_full_spool_refuses_papers_says_so_and_goes_on_when_there_is_room(shop):
    base = shop.agent.spool._base
    with shop.agent.spool._lock:
        base.execute(f"PRAGMA max_page_count = {base.execute('PRAGMA page_count').fetchone()[0]}")
    long = paper(*["x" * 900] * 40)
    job = shop.bridge.command("print", "receipt-1", long)
    shop.bridge.send(job)
    assert shop.bridge.wait_for_stage(job.id, "rejected").reason == "spool_full"

    with shop.agent.spool._lock:
        base.execute("PRAGMA max_page_count = 1000000")
    shop.bridge.send(job)

    shop.bridge.wait_for_stage(job.id, "done")
    assert len(shop.world.printer.papers) == 1


def test_the_greeting_says_what_is_there(shop):
    shop.bridge.wait(lambda: any(topic.kind == "sync" for topic, _, _ in shop.bridge.messages))
    kinds = [(topic.kind, topic.device) for topic, _, _ in shop.bridge.messages]
    announced = {device for kind, device in kinds if kind == "device_announce"}

    assert announced == {"receipt-1", "drawer-1", "scale-1", "scanner-1", "display-1", "bell-1"}
    assert kinds.index(("presence", None)) < kinds.index(("announce", None)) < kinds.index(("sync", None))
    [drawer] = [
        body for topic, body, _ in shop.bridge.messages if (topic.kind, topic.device) == ("device_announce", "drawer-1")
    ]
    assert wire.DeviceAnnounce.from_json(drawer).parent == "receipt-1"


def test_warnings_reach_the_server_and_a_flood_of_them_does_not(shop):
    for _ in range(30):
        shop.bridge.publish("cmd", b"no command")

    def lines():
        return [wire.LogLine.from_json(body) for topic, body, _ in shop.bridge.messages if topic.kind == "log"]

    shop.bridge.wait(lines)
    job = shop.bridge.send(shop.bridge.command("ring", "bell-1", wire.RingArgs()))
    shop.bridge.wait_for_stage(job, "done")
    assert lines()[0].level == "WARNING"
    assert "is dropped" in lines()[0].text
    assert len(lines()) == 10


def test_an_agent_that_ends_says_goodbye(shop):
    shop.shut()

    def is_offline():
        told = [body for topic, body, _ in shop.bridge.messages if topic.kind == "presence"]
        return wire.Presence.from_json(told[-1]).state == "offline"

    shop.bridge.wait(is_offline)


def test_two_agents_share_a_broker_and_hear_only_their_own(shop):
    other = wire.Address("market", "m1", uuid.uuid4().hex[:12])
    foreign = shop.bridge.command("open", "drawer-1", wire.OpenArgs())
    shop.bridge._client.publish(other.down("cmd"), foreign.to_json(), qos=1)

    own = shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))

    shop.bridge.wait_for_stage(own, "done")
    assert len(shop.world.drawer.pulses) == 1
