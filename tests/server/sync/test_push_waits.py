"""A push that had to wait: the age of what it brings goes on growing."""

import threading

import pytest

from fixtures.waiting import wait_for
from server.core import actor, clock, tenant, transaction
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import writing
from server.devices.models import DeviceJob
from server.seeds.till import Head
from tests.server.terminals import NOW_MS
from tests.server.worlds import make_world


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A clock that all threads read, set by hand."""
    held = [NOW_MS]
    monkeypatch.setattr(clock, "now_ms", lambda: held[0])
    return held


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
@pytest.mark.parametrize(("waited_ms", "jobs"), [(4_000, ["open", "print"]), (6_000, ["print"])])
def test_a_drawer_whose_sale_waited_for_the_locked_shop_opens_within_five_seconds_or_never(
    app: App, shop: Tenant, now: list[int], waited_ms: int, jobs: list[str]
) -> None:
    world = make_world(app, shop)
    till = world.till()
    world.give_devices(till.id)
    till.open()
    till.push()
    till.sell([till.line("Tandır çörəyi")], head=Head(prints=True), age_ms=0)
    line = transaction._lines[shop.id]

    pushing = threading.Thread(target=till.push)
    with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), writing():
        pushing.start()
        wait_for(lambda: line._waiters, what="the push in the line of writers")
        now[0] += waited_ms
    pushing.join(20)

    assert sorted(job.op for job in world.rows(DeviceJob)) == jobs
