"""The router's own table, read out of the app's sources: a screen that is not in it does not exist."""

import re
from dataclasses import dataclass
from pathlib import Path

SCREENS = Path(__file__).parents[2] / "server" / "web" / "app" / "src" / "screens"
ENTRY = re.compile(r"""(?:\bpath:\s*|\bpage\(\s*)'(?P<path>/[^']*)'""")
LOADED = re.compile(r"\bimport\('\./")


@dataclass(frozen=True)
class Screen:
    """One row of the table: `path` is what follows /app, with `:name` for what is filled in."""

    path: str

    def is_at(self, path: str) -> bool:
        """Whether an address below /app may be this screen's."""
        pattern = re.sub(r":\w+", "[^/]+", self.path)
        return re.fullmatch(pattern, path) is not None

    @property
    def holes(self) -> int:
        """How many parts are filled in: the screen with fewer wins, as in `match` of routes.ts."""
        return self.path.count(":")


def table() -> list[Screen]:
    """Every screen of the app. Raises AssertionError when a line of a routes.ts is not understood here."""
    found: list[Screen] = []
    for file in sorted(SCREENS.glob("*/routes.ts")):
        text = file.read_text()
        rows = [Screen(entry["path"]) for entry in ENTRY.finditer(text)]
        assert len(rows) == len(LOADED.findall(text)) > 0, f"{file}: {len(rows)} routes are understood, not all"
        found.extend(rows)
    return found


def screen_at(url: str, screens: list[Screen]) -> Screen | None:
    """The screen of an address, or None."""
    path = re.sub(r"[?#].*$", "", url).partition("/app")[2]
    fitting = sorted((screen for screen in screens if screen.is_at(path)), key=lambda screen: screen.holes)
    return fitting[0] if fitting else None
