"""The agent dies while its printer waits for a person: no paper, an end of the roll in the middle, no power."""

import pytest

from fixtures.waiting import wait_for
from tests.faults.crashing import ledger
from tests.faults.crashing.ledger import papers_of
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S, CrashShop, Rung
from tests.faults.crashing.walk import has_died_of, settle

pytestmark = pytest.mark.xdist_group("crashing-agent")
PHASES = ("before", "after")
A_PIECE = 300
"""Bytes: less than a receipt."""


def die_helpless(product: Product, shop: CrashShop, point: str, **knobs: object) -> Rung:
    """Sell while something is wrong with the printer, until the agent has died of the point; start it again.

    A sale before takes all that the printer is still sent because of an earlier death: it would count as this paper's.
    """
    settle(shop, shop.ring())
    shop.shut_drawer()
    shop.printer.turn(**knobs)
    product.arm(shop.agent, point)
    rung = shop.ring()
    wait_for(lambda: has_died_of(product, shop, shop.agent), SETTLE_S, f"the death at {point}")
    product.restart(shop.agent)
    return rung


@pytest.mark.parametrize("phase", PHASES)
def test_a_receipt_that_waited_for_paper_when_the_agent_died_comes_out_once(product: Product, phase: str) -> None:
    shop = product.shops["kiosk"]

    rung = die_helpless(product, shop, f"spool-queued.{phase}", paper_out=True)
    shop.printer.turn(paper_out=False)
    settle(shop, rung)

    ledger.check(shop)
    assert len(papers_of(shop, rung)) == 1
    assert shop.jobs_of(rung)["print"] == "done"


@pytest.mark.parametrize("phase", PHASES)
def test_a_receipt_whose_paper_ended_in_the_middle_when_the_agent_died_is_asked_about(
    product: Product, phase: str
) -> None:
    shop = product.shops["kiosk"]

    rung = die_helpless(product, shop, f"spool-held.{phase}", paper_out_after=A_PIECE)
    shop.printer.turn(paper_out=False, paper_out_after=None)
    settle(shop, rung)

    ledger.check(shop)
    assert len(papers_of(shop, rung)) == 1, "the printer had it all and goes on by itself"
    assert shop.jobs_of(rung)["print"] == "uncertain"


@pytest.mark.parametrize("phase", PHASES)
def test_a_drawer_whose_printer_had_no_power_when_the_agent_died_does_not_open_later(
    product: Product, phase: str
) -> None:
    shop = product.shops["kiosk"]

    rung = die_helpless(product, shop, f"spool-expired.{phase}", off=True)
    pulses = len(shop.drawer.pulses)
    shop.printer.turn(off=False)
    settle(shop, rung)

    ledger.check(shop)
    assert len(shop.drawer.pulses) == pulses
    assert shop.jobs_of(rung) == {"open": "expired", "print": "done"}
