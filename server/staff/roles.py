"""The roles that every shop starts with, and what each may do. Pure."""

from server.core.actor import Cap

SMALL_DISCOUNT = Cap(bp=500, minor=500)
"""What a cashier may take off by hand: 5 %, and never more than 5.00 at once."""

CASHIER: dict[str, Cap] = {
    "sale.ring": Cap(),
    "sale.discount_line": SMALL_DISCOUNT,
    "sale.discount_sale": SMALL_DISCOUNT,
    "sale.hold": Cap(),
    "sale.reprint": Cap(),
    "cash.move": Cap(),
    "shift.open": Cap(),
    "shift.close": Cap(),
}
MANAGER: dict[str, Cap] = {
    **CASHIER,
    "sale.open_item": Cap(),
    "sale.discount_line": Cap(),
    "sale.discount_sale": Cap(),
    "sale.price": Cap(),
    "sale.return": Cap(),
    "drawer.open": Cap(),
    "shift.see_expected": Cap(),
    "sales.see_all": Cap(),
    "catalog.see": Cap(),
    "stock.see": Cap(),
    "stock.adjust": Cap(),
    "stock.see_cost": Cap(),
    "flags.settle": Cap(),
}
OWNER: dict[str, Cap] = {
    **MANAGER,
    "catalog.edit": Cap(),
    "catalog.import": Cap(),
    "staff.manage": Cap(),
    "device.manage": Cap(),
    "settings.manage": Cap(),
    "data.export": Cap(),
}
DEFAULT_ROLES: dict[str, dict[str, Cap]] = {"cashier": CASHIER, "manager": MANAGER, "owner": OWNER}


def widest(caps: list[Cap]) -> Cap:
    """What someone may do who holds a right by several roles: as far as the widest of them."""
    bounds = [[cap.bp for cap in caps], [cap.minor for cap in caps]]
    bp, minor = (None if None in values else max(value for value in values if value is not None) for values in bounds)
    return Cap(bp, minor)


def reaches(own: Cap, given: Cap) -> bool:
    """Whether a right with the cap `given` goes no further than one's own."""
    return _within(given.bp, own.bp) and _within(given.minor, own.minor)


def _within(given: int | None, own: int | None) -> bool:
    return own is None or (given is not None and given <= own)
