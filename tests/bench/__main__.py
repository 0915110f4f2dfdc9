"""`python -m tests.bench [name ...]`: run benches, each in a fresh process, print their figures, keep the history."""

import argparse
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.bench import history, table
from tests.bench.frame import Bench, Figure

FOLDER = Path(__file__).parent
PREFIX = "bench_"
INSIDE = "--inside"
COMMAND = [sys.executable, "-m", "tests.bench"]


def main() -> int:
    """Run what is asked for; 1 when a figure breaks its limit or a bench its neck."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("names", nargs="*", metavar="name", help="benches to run; all of them when none is named")
    names = parser.parse_args().names or _all()
    unknown = sorted(set(names) - set(_all()))
    if unknown:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(_all())}")
    commit, is_clean = history.commit()
    earlier = history.before(history.runs(), commit)
    print(f"load average {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors\n{table.HEAD}")
    figures: list[Figure] = []
    broken = [name for name in names if not _run(name, earlier, figures)]
    if is_clean and figures:
        history.keep(commit, figures)
    else:
        print("\nnot kept in the history: the working tree differs from its commit")
    failed = [figure.key for figure in figures if not figure.holds]
    for said in [*(f"{name}: did not come to its end" for name in broken), *failed]:
        print(f"FAIL  {said}")
    return 1 if failed or broken else 0


def _all() -> list[str]:
    return sorted(file.stem.removeprefix(PREFIX) for file in FOLDER.glob(f"{PREFIX}*.py"))


def _run(name: str, earlier: Mapping[str, float], figures: list[Figure]) -> bool:
    """Run a bench in a process of its own, and print each figure as it comes; False when it ended by an error."""
    about = (FOLDER / f"{PREFIX}{name}.py").read_text().partition("\n")[0].strip('"')
    print(f"\n{name}: {about}", flush=True)
    reader, writer = os.pipe()
    command = [*COMMAND, INSIDE, name, str(writer)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(history.ROOT), str(history.ROOT / "tests")])}
    with subprocess.Popen(command, cwd=history.ROOT, env=environment, pass_fds=[writer]) as process:
        os.close(writer)
        for figure in _told(reader):
            figures.append(figure)
            print(table.line(figure, earlier), flush=True)
    return process.returncode == 0


def _told(reader: int) -> Iterator[Figure]:
    with open(reader) as lines:
        for line in lines:
            yield Figure.from_json(line)


def _inside(name: str, writer: int) -> None:
    """What the process of one bench does."""
    with open(writer, "w") as out:
        bench = Bench(name, lambda figure: print(figure.to_json(), file=out, flush=True))
        importlib.import_module(f"tests.bench.{PREFIX}{name}").run(bench)


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        _inside(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main())
