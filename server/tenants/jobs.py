"""What recurs over the whole installation, or over the shops that were active lately."""

from server.core import activity, clock, jobs, tenant
from server.core.retention import DAY_MS, KEPT_DAYS
from server.core.transaction import control_reading
from server.tenants import operations

RETENTION = "server.retention:run"
IMPORTS = "server.catalog.jobs:requeue_imports"

ENDED_WITHIN_MS = (KEPT_DAYS + 2) * DAY_MS
"""A shop that has been idle for longer has nothing left that could go."""

FORGOTTEN_WITHIN_MS = DAY_MS
"""An import that a wiped queue forgot was begun lately."""


def purge_removed_shops() -> list[str]:
    """Drop the databases of shops whose thirty days are over; returns their slugs. Safe to repeat."""
    with jobs.worker_app().app_context():
        return operations.purge_due()


def end_what_is_over() -> int:
    """Ask for the nightly retention of each shop that was active lately; returns how many. Safe to repeat."""
    return _ask_for(RETENTION, "retention", ENDED_WITHIN_MS)


def requeue_imports() -> int:
    """Look in each shop that was active today for imports that a wiped queue forgot. Safe to repeat."""
    return _ask_for(IMPORTS, "requeue", FORGOTTEN_WITHIN_MS)


def _ask_for(name: str, job_id: str, within_ms: int) -> int:
    app = jobs.worker_app()
    with app.app_context(), control_reading() as control:
        active = activity.active_since(control, clock.now_ms() - within_ms)
    for shop in active:
        with tenant.tenant_scope(app, shop):
            jobs.enqueue(name, job_id=job_id)
    return len(active)
