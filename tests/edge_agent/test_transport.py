"""Connections that break: nothing is lost, nothing doubled, death is told only when it is one."""

import contextlib
import select
import socket
import threading

import pytest

from edge_agent import wire
from edge_agent.agent import Agent, Identity
from edge_agent.sim import Sim
from edge_agent.transport import Broker
from fixtures.waiting import wait_for
from tests.edge_agent.shop import Bridge, Shop, paper


class Wire:
    """A cable between agent and broker that can be cut and mended."""

    def __init__(self, port):
        self.target = port
        self.is_cut = False
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        self.is_cut = True
        for pair in self.pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def mend(self):
        self.is_cut = False

    def close(self):
        self.cut()
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.is_cut:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.target))
                self.pairs.append((client, server))
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client, server):
        with contextlib.suppress(OSError, ValueError), client, server:
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    (server if end is client else client).sendall(data)


@pytest.fixture
def cable(broker):
    one = Wire(broker.port)
    yield one
    one.close()


@pytest.fixture
def shop(broker, cable, tmp_path):
    """A shop whose agent goes through the cable while the bridge is at the broker."""
    one = Shop(tmp_path, broker.port)
    identity = Identity(one.address, Broker("127.0.0.1", cable.port, one.address.agent, "", ""))
    one.agent = Agent(identity, one.sim.config, tmp_path, switches=one.sim.switches)
    one.agent.start()
    one.bridge.wait_online()
    one.bridge.wait_for_state("receipt-1", "ready")
    yield one
    one.close()


def presences(shop):
    return [wire.Presence.from_json(body).state for topic, body, _ in shop.bridge.messages if topic.kind == "presence"]


def test_a_short_flap_is_no_death(shop, cable):
    cable.cut()
    cable.mend()

    shop.bridge.wait(lambda: presences(shop) == ["online", "online"])


def test_what_is_sent_during_a_flap_arrives_and_prints_once(shop, cable):
    cable.cut()
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Qopma zamanı")))

    cable.mend()

    shop.bridge.wait_for_stage(job, "done")
    assert len(shop.world.printer.papers) == 1


def test_sessions_rise_with_each_connection(shop, cable):
    cable.cut()
    cable.mend()

    def syncs():
        return [wire.SyncUp.from_json(body).session for topic, body, _ in shop.bridge.messages if topic.kind == "sync"]

    shop.bridge.wait(lambda: len(syncs()) == 2)
    assert syncs() == [1, 2]


def test_a_scan_of_a_broken_connection_is_forgotten_after_its_life(shop, cable):
    shop.bridge.wait_for_state("scanner-1", "ready")
    cable.cut()
    shop.world.scanner.scan("4006381333931")
    wait_for(lambda: shop.agent.spool.up_range()[2] == 1)
    row = shop.agent.spool.unconfirmed()[0]

    assert not shop.agent._post._is_stale(row, row.kept_boot_ms + wire.SCAN_LIFE_MS)
    assert shop.agent._post._is_stale(row, row.kept_boot_ms + wire.SCAN_LIFE_MS + 1)


def test_reports_made_without_a_connection_arrive_afterwards(shop, cable):
    cable.cut()
    shop.world.drawer.is_open = True
    wait_for(lambda: shop.agent.spool.up_range()[2] == 1)

    cable.mend()

    shop.bridge.wait(lambda: [event.event for event in shop.bridge.events] == ["opened"])
    wait_for(lambda: shop.agent.spool.up_range()[2] == 0)


def test_a_broker_that_lost_everything_is_greeted_anew(own_broker, tmp_path):
    shop = Shop(tmp_path, own_broker.port).open()
    shop.bridge.close()
    own_broker.kill()
    own_broker.start()
    shop.bridge = Bridge(own_broker.port, shop.address)

    shop.bridge.wait_online()
    shop.bridge.wait_for_state("receipt-1", "ready")
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Yenidən")))

    shop.bridge.wait_for_stage(job, "done")
    shop.close()


def test_a_broker_that_refuses_is_asked_again_and_nothing_breaks(own_broker, tmp_path):
    own_broker.kill()
    sim = Sim()
    address = wire.Address("market", "m1", "a1")
    identity = Identity(address, Broker("127.0.0.1", own_broker.port, "a1", "", ""))
    agent = Agent(identity, sim.config, tmp_path, switches=sim.switches)
    agent.start()
    wait_for(lambda: agent._transport.reconnects >= 1)

    agent.stop()
    sim.stop()
