"""What recurs over the whole installation."""

from server.core import jobs
from server.tenants import operations


def purge_removed_shops() -> list[str]:
    """Drop the databases of shops whose thirty days are over; returns their slugs. Safe to repeat."""
    with jobs.worker_app().app_context():
        return operations.purge_due()
