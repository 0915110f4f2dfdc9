"""Which links to a new shop's first steps are over."""

from server.core.retention import Over
from server.tenants.models import SetupToken


def setup_links(before: int) -> Over:
    """Links that nobody can use any more."""
    return Over(SetupToken, SetupToken.expires_at < before)
