"""Whatever tills do, in whatever order and however often it arrives: the same books, and no invariant violated."""

import copy
import random
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.cash.models import CashMove, Tender
from server.checks import invariants
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import session
from server.sales.models import Sale, SaleLine
from server.sales.pricing import Discount
from server.seeds.till import Head, Operation
from server.stock.models import StockMove
from tests.server.stock.conftest import fresh_shop
from tests.server.worlds import Terminal, World, make_world

__all__ = ["fresh_shop"]

GOODS = ("Tandır çörəyi", "Süd", "Pendir", "Ayran")
few = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

lines = st.lists(
    st.tuples(st.sampled_from(GOODS), st.integers(1, 4_000), st.sampled_from((0, 0, 300, 500))), min_size=1, max_size=4
)
acts = st.one_of(
    st.tuples(st.just("sell"), lines, st.sampled_from(("cash", "card", "both")), st.sampled_from((0, 0, 7))),
    st.tuples(st.just("back"), st.integers(0, 9), st.integers(1, 2_000)),
    st.tuples(st.just("cash"), st.sampled_from(("in", "out")), st.integers(1, 900)),
    st.tuples(st.just("shift"), st.sampled_from((0, 0, -20, 30)), st.just(0)),
)
lives = st.lists(acts, min_size=2, max_size=12)


def live(till: Terminal, life: list[Any]) -> list[Operation]:
    """Let a till live: every act becomes an operation in its log. It begins and ends with a shift."""
    till.open()
    sold: list[Operation] = []
    for act in life:
        if act[0] == "sell":
            sold.append(_sell(till, *act[1:]))
        elif act[0] == "back" and sold:
            _give_back(till, sold[act[1] % len(sold)], act[2])
        elif act[0] == "cash":
            till.cash_move(act[1], "safe", act[2])
        elif act[0] == "shift":
            till.close(difference_minor=max(act[1], -till.till.drawer_minor))
            till.open()
    till.close(difference_minor=max(0, -till.till.drawer_minor))
    return till.log


def _sell(till: Terminal, chosen: list[Any], paid: str, off_minor: int) -> Operation:
    sold = [
        till.line(name, quantity, discounts=(Discount("percent", percent),) if percent else ())
        for name, quantity, percent in chosen
    ]
    head = Head(discounts=(Discount("amount", off_minor),) if off_minor else ())
    pays = {"cash": [till.cash()], "card": [till.card()], "both": [till.cash(100), till.card()]}[paid]
    return till.sell(sold, pays, head)


def _give_back(till: Terminal, sale: Operation, quantity: int) -> None:
    line = sale["body"]["lines"][0]
    receipt = next(one for id, one in till.till.receipts.items() if str(id) == sale["id"])
    left = line["quantity_milli"] - receipt.back.get(1, (0, None))[0]
    if left > 0:
        till.give_back(sale, [(1, min(left, quantity))])


def books(world: World) -> dict[str, Any]:
    """What must not depend on the order of arrival: sales, money and goods."""

    def read() -> dict[str, Any]:
        def rows(*columns: Any) -> list[Any]:
            return sorted(tuple(map(str, row)) for row in session().execute(sa.select(*columns)))

        # How a return's tax lies on its lines is known from its sale alone; its sum is the terminal's and stands above.
        tax_of_what_is_sold = sa.case((SaleLine.returns_position.is_(None), SaleLine.tax_minor))
        cash = sa.select(CashMove.to_holder_id, CashMove.from_holder_id, CashMove.amount_minor)
        balances: dict[int, int] = {}
        for to, origin, amount in session().execute(cash):
            balances[to] = balances.get(to, 0) + amount
            balances[origin] = balances.get(origin, 0) - amount
        for holder, amount in session().execute(sa.select(Tender.holder_id, Tender.amount_minor)):
            balances[holder] = balances.get(holder, 0) + amount
        stock: dict[int, int] = {}
        for item, quantity in session().execute(sa.select(StockMove.item_id, StockMove.quantity_milli)):
            stock[item] = stock.get(item, 0) + quantity
        return {
            "sales": rows(Sale.id, Sale.number, Sale.total_minor, Sale.tax_minor, Sale.business_day),
            "lines": rows(SaleLine.sale_id, SaleLine.position, SaleLine.total_minor, tax_of_what_is_sold),
            "stock": sorted(stock.items()),
            "drawers": {id: balances.get(id, 0) for id in world.founded.drawers.values()},
            "bank": balances.get(world.founded.holders["bank"], 0),
        }

    return world.inside(read)  # type: ignore[no-any-return]


def violations(world: World) -> list[Any]:
    with world.app.app_context():
        return list(invariants.check(world.shop))


@few
@given(life=lives, cut=st.integers(1, 20))
def test_replaying_everything_twice_changes_nothing(
    app: App, fresh_shop: Callable[[], Tenant], life: list[Any], cut: int
) -> None:
    world = make_world(app, fresh_shop())
    till = world.till()
    operations = live(till, life)
    for start in range(0, len(operations), cut):
        answer = till.send(operations[start : start + cut])
        assert {row["verdict"] for row in answer["results"]} == {"accepted"}
    before = world.contents()

    again = till.send(operations)

    assert {row["verdict"] for row in again["results"]} == {"duplicate"}
    assert world.contents() == before
    assert violations(world) == []


@few
@given(one=lives, two=lives, seed=st.integers(0, 2**32))
def test_the_order_of_arrival_is_free(
    app: App, fresh_shop: Callable[[], Tenant], one: list[Any], two: list[Any], seed: int
) -> None:
    straight = make_world(app, fresh_shop())
    tills = [straight.till("K1"), straight.till("K2")]
    logs = [live(till, life) for till, life in zip(tills, (one, two), strict=True)]
    for till, log in zip(tills, logs, strict=True):
        till.send(log)

    shuffled = make_world(app, fresh_shop())
    others = [shuffled.till("K1"), shuffled.till("K2")]
    arriving = [(at, operation) for at, log in enumerate(logs) for operation in _moved(log, others[at])]
    random.Random(seed).shuffle(arriving)
    for at, operation in arriving:
        others[at].now_ms = max(till.now_ms for till in tills)
        answer = others[at].send([operation])
        assert answer["results"][0]["verdict"] == "accepted", answer

    assert books(shuffled) == books(straight)


def _moved(log: list[Operation], till: Terminal) -> list[Operation]:
    """The same operations under the lease of a terminal of another copy of the world."""
    moved = copy.deepcopy(log)
    for operation in moved:
        if "lease_id" in operation["body"]:
            operation["body"]["lease_id"] = str(till.till.lease_id)
    return moved
