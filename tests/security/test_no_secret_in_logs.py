"""The collector of logs finds a secret that is planted, wherever it is planted, and nothing else."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.canaries.sitecustomize import MARK
from fixtures.leaks import Secrets
from fixtures.private import private_folder
from server.devices import secrets as of_devices
from server.staff import hashing

ROOT = Path(__file__).parents[2]
PLAIN = """
import structlog
def test_that_logs_no_secret():
    structlog.get_logger().warning("broker_gone", reason="Keep alive timeout", port=1883)
"""
PLANTED = """
import logging, secrets, sys
import structlog
from fixtures.private import private_folder, running
from server.devices.secrets import broker_password, new_code
from server.staff.hashing import hashed
CHILD = "import secrets; print('joined by', secrets.token_urlsafe(32), flush=True)"

def test_that_says_a_token():
    structlog.get_logger().warning("broker_refused", said=secrets.token_urlsafe(32))

def test_that_says_a_pin():
    hashed("73046")
    logging.getLogger("a.library").warning("refused: %r", {"guess": "73046"})

def test_that_says_a_code_and_a_password():
    logging.getLogger("a.library").warning("%s and %s", new_code(), broker_password(b"x", agent_key="k", number=1))

def test_whose_program_says_a_token():
    with private_folder() as folder, running([sys.executable, "-c", CHILD], folder / "log") as program:
        assert program.process.wait(20) == 0

def test_whose_temporary_folder_keeps_a_log(tmp_path):
    (tmp_path / "web.log").write_text("GET /app/ HTTP/1.1\\nCookie: __Host-session=abcdefghijklmnop\\n")

def test_that_shows_the_demo_its_sign_ins(tmp_path):
    (tmp_path / "output").write_text("Aysel PIN 2580   back office: owner@small.example  kicik-dukan-2026")
"""


def run_of(tests: str) -> subprocess.CompletedProcess[str]:
    """A test run of its own, on two processes, with the collector, in a folder where no other run finds its logs."""
    with private_folder() as folder:
        return _run(tests, folder)


def _run(tests: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "conftest.py").write_text('pytest_plugins = ["fixtures.secrecy"]\n')
    (folder / "test_it.py").write_text(tests)
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    words = ["-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", f"--rootdir={folder}"]
    return subprocess.run(
        [sys.executable, *words, f"--basetemp={folder / 'made'}", "-c", os.devnull, str(folder / "test_it.py")],
        env=os.environ | {"PYTHONPATH": paths},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_planted_secret_fails_the_run_and_is_named_without_being_said() -> None:
    done = run_of(PLANTED)

    told = [line for line in done.stdout.splitlines() if line.startswith("SECRET IN A LOG")]
    kinds = sorted(line.split(": ")[2].split(" in: ")[0].split(" in")[0] for line in told)
    assert done.returncode == 1, done.stdout
    assert kinds == ["a PIN", "a broker password", "a cookie", "a pairing code", "a token", "a token"], told
    assert "6 passed" in done.stdout
    assert MARK not in done.stdout


def test_a_run_without_a_secret_passes() -> None:
    done = run_of(PLAIN)

    assert (done.returncode, "SECRET" in done.stdout) == (0, False), done.stdout


def test_every_kind_of_token_of_this_run_is_recognisable() -> None:
    made = [hashing.new_token(), of_devices.new_token(), secrets.token_urlsafe(12)]

    assert all(token.startswith(MARK) for token in made)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('{"event": "mistake", "cookie": "__Host-terminal=Zm9vYmFyYmF6"}', "a cookie"),
        ("[parameters: ('$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',)]", "the hash of a PIN or password"),
        ("refused {'person_id': 7, 'pin': '2580'}", "a PIN by its name"),
        ("refused email=a@b.example password='bir uzun parol'", "a password by its name"),
        ("connecting to mqtt://bridge:s3cret@127.0.0.1:1883", "a sign-in in an address"),
        ("joined with kv7x-canary-value", "a broker password"),
    ],
)
def test_what_looks_like_a_secret_is_one(line: str, what: str) -> None:
    (found,) = Secrets([("broker password", "kv7x-canary-value")]).leaks("web.log", ["", line])

    assert (found.number, found.what) == (2, what)


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "push_failed", "operation": "01890000-2580-7000-8000-000000002580", "port": 2580}',
        "2026-11-24T20:25:80Z password changed for person 7",
        "GET http://market.localhost:8000/app/ 200",
        "refused {'person_id': 7, 'pin': None}",
    ],
)
def test_figures_and_words_are_no_secrets(line: str) -> None:
    assert list(Secrets([("PIN", "2580"), ("password", "changed")]).leaks("web.log", [line])) == []
