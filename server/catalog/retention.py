"""Which imports are over."""

from server.catalog.models import ItemImport
from server.core.retention import Over


def refused_imports(before: int) -> Over:
    """Files that were not booked, with all their faults. A booked one stays, so that it is never booked again."""
    return Over(ItemImport, (ItemImport.state == "refused") & (ItemImport.finished_at < before))
