"""Entry points of background work."""

import uuid

from server.catalog.imports import running
from server.core import clock
from server.core.transaction import reading

FORGOTTEN_AFTER_MS = 60_000


def run_import(import_id: str) -> None:
    """Book a queued import."""
    running.run(uuid.UUID(import_id))


def requeue_imports() -> None:
    """Ask again for imports that a wiped queue forgot."""
    with reading():
        forgotten = list(running.waiting(clock.now_ms() - FORGOTTEN_AFTER_MS))
    for import_id in forgotten:
        running.enqueue(import_id)
