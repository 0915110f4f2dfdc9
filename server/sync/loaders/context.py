"""For whom the feed is made: the terminal and its branch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Receiver:
    """A terminal and the branch in which it stands."""

    terminal_id: int
    branch_id: int


Row = dict[str, Any]
Loader = Callable[[Sequence[str], Receiver], dict[str, Row]]
"""From ids as the change log writes them to rows by id. A row that is not there any more is left out: it is dropped."""
