"""The frame of the benchmarks: limits, the history of figures, and the way of a figure out of a process of its own."""

import subprocess
import sys

import pytest

from tests.bench import __main__ as command
from tests.bench import history, table
from tests.bench.frame import Bench, Figure


def figure(value: float, **limits: float) -> Figure:
    return Figure("push", "a sale", value, "ms", **limits)


@pytest.mark.parametrize(
    ("limits", "holds"),
    [
        ({}, True),
        ({"at_most": 5.0}, True),
        ({"at_most": 4.9}, False),
        ({"at_least": 5.0}, True),
        ({"at_least": 5.1}, False),
    ],
)
def test_a_figure_keeps_its_limits_or_not(limits, holds):
    assert figure(5.0, **limits).holds is holds


def test_a_figure_is_the_same_on_the_other_side():
    bare = Figure("push", "rate", 700.5, "sales/s", at_least=233.3, beside=("bare loop", 700.0))

    assert Figure.from_json(bare.to_json()) == bare


def test_a_figure_is_shown_with_limit_counterpart_and_what_it_was():
    told = table.line(
        Figure("push", "a sale", 6.0, "ms", at_most=5.0, beside=("bare loop", 1.234)), {"push: a sale": 4}
    )

    assert told.split() == ["a", "sale", "6", "ms", "<=", "5", "FAIL", "bare", "loop", "1.23", "4", "(+50%)"]


def test_a_commit_has_one_run_and_others_are_compared_with(tmp_path):
    file = tmp_path / "history.json"
    history.keep("aaa", [figure(1.0)], file)
    history.keep("bbb", [figure(2.00004), Figure("feed", "a page", 7.0, "ms")], file)
    history.keep("bbb", [figure(3.0)], file)

    kept = history.runs(file)

    assert kept == [
        {"commit": "aaa", "figures": {"push: a sale": 1.0}},
        {"commit": "bbb", "figures": {"feed: a page": 7.0, "push: a sale": 3.0}},
    ]
    assert history.before(kept, "bbb") == {"push: a sale": 1.0}
    assert history.before(kept, "ccc") == {"push: a sale": 3.0, "feed: a page": 7.0}


def test_the_history_may_differ_from_a_clean_commit(tmp_path):
    for words in (
        ["init", "-q"],
        ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "a", "--allow-empty"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "history.json").write_text("[]")
    clean = history.commit(tmp_path)
    (tmp_path / "other.py").touch()

    assert clean[1] is True
    assert history.commit(tmp_path) == (clean[0], False)


def test_a_bench_of_a_process_of_its_own_tells_its_figures_and_how_it_ended(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    (tmp_path / "bench_planted.py").write_text('"""Planted."""\n')
    script = (
        "import sys, types; from tests.bench import __main__ as command\n"
        "made = types.ModuleType('planted'); sys.modules['tests.bench.bench_planted'] = made\n"
        "def run(bench): bench.figure('f', 1, 'ms'); raise SystemExit(3)\n"
        "made.run = run; command._inside('planted', int(sys.argv[-1]))\n"
    )
    monkeypatch.setattr(command, "COMMAND", [sys.executable, "-c", script])
    figures: list[Figure] = []

    assert command._run("planted", {}, figures) is False
    assert figures == [Figure("planted", "f", 1, "ms")]
    assert "planted: Planted." in capfd.readouterr().out


def square(value: int) -> int:
    return value * value


def test_a_function_runs_apart():
    assert Bench("push", print).apart(square, 7) == 49
