"""`aisales up` as a person meets it: it comes up, heals, ends, comes up again quickly, and leaves nothing behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fixtures.waiting import free_port, wait_for
from server.cli.services import is_healthy

FIRST_START_S = 240.0
SECOND_START_S = 5.0
ALLOWANCE = 3
"""The other tests run beside this one; `tests/bare_machine.sh` holds the second start to its 5 s alone."""

END_S = 10.0
COMES_BACK_S = 60.0


@dataclass
class Product:
    """A product of its own: port, data folder, and the supervisor's process while it runs."""

    data: Path
    port: int = field(default_factory=free_port)
    supervisor: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> str:
        """All that it has said."""
        return (self.data.parent / "output").read_text()

    def start(self, timeout_s: float) -> float:
        """Start it; returns the seconds until it was healthy."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "server.cli", "up", "--port", str(self.port), "--data", str(self.data)]
        with (self.data.parent / "output").open("wb") as output:
            self.supervisor = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
        wait_for(lambda: is_healthy(self.port) or self._has_ended(), timeout_s, "health")
        assert not self._has_ended(), self.output
        return time.monotonic() - begun

    def processes(self) -> dict[int, str]:
        """The supervisor's children and theirs, by what each was started with."""
        assert self.supervisor is not None
        parents = dict(_parents())
        return {pid: _command(pid) for pid in parents if self.supervisor.pid in _ancestors(pid, parents)}

    def child(self, word: str) -> int:
        """The child of the supervisor itself that was started with this word."""
        assert self.supervisor is not None
        ours = [pid for pid, parent in _parents() if parent == self.supervisor.pid]
        return next((pid for pid in ours if word in _command(pid)), 0)

    def end(self, how: signal.Signals) -> int:
        """End the supervisor and return its exit code."""
        assert self.supervisor is not None
        self.supervisor.send_signal(how)
        return self.supervisor.wait(END_S)

    def _has_ended(self) -> bool:
        return self.supervisor is None or self.supervisor.poll() is not None


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, parent = (folder / "stat").read_text().rsplit(") ", 1)[1].split()[:2]
            if state != "Z":
                yield int(folder.name), int(parent)


def _ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        pid = parents[pid]
        yield pid


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    made = Product(tmp_path_factory.mktemp("up") / "var")
    made.start(FIRST_START_S)
    wait_for(lambda: "Ready." in made.output, what="the welcome")
    yield made
    if made.supervisor is not None:
        made.supervisor.kill()


@pytest.mark.xdist_group("up")
class TestUp:
    """One product through its life, in this order."""

    def test_it_prints_where_to_sign_in_and_as_whom(self, product):
        assert f"http://market.localhost:{product.port}/app/" in product.output
        assert "PIN" in product.output
        assert "back office" in product.output

    def test_it_shows_the_app_to_the_shop_s_address(self, product):
        request = urllib.request.Request(f"http://127.0.0.1:{product.port}/app/")
        request.add_header("Host", f"market.localhost:{product.port}")

        with urllib.request.urlopen(request) as page:
            assert page.status == 200
            assert b'type="module"' in page.read()

    @pytest.mark.parametrize("child", ["server.app:create_app", "valkey-server", "mosquitto", "edge_agent", "bridge"])
    def test_a_child_that_is_killed_comes_back(self, product, child):
        killed = product.child(child)

        os.kill(killed, signal.SIGKILL)

        wait_for(lambda: product.child(child) not in (0, killed), COMES_BACK_S, f"another {child}")
        wait_for(lambda: is_healthy(product.port), COMES_BACK_S, "health")
        assert "ended unexpectedly" in product.output

    def test_a_second_one_on_the_same_data_is_refused(self, product):
        command = [sys.executable, "-m", "server.cli", "up", "--port", str(free_port()), "--data", str(product.data)]

        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

        assert done.returncode == 1
        assert "already runs" in done.stderr

    def test_sigterm_leaves_no_process(self, product):
        children = product.processes()

        assert product.end(signal.SIGTERM) == 0
        assert len(children) >= 8
        assert set(children) & set(dict(_parents())) == set()

    def test_the_second_start_is_quick(self, product):
        assert product.start(60) < SECOND_START_S * ALLOWANCE
        assert "demo market" not in product.output

    def test_a_killed_supervisor_leaves_no_process(self, product):
        children = product.processes()

        product.end(signal.SIGKILL)

        wait_for(lambda: not set(children) & set(dict(_parents())), what="the end of all children")
