"""The bridge dies at every point of a job's way to the agent and of the agent's reports back."""

import pytest

from tests.faults.crashing.product import Product
from tests.faults.crashing.walk import (
    crash_during_a_sale,
    crash_if_it_comes_so_far,
    nothing,
    wiped_broker,
    wiped_valkey,
)

pytestmark = pytest.mark.xdist_group("crashing-server")
PHASES = ("before", "after")


@pytest.mark.parametrize(("nth", "slug"), [(1, "kiosk"), (1, "market"), (2, "kiosk"), (2, "market")])
@pytest.mark.parametrize("phase", PHASES)
def test_a_bridge_killed_around_any_commit_sends_once_more_and_changes_nothing(
    product: Product, phase: str, nth: int, slug: str
) -> None:
    crash_during_a_sale(product, product.shops[slug], "bridge", f"commit.{phase}", nth)


@pytest.mark.parametrize(("nth", "slug"), [(3, "market"), (4, "kiosk"), (5, "market"), (6, "kiosk")])
@pytest.mark.parametrize("phase", PHASES)
def test_a_bridge_killed_around_a_later_report_books_it_once(product: Product, phase: str, nth: int, slug: str) -> None:
    crash_if_it_comes_so_far(product, product.shops[slug], "bridge", f"commit.{phase}", nth)


@pytest.mark.parametrize("meanwhile", [nothing, wiped_broker])
@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("phase", PHASES)
def test_a_bridge_killed_around_a_command_opens_and_prints_once(
    product: Product, phase: str, nth: int, meanwhile
) -> None:
    crash_during_a_sale(product, product.shops["kiosk"], "bridge", f"publish-cmd.{phase}", nth, meanwhile)


@pytest.mark.parametrize("point", ["publish-sync", "taken", "hint", "live"])
@pytest.mark.parametrize("phase", PHASES)
def test_a_bridge_killed_around_a_report_hears_it_again(product: Product, phase: str, point: str) -> None:
    crash_during_a_sale(product, product.shops["market"], "bridge", f"{point}.{phase}", 1, wiped_valkey)


def test_a_bridge_killed_once_it_has_taken_a_hint_finds_the_shop_by_its_sweep(product: Product) -> None:
    crash_during_a_sale(product, product.shops["kiosk"], "bridge", "due.after")
