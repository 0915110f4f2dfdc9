"""Files of the catalogue that no terminal is sent to any more."""

from server.core.transaction import reading
from server.sync import snapshot


def drop_snapshots(before: int) -> int:
    """Drop files that are of no use since before an instant; returns how many. Repeats: safe."""
    with reading():
        stale = snapshot.stale_files()
    gone = [path for path in stale if path.stat().st_mtime * 1000 < before]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
