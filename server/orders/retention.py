"""Which leases of open orders are over."""

from server.core.retention import Over
from server.orders.models import OrderLease


def leases(before: int) -> Over:
    """Leases that ran out: nobody has the order on a payment screen."""
    return Over(OrderLease, OrderLease.until_at < before)
