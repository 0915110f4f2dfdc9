"""The data folder of a machine that runs everything."""

import stat

import pytest

from fixtures.waiting import free_port
from server.cli import Refused
from server.cli.place import held, is_free, ports, prepare


def test_secrets_and_ports_are_made_once_and_private(tmp_path):
    place = prepare(tmp_path / "shop")
    secret, chosen = place.secret_file.read_text(), ports(place)

    again = prepare(tmp_path / "shop")

    assert again.secret_file.read_text() == secret
    assert ports(again) == chosen
    assert stat.S_IMODE(place.secret_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "shop").write_text("a file, not a folder")

    with pytest.raises(Refused, match="shop cannot be written"):
        prepare(tmp_path / "shop")


def test_one_supervisor_at_a_time(tmp_path):
    place = prepare(tmp_path)

    with held(place), pytest.raises(Refused, match="already runs"):
        held(place).__enter__()
    with held(place):
        pass


def test_a_port_in_use_is_seen(tmp_path):
    import socket

    port = free_port()
    assert is_free(port)

    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)
