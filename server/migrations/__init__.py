"""Alembic's two trees: `control/` for the service's own database, `tenant/` for the database of each business.

`server/tenants/schema.py` runs them. After a change of models make a revision:
`aisales tenant revise "what it does"`.
"""

import functools
from pathlib import Path
from typing import Literal

Tree = Literal["control", "tenant"]

FOLDER = Path(__file__).parent


def revisions(tree: Tree) -> tuple[str, ...]:
    """The revisions of a tree, oldest first. Each file's name begins with its revision, so no script has to be run."""
    return _named_in(FOLDER / tree / "versions")


@functools.cache
def _named_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(file.name.partition("_")[0] for file in folder.glob("[0-9]*_*.py")))
