"""The shelves that a batch touches: read once, changed in memory move by move, written back once.

`plan` works out what moves do and changes nothing; `accept` takes a plan over once its document is accepted, so that
one that is refused leaves no trace here either. On PostgreSQL the balances are locked in order of their key,
so two terminals that sell the same goods wait for each other and never deadlock.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from server.core.ids import new_id
from server.core.rows import Sheet
from server.stock import costing, reading
from server.stock.models import CostLayer, LayerSettlement, LayerTake, StockMove
from server.stock.moving import Cause, Key, Move, Plan, correct, layer_row, move_row, take_row
from server.stock.reading import BALANCE, LAYER, TAKE

__all__ = ["Cause", "Key", "Move", "Plan", "Shelves"]


class Shelves:
    """Some shelves of the tenant, held until `close`. To those of `receiving` goods may come, which settles debts."""

    def __init__(self, asked: reading.Asked, receiving: Collection[Key] = ()) -> None:
        balances, layers = asked.look()
        owing = [key for key, row in balances.items() if row.quantity_milli < 0]
        owed, self._causes = reading.owed([key for key in owing if key in receiving])
        self._shelves = {
            key: _shelf(row, layers.get(key, ()), owed.get(key, ()), is_read=key in receiving)
            for key, row in balances.items()
        }
        self._counts = {key: row.layers for key, row in balances.items()}
        self._touched: set[Key] = set()
        self._layers: dict[uuid.UUID, costing.Layer] = {}
        self._owed: dict[uuid.UUID, int] = {}

    def last_cost(self, key: Key, quantity_milli: int) -> int:
        """The value of a quantity at the last known cost of a shelf."""
        return costing.at_last_cost(self._shelves[key], quantity_milli)

    def knows_cost(self, key: Key) -> bool:
        """Whether anything with a cost ever came to a shelf."""
        return self._shelves[key].last_milli > 0

    def plan(self, moves: Sequence[Move]) -> Plan:
        """Work out some moves in their order; nothing is changed yet."""
        plan = Plan()
        for index, move in enumerate(moves):
            shelf = plan.shelves.get(move.key) or self._shelves[move.key]
            if move.quantity_milli < 0:
                self._issue(plan, index, move, shelf)
            else:
                self._bring(plan, move, shelf)
        return plan

    def accept(self, plan: Plan) -> None:
        """The rows of a plan are written: what it says is so from now on."""
        self._shelves.update(plan.shelves)
        self._counts.update(plan.counts)
        self._causes.update(plan.causes)
        self._layers.update(plan.layers)
        self._owed.update(plan.owed)
        self._touched.update(plan.shelves)

    def close(self, sheet: Sheet) -> None:
        """Put what layers, takes and balances have become on a sheet."""
        sheet.change(
            LAYER,
            [{"id": id, "left_milli": at.left_milli, "left_minor": at.left_minor} for id, at in self._layers.items()],
        )
        sheet.change(TAKE, [{"id": id, "owed_milli": left} for id, left in self._owed.items()])
        sheet.change(BALANCE, [self._balance(key) for key in sorted(self._touched)])
        self._layers, self._owed, self._touched = {}, {}, set()

    def _issue(self, plan: Plan, index: int, move: Move, shelf: costing.Shelf) -> None:
        move_id, provisional_id = new_id(), new_id()
        issued = costing.issue(shelf, -move.quantity_milli, provisional_id=provisional_id)
        plan.shelves[move.key] = issued.shelf
        plan.layers.update({layer.id: layer for layer in issued.changed})
        plan.values.append(issued.value_minor)
        plan.rows[StockMove].append(move_row(move_id, move, -issued.value_minor))
        for take in issued.takes:
            plan.rows[LayerTake].append(take_row(move_id, provisional_id, take))
            if take.layer_id is None:
                plan.short[index] = take.quantity_milli
                plan.causes[provisional_id] = move.cause

    def _bring(self, plan: Plan, move: Move, shelf: costing.Shelf) -> None:
        value = move.value_minor
        if value is None:
            value = costing.at_last_cost(shelf, move.quantity_milli)
        count = plan.counts.get(move.key, self._counts[move.key]) + 1
        bring = costing.receive if move.is_receipt else costing.put_back
        receipt = bring(shelf, move.quantity_milli, value, layer_id=new_id(), position=count)
        move_id = new_id()
        plan.shelves[move.key], plan.counts[move.key] = receipt.shelf, count
        plan.values.append(value)
        plan.rows[StockMove].append(move_row(move_id, move, value))
        plan.rows[CostLayer].append(layer_row(move_id, move, value, receipt.layer))
        for settlement in receipt.settlements:
            self._settle(plan, move, settlement, shelf)

    def _settle(self, plan: Plan, move: Move, settlement: costing.Settlement, before: costing.Shelf) -> None:
        owed = next(one for one in before.owed if one.take_id == settlement.take_id)
        plan.owed[owed.take_id] = owed.left_milli - settlement.quantity_milli
        plan.rows[LayerSettlement].append(
            {
                "take_id": settlement.take_id,
                "layer_id": settlement.layer_id,
                "quantity_milli": settlement.quantity_milli,
                "value_minor": settlement.value_minor,
            }
        )
        if settlement.correction_minor:
            cause = plan.causes.get(owed.take_id) or self._causes[owed.take_id]
            correct(plan, move, cause, settlement.correction_minor)

    def _balance(self, key: Key) -> dict[str, Any]:
        shelf = self._shelves[key]
        return {
            "item_id": key[0],
            "warehouse_id": key[1],
            "quantity_milli": shelf.quantity_milli,
            "value_minor": shelf.value_minor,
            "last_cost_minor": shelf.last_minor,
            "last_cost_milli": shelf.last_milli,
            "layers": self._counts[key],
        }


def _shelf(
    row: Any, layers: tuple[costing.Layer, ...], owed: tuple[costing.Owed, ...], *, is_read: bool
) -> costing.Shelf:
    shelf = costing.Shelf(layers, owed, row.last_cost_minor, row.last_cost_milli)
    if is_read or row.quantity_milli >= 0:
        return shelf
    milli, minor = shelf.quantity_milli - row.quantity_milli, shelf.value_minor - row.value_minor
    return replace(shelf, unread_milli=milli, unread_minor=minor)
