"""The agent dies at every write of its spool, at every report, and in the middle of what it sends to the printer."""

import pytest

from tests.faults.crashing.ledger import is_marked, papers_of
from tests.faults.crashing.product import Product
from tests.faults.crashing.walk import crash_during_a_sale, nothing, settle, wiped_broker, wiped_valkey

pytestmark = pytest.mark.xdist_group("crashing-agent")
PHASES = ("before", "after")
DRAWER, PAPER = 1, 2
"""Of a sale, the drawer passes each point first."""


@pytest.mark.parametrize("nth", [DRAWER, PAPER])
@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("point", ["spool-take", "spool-claimed", "spool-sending", "spool-done"])
def test_an_agent_killed_at_any_stage_opens_and_prints_once_at_most(
    product: Product, point: str, phase: str, nth: int
) -> None:
    shop = product.shops["kiosk"]

    rung = crash_during_a_sale(product, shop, shop.agent, f"{point}.{phase}", nth)

    if nth == PAPER:
        had_begun = (point, phase) in {("spool-sending", "after"), ("spool-done", "before")}
        assert shop.jobs_of(rung)["print"] == ("uncertain" if had_begun else "done")


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("point", ["spool-sent", "spool-keep", "spool-confirm", "report-ack", "report-event"])
def test_an_agent_killed_around_a_report_tells_it_again(product: Product, point: str, phase: str) -> None:
    shop = product.shops["market"]
    shop.shut_drawer()

    crash_during_a_sale(product, shop, shop.agent, f"{point}.{phase}", 1, wiped_valkey)


@pytest.mark.parametrize("meanwhile", [nothing, wiped_broker])
@pytest.mark.parametrize("nth", [DRAWER, PAPER])
@pytest.mark.parametrize("phase", PHASES)
def test_an_agent_killed_around_its_bytes_never_sends_them_again(
    product: Product, phase: str, nth: int, meanwhile
) -> None:
    shop = product.shops["kiosk"]

    rung = crash_during_a_sale(product, shop, shop.agent, f"device.{phase}", nth, meanwhile)

    stages = shop.jobs_of(rung)
    assert stages["open" if nth == DRAWER else "print"] == ("failed" if nth == DRAWER else "uncertain")


def test_a_receipt_of_which_nobody_knows_is_repeated_only_as_a_copy(product: Product) -> None:
    shop = product.shops["kiosk"]
    rung = crash_during_a_sale(product, shop, shop.agent, "device.after", PAPER)
    before = len(papers_of(shop, rung))

    copy = shop.want_copy(rung)
    settle(shop, copy)

    papers = papers_of(shop, rung)
    assert len(papers) == before + 1
    assert is_marked(papers[-1])
