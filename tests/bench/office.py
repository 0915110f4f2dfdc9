"""The lists of the back office, asked as its screens ask them: first page, a deep page, a filter."""

import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

import sqlalchemy as sa

from server.cash import shifts as cash
from server.cash.models import Shift
from server.core import actor, tenant
from server.core.actor import Actor, Cap
from server.core.tenant import Tenant
from server.core.transaction import reading, session
from server.sales import queries as sales
from server.sales.models import Sale
from server.stock import queries as stock
from server.stock.models import StockMove
from server.web import flags

ASKED = 20
OWNER = Actor(kind="person", person_id=1, rights={"stock.see_cost": Cap(), "shift.see_expected": Cap()})
DEEP = 3


def lists(shop: Tenant) -> dict[str, float]:
    """How long each list takes, p95 over some askings. Units: milliseconds of processor time."""
    assert tenant.current().id == shop.id
    with actor.acting(OWNER):
        with reading():
            asked = _asked()
        return {name: _p95(ask) for name, ask in asked.items()}


def _asked() -> dict[str, Callable[[], Any]]:
    """The lists with something to look for out of the first half of the history."""
    of_old = sa.select(Sale).order_by(Sale.rung_at).offset(100).limit(1)
    old = session().scalars(of_old).one()
    shift = session().get_one(Shift, old.shift_id)
    move = session().scalars(sa.select(StockMove).limit(1)).one()
    day, shift_id, number = old.business_day, shift.id, old.number
    register_id, warehouse_id, item_id = old.register_id, move.warehouse_id, move.item_id
    return {
        "sales": lambda: _deep(sales.sales),
        "sales of an old day": lambda: sales.sales(from_day=day, until_day=day),
        "sales of an old day at a register": lambda: sales.sales(from_day=day, until_day=day, register_id=register_id),
        "sales of an old shift": lambda: sales.sales(shift_id=shift_id),
        "sale by its number": lambda: sales.sales(q=number),
        "shifts": lambda: _deep(cash.shifts),
        "shifts of an old day": lambda: cash.shifts(from_day=day, until_day=day),
        "Z reports": lambda: _deep(cash.z_reports),
        "stock": lambda: stock.balances(warehouse_id=warehouse_id),
        "moves of an item": lambda: stock.moves(item_id, warehouse_id=warehouse_id),
        "till events": lambda: _deep(sales.till_events),
        "open flags": lambda: flags.list_flags(open=True, kind=None, q="", limit=50, cursor=None),
        "takings of an old day": lambda: sales.takings(day),
    }


def _deep(ask: Callable[..., tuple[Any, str | None]]) -> None:
    """The first page and some more."""
    cursor = None
    for _ in range(DEEP):
        _, cursor = ask(cursor=cursor)


def _p95(ask: Callable[[], Any]) -> float:
    took = []
    for _ in range(ASKED):
        begun = time.process_time()
        with reading():
            ask()
        took.append(1000 * (time.process_time() - begun))
    return quantiles(took, n=20)[-1]
