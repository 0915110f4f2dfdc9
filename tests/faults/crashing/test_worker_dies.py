"""The worker dies in the middle of an import, and the server while it queues one: the file is booked, once."""

import pytest

from fixtures.waiting import wait_for
from tests.faults.crashing import ledger
from tests.faults.crashing.importing import ITEMS, ask_again, bring_in, is_done, items_named
from tests.faults.crashing.product import Product
from tests.faults.crashing.shop import SETTLE_S

pytestmark = pytest.mark.xdist_group("crashing-server")


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("point", ["job", "commit"])
def test_an_import_whose_worker_was_killed_is_booked_once(product: Product, point: str, phase: str) -> None:
    shop, name = product.shops["market"], f"Mal {point} {phase}"
    product.arm("worker", f"{point}.{phase}")

    import_id = bring_in(shop, name)
    wait_for(lambda: product.has_died("worker"), timeout_s=SETTLE_S, what="the worker's death")
    was_booked = is_done(shop, import_id)
    product.restart("worker")
    ask_again(shop)
    wait_for(lambda: is_done(shop, import_id), timeout_s=SETTLE_S, what="the import")

    assert was_booked == (phase == "after")
    assert items_named(shop, name) == ITEMS
    ledger.check(shop)


def test_an_import_that_a_wiped_queue_forgot_is_asked_for_again(product: Product) -> None:
    shop = product.shops["kiosk"]
    product.programs["worker"].kill()

    import_id = bring_in(shop, "Unudulmuş")
    product.wipe_valkey()
    product.start("worker")
    ask_again(shop)
    wait_for(lambda: is_done(shop, import_id), timeout_s=SETTLE_S, what="the import")

    assert items_named(shop, "Unudulmuş") == ITEMS
