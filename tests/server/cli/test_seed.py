"""`aisales seed history`: a long past from the command line, said as it grows."""

import json

import pytest

from server.cli import main


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("AISALES_DATA", str(tmp_path))
    return tmp_path


def test_a_history_is_made_and_its_books_are_in_order(data, capsys):
    asked = ["--lines", "40", "--years", "0.01", "--branches", "2", "--until", "2026-01-31"]

    assert main(["seed", "history", *asked]) == 0
    assert main(["check", "history"]) == 0

    said = capsys.readouterr().out
    assert "2026-01-31  40 of 40 lines" in said or "2026-01-31  41 of 40 lines" in said
    assert json.loads((data / "demo.json").read_text())["host"] == "history.localhost"
