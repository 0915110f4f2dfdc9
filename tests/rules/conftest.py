"""The source as the rules see it."""

import ast
import functools
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Source:
    """The tracked files, or those that soon will be: ignored ones do not count."""

    root = ROOT

    @functools.cached_property
    def files(self) -> list[Path]:
        """Every file, by its path from the root."""
        command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        return sorted(Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file())

    def text(self, file: Path) -> str:
        """What stands in a file; bytes that are no text are replaced."""
        return (ROOT / file).read_text(encoding="utf-8", errors="replace")

    def python(self, *folders: str) -> Iterator[tuple[Path, ast.Module]]:
        """The Python files of some top folders with what they mean."""
        for file, tree in self._trees:
            if file.parts[0] in folders:
                yield file, tree

    @functools.cached_property
    def _trees(self) -> list[tuple[Path, ast.Module]]:
        return [(file, ast.parse(self.text(file), str(file))) for file in self.files if file.suffix == ".py"]

    @functools.cached_property
    def floors(self) -> list[str]:
        """The server's modules, the lowest first, as the import contract has them."""
        settings = tomllib.loads(self.text(Path("pyproject.toml")))
        contracts = settings["tool"]["importlinter"]["contracts"]
        layers = next(contract["layers"] for contract in contracts if contract["id"] == "floors")
        return [layer.strip("()") for layer in reversed(layers)]


@pytest.fixture(scope="session")
def source() -> Source:
    return Source()
