"""A process dies once more while it comes back: in its greeting, in what it settles, in what it makes good."""

import pytest

from fixtures.waiting import wait_for
from tests.faults.crashing import ledger
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S
from tests.faults.crashing.walk import Meanwhile, has_died_of, nothing, settle, wiped_broker

pytestmark = pytest.mark.xdist_group("crashing-agent")
PHASES = ("before", "after")


def crash_twice(
    product: Product, name: str, first: tuple[str, int], second: tuple[str, int], meanwhile: Meanwhile = nothing
) -> dict[str, str]:
    """Sell while a process dies, and dies again as soon as it is back; the stages of the sale's jobs at the end."""
    shop = product.shops["kiosk"]
    product.arm(name, *first)
    rung = shop.ring()
    wait_for(lambda: has_died_of(product, shop, name), SETTLE_S, f"the death at {first}")
    meanwhile(product)
    product.arm(name, *second)
    product.start(name)
    wait_for(lambda: product.has_died(name), SETTLE_S, f"the death at {second}")
    product.restart(name)
    settle(shop, rung)
    ledger.check(shop)
    return shop.jobs_of(rung)


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("point", ["spool-uncertain", "spool-remember", "report-presence", "report-sync", "report-ack"])
def test_an_agent_that_dies_again_while_it_greets_asks_about_the_paper_once(
    product: Product, point: str, phase: str
) -> None:
    stages = crash_twice(product, "agent-kiosk", ("device.after", 2), (f"{point}.{phase}", 1))

    assert stages == {"open": "done", "print": "uncertain"}


@pytest.mark.parametrize("phase", PHASES)
def test_an_agent_that_dies_again_while_it_gives_up_a_drawer_never_opens_it(product: Product, phase: str) -> None:
    stages = crash_twice(product, "agent-kiosk", ("device.before", 1), (f"spool-failed.{phase}", 1))

    assert stages["open"] == "failed"


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("point", ["publish-state", "taken", "commit"])
def test_a_bridge_that_dies_again_while_it_comes_back_loses_nothing(product: Product, point: str, phase: str) -> None:
    crash_twice(product, "bridge", ("publish-cmd.before", 1), (f"{point}.{phase}", 1))


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_bridge_that_dies_while_it_tells_a_wiped_broker_of_the_agents_tells_it_again(
    product: Product, nth: int
) -> None:
    crash_twice(product, "bridge", ("publish-cmd.after", 2), ("publish-admin.after", nth), wiped_broker)
