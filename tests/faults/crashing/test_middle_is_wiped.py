"""Between the two durable ends everything is lost at once: the broker, its state, the queue and its hints."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fixtures.waiting import wait_for
from tests.faults.crashing import ledger
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S, CrashShop, Rung
from tests.faults.crashing.walk import settle

pytestmark = pytest.mark.xdist_group("crashing-agent")


@contextmanager
def broker_stands_still(product: Product) -> Iterator[None]:
    """Its connections are open, it takes what comes into its sockets, and does nothing, until it goes on or is dead."""
    process = product.mosquitto.program.process
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def sell_without_an_answer(shop: CrashShop) -> Rung:
    """A sale that is booked, and whose commands the bridge has handed to the broker."""
    rung = shop.ring()
    wait_for(shop.push, SETTLE_S, "the acknowledgement")
    wait_for(lambda: all(shop.sends_of(rung) or [0]), SETTLE_S, "the commands on their way")
    return rung


def test_a_broker_killed_and_wiped_with_commands_under_way_loses_none_and_brings_none_late(product: Product) -> None:
    shop = product.shops["kiosk"]
    settle(shop, shop.ring())

    with broker_stands_still(product):
        rung = sell_without_an_answer(shop)
        product.wipe_broker()
        product.wipe_valkey()
    settle(shop, rung)

    ledger.check(shop)
    assert shop.jobs_of(rung)["print"] == "done"


def test_a_drawer_kick_that_stood_still_in_the_broker_for_longer_than_it_lives_never_opens(product: Product) -> None:
    shop = product.shops["kiosk"]
    settle(shop, shop.ring())

    with broker_stands_still(product):
        late = sell_without_an_answer(shop)
        wait_for(lambda: shop.jobs_of(late)["open"] == "expired", SETTLE_S, "the end of the drawer's life")
    settle(shop, late)
    pulses = len(shop.drawer.pulses)
    settle(shop, next_one := shop.ring())

    ledger.check(shop)
    assert len(shop.drawer.pulses) == pulses + 1
    assert shop.jobs_of(late) == {"open": "expired", "print": "done"}
    assert shop.jobs_of(next_one) == {"open": "done", "print": "done"}
