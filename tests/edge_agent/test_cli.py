"""The command, as a supervisor starts it."""

import fcntl
import http.client
import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from edge_agent import cli, wire
from fixtures.private import start
from fixtures.waiting import free_port, is_open, wait_for
from tests.edge_agent.shop import Bridge
from tests.edge_agent.test_enrol import ANSWER, Server

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "firmware_configs" / "agent.example.toml"


def test_the_example_is_found_right(capsys):
    assert cli.main(["config", "check", "--config", str(EXAMPLE)]) == 0

    assert "receipt-1: printer" in capsys.readouterr().out


def test_a_wrong_file_is_told_with_its_line(tmp_path, capsys):
    path = tmp_path / "agent.toml"
    path.write_text('schema = 1\n[device.bell-1]\nclass = "bell"\npin = 99\n')

    assert cli.main(["config", "check", "--config", str(path)]) == 2

    assert f"{path}:4: BellConfig.pin: 99" in capsys.readouterr().err


def test_run_without_devices_says_what_it_needs(capsys):
    assert cli.main(["run"]) == 2

    assert "--config" in capsys.readouterr().err


def test_run_without_an_identity_says_how_to_enrol(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv(cli.TOKEN_FILE, raising=False)

    assert cli.main(["run", "--config", str(EXAMPLE), "--state", str(tmp_path)]) == 2

    assert "not enrolled" in capsys.readouterr().err


@pytest.fixture
def server(broker):
    one = Server()
    one.answer = json.dumps(ANSWER | {"broker": {"host": "127.0.0.1", "port": broker.port}}).encode()
    yield one
    one.close()


def test_a_supervised_agent_waits_for_its_token_enrols_and_serves_its_virtual_shop(broker, server, tmp_path):
    bridge = Bridge(broker.port, wire.Address("market", "m1", ANSWER["key"]))
    sim_port, token = free_port(), tmp_path / "token"
    settings = {cli.TOKEN_FILE: str(token), cli.SERVER: server.url, cli.HOST: "market.localhost:8000"}
    command = [
        sys.executable,
        "-m",
        "edge_agent",
        "run",
        "--sim",
        "--sim-port",
        str(sim_port),
        "--state",
        str(tmp_path / "s"),
    ]
    program = start(command, tmp_path / "log", cwd=ROOT, env=os.environ | settings)
    process = program.process
    try:
        wait_for(lambda: is_open(sim_port), what="the virtual shop")
        assert server.asked == []
        token.write_text("token-1\n")
        bridge.wait_online()
        job = bridge.send(bridge.command("open", "drawer-1", wire.OpenArgs()))
        bridge.wait_for_stage(job, "done")
        connection = http.client.HTTPConnection("127.0.0.1", sim_port)
        connection.request("GET", "/state")
        assert json.loads(connection.getresponse().read())["drawers"][0]["open"] is True
        connection.close()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        bridge.close()
    assert [asked[2]["token"] for asked in server.asked] == ["token-1"]


def test_a_port_that_is_taken_is_told(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert cli.main(["run", "--sim", "--sim-port", str(port), "--state", str(tmp_path)]) == 2

    assert f"port {port}" in capsys.readouterr().err


def test_two_agents_never_share_a_state_folder(tmp_path, capsys):
    with (tmp_path / "agent.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert cli.main(["run", "--config", str(EXAMPLE), "--state", str(tmp_path)]) == 2

    assert "another agent" in capsys.readouterr().err


def test_enrol_by_hand_keeps_an_identity(server, tmp_path, capsys):
    wish = [
        "enrol",
        "--server",
        server.url,
        "--host-header",
        "market.localhost:8000",
        "--token",
        "t",
        "--state",
        str(tmp_path),
    ]

    assert cli.main(wish) == 0

    assert "pos/v1/market/m1/a1b2c3d4e5f6" in capsys.readouterr().out
    assert (tmp_path / "identity.json").exists()
