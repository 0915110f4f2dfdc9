"""One step of the walk: a sale while a process dies at a point, its restart, and what is true afterwards."""

from collections.abc import Callable

from fixtures.waiting import wait_for
from tests.faults.crashing import ledger
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S, CrashShop, Rung

Meanwhile = Callable[[Product], None]
"""What else goes wrong while the process is dead."""


def nothing(product: Product) -> None:
    """Only the process died."""


def wiped_valkey(product: Product) -> None:
    """Every hint and every queued job is gone."""
    product.wipe_valkey()


def wiped_broker(product: Product) -> None:
    """The broker knows nobody and has nothing."""
    product.wipe_broker()


def crash_during_a_sale(
    product: Product, shop: CrashShop, name: str, point: str, nth: int = 1, meanwhile: Meanwhile = nothing
) -> Rung:
    """Sell while a process dies at the nth pass of a point, start it again, settle everything and check it."""
    product.arm(name, point, nth)
    rung = shop.ring()
    wait_for(lambda: has_died_of(product, shop, name), SETTLE_S, f"the death of {name} at {point}:{nth}")
    return come_back(product, shop, name, rung, meanwhile)


def crash_if_it_comes_so_far(product: Product, shop: CrashShop, name: str, point: str, nth: int) -> Rung:
    """The same for a pass that some sales do not have, because reports that come together share a commit."""
    product.arm(name, point, nth)
    rung = shop.ring()
    wait_for(lambda: has_died_of(product, shop, name) or is_over(shop, rung), SETTLE_S, f"{point}:{nth}, or the end")
    product.disarm(name)
    if product.has_died(name):
        return come_back(product, shop, name, rung)
    ledger.check(shop)
    return rung


def has_died_of(product: Product, shop: CrashShop, name: str) -> bool:
    """Whether a process has died while the till goes on sending."""
    shop.push()
    return product.has_died(name)


def come_back(product: Product, shop: CrashShop, name: str, rung: Rung, meanwhile: Meanwhile = nothing) -> Rung:
    """Start a dead process again; the sale's end is waited for and everything checked."""
    meanwhile(product)
    product.restart(name)
    settle(shop, rung)
    ledger.check(shop)
    return rung


def settle(shop: CrashShop, rung: Rung) -> None:
    """Push until everything is acknowledged, and wait until its jobs have their end and everyone knows it."""
    wait_for(shop.push, SETTLE_S, f"the acknowledgement of {rung.number}")
    wait_for(lambda: is_over(shop, rung), SETTLE_S, lambda: f"the end of {shop.jobs_of(rung)} with {shop.spooled()}")


def is_over(shop: CrashShop, rung: Rung) -> bool:
    """Whether nothing more will happen because of a sale."""
    return shop.is_settled(rung) and shop.has_told_all()
