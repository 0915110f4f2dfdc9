"""Where a tenant's files stand: beside its SQLite database, or at the same place for a tenant on PostgreSQL."""

from pathlib import Path

from server.core.pool import sqlite_file
from server.core.tenant import config, current


def folder(name: str) -> Path:
    """A folder of the tenant in force, made when it is missing."""
    found = sqlite_file(config(), current().id).parent / "files" / name
    found.mkdir(parents=True, exist_ok=True)
    return found
