"""Shifts over odd nights: clocks that jump, and a day that only some years have. One business day, one Z."""

import pytest
import sqlalchemy as sa

from server.cash.models import Shift, ZReport
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import session
from server.sales.models import Sale
from server.stores.models import Branch
from server.values import times
from tests.server.worlds import World, make_world


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    """A shop with goods and registers."""
    return make_world(app, shop)


@pytest.mark.parametrize(
    ("timezone", "opened", "rung", "closed", "day"),
    [
        # At 02:00 clocks go to 03:00: 01:59 and 03:01 are two minutes apart.
        (
            "Europe/Berlin",
            "2026-03-28T21:00:00Z",
            ["2026-03-29T00:59:00Z", "2026-03-29T01:01:00Z"],
            "02:30",
            "2026-03-28",
        ),
        # At 03:00 they go back to 02:00: 02:30 comes twice.
        (
            "Europe/Berlin",
            "2026-10-24T20:00:00Z",
            ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
            "03:30",
            "2026-10-24",
        ),
        ("Asia/Baku", "2028-02-29T05:00:00Z", ["2028-02-29T19:59:00Z", "2028-02-29T20:01:00Z"], "20:30", "2028-02-29"),
    ],
)
def test_14_a_shift_over_a_jump_of_the_clock_or_a_leap_day_has_one_business_day_and_one_z(
    world: World, timezone: str, opened: str, rung: list[str], closed: str, day: str
) -> None:
    world.inside(lambda: session().execute(sa.update(Branch).values(timezone=timezone)), mode="writing")
    till = world.till("K1")

    till.now_ms = times.from_iso(opened)
    float_minor = 5_000
    till.outbox.append(till.till.open_shift(till.now_ms, times.business_day(till.now_ms, timezone, 300), float_minor))
    for instant in rung:
        till.now_ms = times.from_iso(instant) - 1_000
        till.sell([till.line("Tandır")])
    till.now_ms = times.from_iso(f"{rung[-1][:10]}T{closed}:00Z")
    till.close()

    assert set(till.verdicts()) == {"accepted"}
    assert {row.business_day for row in world.rows(Sale)} == {day}
    assert [row.business_day for row in world.rows(Shift)] == [day]
    assert [(row.snapshot["sales"]["count"], row.number) for row in world.rows(ZReport)] == [(2, 1)]
    assert world.flags() == []
