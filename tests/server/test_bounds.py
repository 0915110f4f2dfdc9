"""A shop that lives for months with retention on holds no more at their end than in their middle, but for its trade."""

from datetime import date

import sqlalchemy as sa

from server import retention
from server.checks import invariants
from server.core import tenant
from server.core.db import TenantModel
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import reading, session
from server.seeds.history import Terms, write_history
from server.seeds.market.catalogue import small_world

MONTHS = Terms(lines=1_500, years=120 / 365, papers="all", trouble=3)
EACH = 5
MIDDLE = 60
EARNED = frozenset(retention.STAYS) | {"operation"}
SLACK = 1.5
"""Chance, and a season that ends busier than it began."""


def test_what_is_not_the_business_s_own_stays_bounded(app: App, shop: Tenant) -> None:
    seen: list[dict[str, int]] = []
    days = 0

    def night(day: date) -> None:
        nonlocal days
        days += 1
        if days % EACH == 0:
            retention.run()
        if days in (MIDDLE, MONTHS.days):
            seen.append(rows_by_table())

    with tenant.tenant_scope(app, shop):
        write_history(MONTHS, each_night=night, market=small_world())
        middle, end = seen
        bounded = {name: count for name, count in end.items() if name not in EARNED}

        assert {name for name, count in bounded.items() if count > SLACK * middle[name] + 10} == set()
        assert {"device_job", "device_event", "session", "request_key", "change"} <= {
            n for n, c in bounded.items() if c
        }
        assert end["sale"] > 1.8 * middle["sale"]
        assert answers() <= SLACK * end["operation"] * (retention.KEPT_DAYS + EACH) / MONTHS.days
        assert invariants.check(shop) == []


def rows_by_table() -> dict[str, int]:
    with reading():
        tables = TenantModel.metadata.sorted_tables
        return {one.name: session().scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in tables}


def answers() -> int:
    operation = TenantModel.metadata.tables["operation"]
    with reading():
        query = sa.select(sa.func.count()).select_from(operation).where(operation.c.answer.is_not(sa.null()))
        return session().scalar(query) or 0
