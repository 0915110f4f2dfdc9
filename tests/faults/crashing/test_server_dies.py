"""The web server dies at every point of a pushed sale; the till sends it again until it is acknowledged."""

import pytest

from tests.faults.crashing.product import Product
from tests.faults.crashing.walk import crash_during_a_sale, crash_if_it_comes_so_far, wiped_valkey

pytestmark = pytest.mark.xdist_group("crashing-server")
BOTH = ("kiosk", "market")


@pytest.mark.parametrize("slug", BOTH)
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("point", ["commit", "answer"])
def test_a_server_killed_around_its_commit_books_the_sale_once(
    product: Product, point: str, phase: str, slug: str
) -> None:
    rung = crash_during_a_sale(product, product.shops[slug], "web", f"{point}.{phase}")

    was_booked = (point, phase) != ("commit", "before")
    was_answered = (point, phase) == ("answer", "after")
    assert rung.acknowledged == ("duplicate" if was_booked and not was_answered else "accepted")


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_server_killed_while_it_notes_that_a_shop_is_active_books_the_sale_once(product: Product, phase: str) -> None:
    crash_if_it_comes_so_far(product, product.shops["kiosk"], "web", f"commit-control.{phase}", 1)


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_server_killed_at_its_hints_leaves_the_drawer_and_the_paper_to_the_sweep(
    product: Product, phase: str, nth: int
) -> None:
    crash_during_a_sale(product, product.shops["kiosk"], "web", f"hint.{phase}", nth, wiped_valkey)
