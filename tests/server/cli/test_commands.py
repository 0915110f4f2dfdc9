"""The command line itself: quick, and clear when it cannot."""

import socket
import subprocess
import sys

import pytest

from fixtures.waiting import free_port
from server.cli import COMMANDS, broker, main


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_what_it_takes(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])

    assert ended.value.code == 0
    assert command in capsys.readouterr().out


def test_help_loads_no_part_of_the_product():
    script = (
        "import sys; from server.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "'flask'" not in done.stdout
    assert "'sqlalchemy'" not in done.stdout


def test_a_port_in_use_is_said_in_one_sentence(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert main(["up", "--port", str(port), "--data", str(tmp_path)]) == 1

    assert f"port {port} is taken by another program" in capsys.readouterr().err


def test_a_missing_broker_is_said_in_one_sentence(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(broker.shutil, "which", lambda *_, **__: None)

    assert main(["up", "--port", str(free_port()), "--data", str(tmp_path)]) == 1

    assert "apt-get install mosquitto" in capsys.readouterr().err


def test_data_that_cannot_be_written_are_said_in_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")

    assert main(["up", "--port", str(free_port()), "--data", str(tmp_path / "file")]) == 1

    assert "cannot be written" in capsys.readouterr().err
