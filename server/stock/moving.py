"""Moves of goods as values, and the rows that they become."""

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from server.core.ids import new_id
from server.core.rows import Sheet
from server.stock import costing
from server.stock.models import CostCorrection, CostLayer, LayerSettlement, LayerTake, StockMove

Key = tuple[int, int]
"""Item and warehouse."""

SETTLED = "settled_negative_stock"


@dataclass(frozen=True, slots=True)
class Cause:
    """The line of a document that moves goods."""

    kind: str
    id: uuid.UUID
    line: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """Goods to move: out (negative) or in (positive), with the value that comes in.

    No value: back at the last known cost. `is_receipt`: the value becomes the last known cost.
    """

    item_id: int
    warehouse_id: int
    branch_id: int
    quantity_milli: int
    cause: Cause
    business_day: str
    moved_at: int
    value_minor: int | None = None
    is_receipt: bool = False

    @property
    def key(self) -> Key:
        """The shelf that it touches."""
        return (self.item_id, self.warehouse_id)


@dataclass(slots=True)
class Plan:
    """What some moves do: the value of each, what went below zero, the shelves after it, and the rows to insert."""

    values: list[int] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)
    shelves: dict[Key, costing.Shelf] = field(default_factory=dict)
    counts: dict[Key, int] = field(default_factory=dict)
    layers: dict[uuid.UUID, costing.Layer] = field(default_factory=dict)
    owed: dict[uuid.UUID, int] = field(default_factory=dict)
    causes: dict[uuid.UUID, Cause] = field(default_factory=dict)
    rows: dict[type, list[dict[str, Any]]] = field(
        default_factory=lambda: {
            model: [] for model in (StockMove, CostLayer, LayerTake, LayerSettlement, CostCorrection)
        }
    )

    def put_on(self, sheet: Sheet) -> None:
        """Put the rows to insert on a sheet."""
        for model, found in self.rows.items():
            if found:
                sheet.add(model.__table__, found)  # type: ignore[attr-defined]


def move_row(move_id: uuid.UUID, move: Move, value_minor: int) -> dict[str, Any]:
    """The row of a move."""
    return {
        "id": move_id,
        "item_id": move.item_id,
        "warehouse_id": move.warehouse_id,
        "quantity_milli": move.quantity_milli,
        "value_minor": value_minor,
        "source_kind": move.cause.kind,
        "source_id": move.cause.id,
        "source_line": move.cause.line,
        "branch_id": move.branch_id,
        "business_day": move.business_day,
        "moved_at": move.moved_at,
    }


def take_row(move_id: uuid.UUID, provisional_id: uuid.UUID, take: costing.Take) -> dict[str, Any]:
    """The row of what an issue took; without a layer all of it is owed."""
    is_provisional = take.layer_id is None
    return {
        "id": provisional_id if is_provisional else new_id(),
        "move_id": move_id,
        "layer_id": take.layer_id,
        "quantity_milli": take.quantity_milli,
        "value_minor": take.value_minor,
        "owed_milli": take.quantity_milli if is_provisional else 0,
    }


def layer_row(move_id: uuid.UUID, move: Move, value_minor: int, layer: costing.Layer) -> dict[str, Any]:
    """The row of a new layer as it stands after settling."""
    return {
        "id": layer.id,
        "item_id": move.item_id,
        "warehouse_id": move.warehouse_id,
        "position": layer.position,
        "quantity_milli": move.quantity_milli,
        "value_minor": value_minor,
        "left_milli": layer.left_milli,
        "left_minor": layer.left_minor,
        "move_id": move_id,
    }


def correct(plan: Plan, move: Move, cause: Cause, amount_minor: int) -> None:
    """The difference to the provisional cost: a correction of the sale's cost, and its move without goods."""
    move_id = new_id()
    plan.rows[StockMove].append(move_row(move_id, replace(move, quantity_milli=0), -amount_minor))
    plan.rows[CostCorrection].append(
        {
            "id": new_id(),
            "move_id": move_id,
            "business_day": move.business_day,
            "branch_id": move.branch_id,
            "item_id": move.item_id,
            "amount_minor": amount_minor,
            "source_kind": cause.kind,
            "source_id": cause.id,
            "source_line": cause.line,
            "cause": SETTLED,
        }
    )
