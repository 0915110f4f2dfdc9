"""The agent dies without warning at every step of a job; afterwards the papers are counted."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent import wire
from fixtures.waiting import wait_for
from tests.edge_agent.escpos_decoder import read
from tests.edge_agent.shop import Shop, paper

ROOT = Path(__file__).parents[2]
INSIDE = ROOT / "tests" / "faults" / "crashing" / "inside"


class Process:
    """The agent as a process of its own, on the devices of a shop."""

    def __init__(self, shop, crash_at=""):
        world = shop.world
        config = shop.folder / "agent.toml"
        config.write_text(
            'schema = 1\n[device.receipt-1]\nclass = "printer"\nprofile = "virtual"\npoll_ms = 300\n'
            f'link = {{ kind = "tcp", host = "127.0.0.1", port = {world.printer.port} }}\n'
            '[device.receipt-1.drawer]\nname = "drawer-1"\nopen_level = "high"\n'
        )
        identity = {
            "key": shop.address.agent, "tenant": "market", "site": "m1", "username": "", "password": "",
            "broker": {"host": "127.0.0.1", "port": shop.port},
        }  # fmt: skip
        (shop.folder / "identity.json").write_text(json.dumps(identity))
        crash_file = shop.folder / "crash"
        crash_file.write_text(f"{crash_at} {crash_at}:1")
        command = [sys.executable, "-m", "edge_agent", "run", "--config", config, "--state", shop.folder]
        self.log = (shop.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env=os.environ | {"AISALES_CRASH_FILE": str(crash_file), "PYTHONPATH": str(INSIDE)},
            stderr=self.log,
        )

    def wait_for_crash(self):
        assert self.process.wait(20) == -signal.SIGKILL

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(20)
        self.log.close()


@pytest.fixture
def shop(broker, tmp_path):
    one = Shop(tmp_path, broker.port)
    yield one
    one.close()


@pytest.fixture
def agent(shop):
    """Starts the agent as a process; the last one ends with the test."""
    started = []

    def agent(crash_at=""):
        for one in started:
            one.end()
        shop.bridge.messages.clear()
        started.append(Process(shop, crash_at))
        if not crash_at:
            shop.bridge.wait_for_state("receipt-1", "ready")
        return started[-1]

    yield agent
    for one in started:
        one.end(signal.SIGKILL)


def crash_with(shop, agent, point, command):
    """Send a command to an agent that dies at a point, then start it again."""
    process = agent(point)
    shop.bridge.wait_for_state("receipt-1", "ready")
    shop.bridge.send(command)
    process.wait_for_crash()
    agent()


SETTLED = {
    "spool-take.after": ("done", 1),
    "spool-claimed.after": ("done", 1),
    "spool-sending.after": ("uncertain", 0),
    "spool-sent.after": ("uncertain", 1),
    "spool-done.after": ("done", 1),
}


@pytest.mark.parametrize("point", SETTLED)
def test_a_receipt_never_comes_out_twice_whatever_the_agent_was_doing(shop, agent, point):
    command = shop.bridge.command("print", "receipt-1", paper("Bir dəfə"))

    crash_with(shop, agent, point, command)

    stage, papers = SETTLED[point]
    shop.bridge.wait_for_stage(command.id, stage)
    wait_for(lambda: len([one for one in shop.world.printer.papers if one.is_cut]) == papers)
    assert set(shop.bridge.stages(command.id)) & {"done", "uncertain"} == {stage}


@pytest.mark.parametrize("point", ["spool-sending.after", "spool-sent.after"])
def test_a_kitchen_ticket_comes_out_again_and_says_so(shop, agent, point):
    command = shop.bridge.command("print", "receipt-1", paper("Dolma", kind="ticket"))

    crash_with(shop, agent, point, command)

    shop.bridge.wait_for_stage(command.id, "done")
    papers = read(bytes(shop.world.printer.raw), {0: "cp437", 13: "cp857"}).papers
    assert "POSSIBLE DUPLICATE" in papers[-1].lines[0]


@pytest.mark.parametrize(
    ("point", "pulses"), [("spool-take.after", 1), ("spool-claimed.after", 1), ("spool-sending.after", 0)]
)
def test_a_drawer_opens_once_or_not_at_all(shop, agent, point, pulses):
    command = shop.bridge.command("open", "drawer-1", wire.OpenArgs())

    crash_with(shop, agent, point, command)

    shop.bridge.wait(lambda: {"done", "failed", "expired"} & set(shop.bridge.stages(command.id)))
    assert len(shop.world.drawer.pulses) <= pulses


def test_a_terminated_agent_says_goodbye_and_ends_at_once(shop, agent):
    process = agent()

    process.end()

    assert process.process.returncode == 0
    told = [wire.Presence.from_json(body).state for topic, body, _ in shop.bridge.messages if topic.kind == "presence"]
    assert told[-1] == "offline"
