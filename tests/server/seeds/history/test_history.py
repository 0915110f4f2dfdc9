"""Histories: what is written cannot be told from what was pushed, is the same each time, and looks like trade."""

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server.cash.models import CashDocument, Shift
from server.checks import invariants
from server.core import tenant
from server.core.doors import App
from server.core.flags import Flag
from server.core.inbox import Operation
from server.core.tenant import Tenant
from server.core.transaction import reading, session
from server.devices.models import DeviceJob
from server.sales.models import Sale, SaleDiscount, SaleLine
from server.seeds.history import Progress, Terms, write_history
from server.seeds.history.terms import shares
from server.seeds.market.catalogue import small_world
from server.staff.models import PersonSession
from server.stock.models import CostCorrection, StockEntryLine
from server.tenants import provisioning
from tests.server.seeds.history import replay

SMALL = Terms(lines=420, years=24 / 365, branches=2, papers="all", trouble=20)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def new_shop(app: App, database: str) -> Callable[[], Tenant]:
    """New empty shops."""

    def make() -> Tenant:
        with app.app_context():
            name = f"history{next(_numbers)}-{database[:6]}"
            return provisioning.create_database(name, name, placement_id=1 if database == "sqlite" else 2)

    return make


@pytest.fixture(scope="module")
def lived(app: App, new_shop: Callable[[], Tenant]) -> tuple[Tenant, list[replay.Step]]:
    """A shop with a small history, and the steps that lead to the same over the push."""
    shop = new_shop()
    with pytest.MonkeyPatch.context() as patch:
        steps = replay.written(app, shop, SMALL, small_world(), patch)
    return shop, steps


def test_a_written_history_equals_the_same_documents_pushed(app: App, lived, new_shop) -> None:
    (wrote, steps), took = lived, new_shop()

    replay.pushed(app, took, SMALL, small_world(), steps)

    written, pushed = replay.contents(app, wrote), replay.contents(app, took)
    for table, rows in written.items():
        assert (table, list(rows - pushed[table])[:3]) == (table, list(pushed[table] - rows)[:3])


def test_the_same_terms_make_the_same_rows(app: App, lived, new_shop) -> None:
    wrote, again, other = lived[0], new_shop(), new_shop()
    quick = Terms(lines=60, years=4 / 365, branches=1)

    for shop, seed in ((again, quick.seed), (other, quick.seed + 1)):
        with tenant.tenant_scope(app, shop):
            write_history(Terms(quick.lines, quick.years, seed=seed), market=small_world())

    same = new_shop()
    with tenant.tenant_scope(app, same):
        write_history(quick, market=small_world())
    assert ids_of(app, same) == ids_of(app, again) != ids_of(app, other)
    assert ids_of(app, wrote) != ids_of(app, same)


def test_each_till_of_a_busy_branch_has_a_drawer_of_its_own(app: App, new_shop) -> None:
    shop = new_shop()

    with tenant.tenant_scope(app, shop):
        write_history(Terms(lines=600, years=1 / 365), market=small_world())

        with reading() as opened:
            used = set(opened.scalars(sa.select(DeviceJob.device_id).where(DeviceJob.op == "open")))
            tills = opened.scalars(sa.select(sa.func.count(sa.distinct(Sale.register_id)))).one()
    assert len(used) == tills > 1


def test_the_invariants_hold(app: App, lived) -> None:
    with app.app_context():
        assert invariants.check(lived[0]) == []


def test_a_history_holds_what_makes_trade_difficult(app: App, lived) -> None:
    counts = {
        "returns": (Sale, Sale.returns_sale_id.is_not(None)),
        "discounts": (SaleDiscount, sa.true()),
        "late": (CashDocument, CashDocument.is_late.is_(True)),
        "below zero": (Flag, Flag.kind == "negative_stock"),
        "settled": (Flag, Flag.settled_at.is_not(None)),
        "corrected": (CostCorrection, sa.true()),
        "wasted": (StockEntryLine, StockEntryLine.quantity_milli < 0),
        "closed": (Shift, Shift.closed_at.is_not(None)),
        "printed": (DeviceJob, DeviceJob.stage == "done"),
        "signed in": (PersonSession, sa.true()),
    }

    found = {name: count(app, lived[0], model, condition) for name, (model, condition) in counts.items()}

    assert {name for name, number in found.items() if number == 0} == set()


def test_the_number_of_lines_is_kept(app: App, lived) -> None:
    assert abs(count(app, lived[0], SaleLine, sa.true()) - SMALL.lines) <= SMALL.lines // 50


def test_old_days_keep_only_what_retention_leaves(app: App, new_shop) -> None:
    shop, told = new_shop(), list[Progress]()
    with tenant.tenant_scope(app, shop):
        write_history(Terms(lines=120, years=40 / 365), tell=told.append, market=small_world())

    first = rows(app, shop, sa.select(sa.func.min(DeviceJob.created_at)))[0][0]
    days = sorted({row[0] for row in rows(app, shop, sa.select(Sale.business_day))})

    assert days[-1] == Terms(1, 1).until.isoformat() and len(days) == 40
    assert first > count(app, shop, Operation, sa.true())
    assert rows(app, shop, sa.select(sa.func.min(Sale.rung_at)))[0][0] < first
    assert told[-1].lines == count(app, shop, SaleLine, sa.true())


def test_weekends_and_holidays_are_busier() -> None:
    terms = Terms(lines=1, years=2)
    by_weekday = [0] * 7
    by_month = [0] * 12
    for day, weight in shares(terms):
        by_weekday[day.weekday()] += weight
        by_month[day.month - 1] += weight

    assert max(by_weekday) == by_weekday[5]
    assert max(by_month) == by_month[11]
    assert terms.first_day + timedelta(days=2 * 365 - 1) == terms.until


def ids_of(app: App, shop: Tenant) -> list[object]:
    return [row[0] for row in rows(app, shop, sa.select(SaleLine.sale_id).order_by(SaleLine.sale_id))]


def count(app: App, shop: Tenant, model: type, condition: object) -> int:
    return int(rows(app, shop, sa.select(sa.func.count()).select_from(model).where(condition))[0][0])  # type: ignore[arg-type]


def rows(app: App, shop: Tenant, query: sa.Select) -> list:
    with tenant.tenant_scope(app, shop), reading():
        return list(session().execute(query).all())
