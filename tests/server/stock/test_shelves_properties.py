"""Whatever moves goods, in whatever order: nothing is lost, no layer goes below zero, nothing is settled twice."""

import uuid
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.doors import App
from server.core.tenant import Tenant
from server.stock import operations
from server.stock.models import Balance, CostCorrection, CostLayer, LayerSettlement, LayerTake, StockMove
from server.stock.shelves import Cause, Move
from tests.server.worlds import NOW_MS, World, make_world

out = st.tuples(st.just("out"), st.integers(1, 9_000), st.just(0))
back = st.tuples(st.just("back"), st.integers(1, 5_000), st.integers(0, 3_000))
receipt = st.tuples(st.just("in"), st.integers(1, 12_000), st.integers(0, 5_000))
histories = st.lists(st.lists(st.one_of(out, back, receipt), min_size=1, max_size=4), min_size=1, max_size=6)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(history=histories)
def test_moves_layers_and_balance_always_agree(app: App, fresh_shop: Callable[[], Tenant], history: list) -> None:
    world = make_world(app, fresh_shop())
    item_id = world.ware("Süd").item_id or 0

    costs = [
        cost for batch in history for cost in world.inside(lambda b=batch: _book(world, item_id, b), mode="writing")
    ]

    own = {"item_id": item_id}
    moves = [row for row in world.rows(StockMove) if row.item_id == item_id]
    layers = [row for row in world.rows(CostLayer) if row.item_id == item_id]
    (balance,) = world.rows(Balance, Balance.item_id == own["item_id"])
    takes, settlements = world.rows(LayerTake), world.rows(LayerSettlement)
    assert balance.quantity_milli == sum(row.quantity_milli for row in moves)
    assert balance.value_minor == sum(row.value_minor for row in moves)
    assert all(0 <= row.left_milli <= row.quantity_milli and 0 <= row.left_minor <= row.value_minor for row in layers)
    assert all(row.left_minor == 0 for row in layers if row.left_milli == 0)
    _layers_account_for_everything(layers, takes, settlements)
    owed = sum(row.owed_milli for row in takes)
    assert sum(row.left_milli for row in layers) - owed == balance.quantity_milli
    assert owed == 0 or sum(row.left_milli for row in layers) == 0
    assert all(cost >= 0 for cost in costs)
    corrections = sum(row.amount_minor for row in world.rows(CostCorrection))
    assert corrections == -sum(row.value_minor for row in moves if row.quantity_milli == 0)


def _layers_account_for_everything(layers: list, takes: list, settlements: list) -> None:
    for layer in layers:
        taken = [take for take in takes if take.layer_id == layer.id]
        settled = [row for row in settlements if row.layer_id == layer.id]
        for name, whole, left in (
            ("quantity_milli", layer.quantity_milli, layer.left_milli),
            ("value_minor", layer.value_minor, layer.left_minor),
        ):
            assert whole == left + sum(getattr(row, name) for row in (*taken, *settled))
    for take in takes:
        if take.layer_id is None:
            settled = [row.quantity_milli for row in settlements if row.take_id == take.id]
            assert sum(settled) + take.owed_milli == take.quantity_milli


def _book(world: World, item_id: int, batch: list) -> list[int]:
    source = uuid.uuid4()
    moves = [
        Move(
            item_id=item_id,
            warehouse_id=world.founded.warehouse_id,
            branch_id=world.branch_id,
            quantity_milli=-quantity if kind == "out" else quantity,
            cause=Cause("test", source, line),
            business_day="2025-11-24",
            moved_at=NOW_MS,
            value_minor=None if kind == "out" else value,
            is_receipt=kind == "in",
        )
        for line, (kind, quantity, value) in enumerate(batch, start=1)
    ]
    return operations.issue_lines(moves)
