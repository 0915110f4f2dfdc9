"""Tables out of TOML files, checked: an unknown key, a wrong type or a missing value is an error with its line."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from edge_agent.wire.message import Message, WireError, key_of


class SettingsError(ValueError):
    """A settings file that cannot be used; the message says file, line and what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Message):
    """A table of a settings file: like a message, but a key that it does not know is an error."""

    @classmethod
    def from_dict(cls, raw: object) -> Self:
        known = {key_of(part) for part in fields(cls)}
        unknown = sorted(set(raw) - known) if isinstance(raw, Mapping) else []
        if unknown:
            raise WireError(f"{cls.__name__}.{unknown[0]} is not known")
        # The zero-argument super() does not work in a class that slots=True has made anew.
        return super(Table, cls).from_dict(raw)


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """The tables of a file and its text. Raises: SettingsError."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text), text
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise SettingsError(f"{path}: {trouble}") from trouble


def located(path: Path, text: str, section: str | None, trouble: WireError) -> SettingsError:
    """The trouble with the line of the key that it names, looked up below the section's head."""
    named = re.match(r"\w+\.([\w-]+)", str(trouble))
    return SettingsError(f"{path}:{line_of(text, section, named.group(1) if named else None)}: {trouble}")


def line_of(text: str, section: str | None, key: str | None) -> int:
    """The line of a key below a section, in an inline table too; of the section where it is not there; else 1."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if section and line.strip().startswith(f"[{section}]")), 0)
    for number, line in enumerate(lines[start:], start + 1):
        if key and re.search(rf"(^|[{{,\s]){re.escape(key)}\s*=", line):
            return number
    return start + 1
