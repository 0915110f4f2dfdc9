"""The supervisor, with small programs of its own as children."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fixtures.waiting import wait_for
from server.cli.supervisor import NotReady, Supervisor


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]):
    with Supervisor(os.environ, tmp_path, said.append) as running:
        yield running


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_child_that_dies_is_started_again(supervisor, said):
    child = supervisor.start("web", ["sleep", "60"])
    first = child.process.pid

    os.kill(first, signal.SIGKILL)
    supervisor.wait_for("a second life", lambda: child.is_alive and child.process.pid != first, 5)

    assert said == [f"web ended unexpectedly; starting it again in 0.2 s (see {child.log})"]


def test_a_child_that_cannot_live_ends_the_start_with_its_last_words(supervisor):
    supervisor.start("web", ["sh", "-c", "echo the cellar is flooded; exit 3"])

    with pytest.raises(NotReady, match="the cellar is flooded"):
        supervisor.wait_for("The web server", lambda: False, 20)


def test_a_program_that_must_finish_says_why_it_failed(supervisor):
    supervisor.finish("migrate", ["true"])

    with pytest.raises(NotReady, match="no such table"):
        supervisor.finish("migrate", ["sh", "-c", "echo no such table; exit 1"])


def test_layers_end_in_the_opposite_order_of_their_start(supervisor, tmp_path):
    order = tmp_path / "order"
    for name in ("valkey", "web", "agent"):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; echo > {tmp_path}/{name}; while :; do sleep 0.05; done"
        supervisor.start(name, ["sh", "-c", script])
        supervisor.wait_for(name, (tmp_path / name).exists, 5)
        supervisor.new_layer()

    supervisor.end()

    assert order.read_text().split() == ["agent", "web", "valkey"]


def test_a_child_that_does_not_end_is_killed_with_what_it_started(supervisor, tmp_path):
    ready = tmp_path / "ready"
    supervisor.start("web", ["bash", "-c", f"trap '' TERM; sleep 60 & echo $! > {ready}; wait; sleep 60"])
    supervisor.wait_for("the grandchild", lambda: ready.exists() and ready.read_text().strip(), 5)
    grandchild = int(ready.read_text())
    started = time.monotonic()

    supervisor.end()

    assert time.monotonic() - started < 8
    wait_for(lambda: not is_alive(grandchild), what="the end of the grandchild")


def test_no_child_outlives_a_supervisor_that_is_killed(tmp_path):
    pid_file = tmp_path / "pid"
    script = (
        "import os, sys, pathlib\n"
        "from server.cli.supervisor import Supervisor\n"
        "with Supervisor(os.environ, pathlib.Path(sys.argv[1]), print) as supervisor:\n"
        "    child = supervisor.start('web', ['sleep', '60'])\n"
        "    pathlib.Path(sys.argv[2]).write_text(str(child.process.pid))\n"
        "    supervisor.watch()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(pid_file)])
    child = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(), what="the child"))

    parent.kill()
    parent.wait()

    wait_for(lambda: not is_alive(child), what="the end of the child")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_each_way_of_ending_ends_the_watch(tmp_path, number):
    script = (
        "import os, sys, pathlib\n"
        "from server.cli.supervisor import Supervisor\n"
        "with Supervisor(os.environ, pathlib.Path(sys.argv[1]), print) as supervisor:\n"
        "    supervisor.start('web', ['sleep', '60'])\n"
        "    print('watching', flush=True)\n"
        "    supervisor.watch()\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "watching\n"

        parent.send_signal(number)

        assert parent.wait(10) == 0


def test_a_tied_supervisor_ends_with_whoever_started_it(tmp_path):
    pid_file = tmp_path / "pid"
    script = (
        "import os, sys, pathlib\n"
        "from server.cli.supervisor import Supervisor, end_with_parent\n"
        "end_with_parent()\n"
        "with Supervisor(os.environ, pathlib.Path(sys.argv[1]), print) as supervisor:\n"
        "    supervisor.start('web', ['sleep', '60'])\n"
        "    pathlib.Path(sys.argv[2]).write_text(str(os.getpid()))\n"
        "    supervisor.watch()\n"
    )
    (tmp_path / "supervisor.py").write_text(script)
    command = f"{sys.executable} {tmp_path}/supervisor.py {tmp_path} {pid_file} & wait"
    maker = subprocess.Popen(["sh", "-c", command])
    supervisor = int(wait_for(lambda: pid_file.exists() and pid_file.read_text(), what="the supervisor"))

    maker.kill()
    maker.wait()

    wait_for(lambda: not is_alive(supervisor), what="the end of the supervisor")
