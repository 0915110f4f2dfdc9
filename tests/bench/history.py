"""The figures of earlier runs: one run for each commit, oldest first, in a file that is kept with the code."""

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.frame import Figure

FILE = Path(__file__).with_name("history.json")
ROOT = Path(__file__).parents[2]
DIGITS = 4
Run = dict[str, Any]


def runs(file: Path = FILE) -> list[Run]:
    """All runs: {"commit": …, "figures": {name: value}}."""
    return json.loads(file.read_text()) if file.exists() else []


def before(kept: Sequence[Run], commit: str) -> Mapping[str, float]:
    """What each figure was when it was last measured at another commit than this."""
    last: dict[str, float] = {}
    for run in kept:
        if run["commit"] != commit:
            last |= run["figures"]
    return last


def with_run(kept: Sequence[Run], commit: str, figures: Iterable[Figure]) -> list[Run]:
    """The runs with these figures: those of the same commit are measured anew, its others stay."""
    measured = {figure.key: float(f"{figure.value:.{DIGITS}g}") for figure in figures}
    same = next((run["figures"] for run in kept if run["commit"] == commit), {})
    others = [run for run in kept if run["commit"] != commit]
    return [*others, {"commit": commit, "figures": dict(sorted((same | measured).items()))}]


def keep(commit: str, figures: Iterable[Figure], file: Path = FILE) -> None:
    """Write the figures of a run into the file."""
    made = json.dumps(with_run(runs(file), commit, figures), indent=1, ensure_ascii=False)
    fresh = file.with_suffix(".new")
    fresh.write_text(made + "\n")
    fresh.replace(file)


def commit(root: Path = ROOT) -> tuple[str, bool]:
    """The commit that is measured, and whether nothing but the history differs from it."""
    name = _git(root, "rev-parse", "--short=10", "HEAD").strip()
    changed = [line for line in _git(root, "status", "--porcelain").splitlines() if not line.endswith(FILE.name)]
    return name, not changed


def _git(root: Path, *words: str) -> str:
    command = ["git", "-c", f"safe.directory={root}", *words]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
