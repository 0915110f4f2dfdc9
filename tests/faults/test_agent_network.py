"""The network between agent and broker: it flaps, and it falls silent without telling anybody."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import wire
from edge_agent.agent import Agent, Identity
from edge_agent.transport import Broker
from fixtures.waiting import wait_for
from tests.edge_agent.conftest import broker
from tests.edge_agent.shop import PrivateBroker, Shop, paper
from tests.faults.proxy import CALM, ChaosProxy, Weather

__all__ = ["broker"]

FLAPS = 3
FLAP_S, CALM_S = 1.0, 4.0
OFFLINE_AFTER_S = 25.0
GONE = Weather(refuse=1)


@pytest.fixture
def network(broker: PrivateBroker) -> Iterator[ChaosProxy]:
    """The way of the agent to its broker."""
    with ChaosProxy(broker.port, seed=9) as proxy:
        yield proxy


@pytest.fixture
def shop(broker: PrivateBroker, network: ChaosProxy, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose agent goes through the network, while the bridge stands at the broker."""
    one = Shop(tmp_path, broker.port)
    identity = Identity(one.address, Broker("127.0.0.1", network.port, one.address.agent, "", ""))
    one.agent = Agent(identity, one.sim.config, tmp_path, switches=one.sim.switches)
    one.agent.start()
    one.bridge.wait_online()
    one.bridge.wait_for_state("receipt-1", "ready")
    yield one
    one.close()


def presences(shop: Shop) -> list[str]:
    """What was told of the agent, the oldest first."""
    return [wire.Presence.from_json(body).state for topic, body, _ in shop.bridge.messages if topic.kind == "presence"]


def test_a_network_that_flaps_a_second_in_five_is_no_false_offline_and_prints_nothing_twice(
    shop: Shop, network: ChaosProxy
) -> None:
    jobs = []
    for flap in range(FLAPS):
        network.weather = GONE
        network.reset_all()
        jobs.append(shop.bridge.send(shop.bridge.command("print", "receipt-1", paper(f"Kəsinti {flap}"))))
        _let_pass(FLAP_S)
        network.weather = CALM
        jobs.append(shop.bridge.send(shop.bridge.command("print", "receipt-1", paper(f"Bağlantı {flap}"))))
        _let_pass(CALM_S)
    for job in jobs:
        shop.bridge.wait_for_stage(job, "done")

    assert "offline" not in presences(shop)
    assert presences(shop).count("online") == 1 + FLAPS
    assert len(shop.world.printer.papers) == 2 * FLAPS
    assert all(shop.bridge.stages(job).count("done") == 1 for job in jobs)


def test_a_half_open_connection_is_offline_within_25_seconds_and_what_waited_arrives_once_after_it(
    shop: Shop, network: ChaosProxy
) -> None:
    network.fall_silent()
    began_s = time.monotonic()
    job = shop.bridge.send(shop.bridge.command("print", "receipt-1", paper("Səssizlikdə")))

    wait_for(lambda: presences(shop)[-1] == "offline", OFFLINE_AFTER_S, "the word that the agent is gone")
    assert time.monotonic() - began_s <= OFFLINE_AFTER_S
    assert shop.world.printer.papers == []
    network.speak()
    network.reset_all()

    shop.bridge.wait_for_stage(job, "done")
    wait_for(lambda: presences(shop)[-1] == "online", what="the agent online again")
    assert len(shop.world.printer.papers) == 1


def _let_pass(seconds: float) -> None:
    """The weather holds for so long; nothing is looked at meanwhile."""
    until_s = time.monotonic() + seconds
    wait_for(lambda: time.monotonic() > until_s, timeout_s=seconds + 5)
