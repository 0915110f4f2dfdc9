"""Stock tables: signed moves, cost layers with what was taken from them, and a balance per item and warehouse.

Moves are insert-only. `cost_layer.left_*`, `layer_take.owed_milli` and `balance` are projections that can be made again
from the moves, takes and settlements. A cause is named as (source_kind, source_id, source_line): facts of higher
modules, hence no foreign key.
"""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.core.db import Day, Id, Money, Quantity, Ref, TenantModel, UtcMs


class StockMove(TenantModel):
    """Goods in (positive) or out (negative) of a warehouse, with their value at cost."""

    __tablename__ = "stock_move"
    __table_args__ = (
        sa.Index("ix_stock_move_item", "item_id", "moved_at", "id"),
        sa.Index("ix_stock_move_source", "source_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"))
    warehouse_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("warehouse.id"))
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    value_minor: Mapped[int] = mapped_column(Money)
    source_kind: Mapped[str] = mapped_column(sa.String(16))
    source_id: Mapped[uuid.UUID] = mapped_column(Id)
    source_line: Mapped[int | None]
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    business_day: Mapped[str] = mapped_column(Day)
    moved_at: Mapped[int] = mapped_column(UtcMs)


class CostLayer(TenantModel):
    """One receipt's goods: quantity and total value as they came, and what is left of both."""

    __tablename__ = "cost_layer"
    __table_args__ = (
        sa.UniqueConstraint("item_id", "warehouse_id", "position"),
        sa.Index(
            "ix_cost_layer_left",
            "item_id",
            "warehouse_id",
            sqlite_where=sa.text("left_milli > 0"),
            postgresql_where=sa.text("left_milli > 0"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"))
    warehouse_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("warehouse.id"))
    position: Mapped[int]
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    value_minor: Mapped[int] = mapped_column(Money)
    left_milli: Mapped[int] = mapped_column(Quantity)
    left_minor: Mapped[int] = mapped_column(Money)
    move_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("stock_move.id"))


class LayerTake(TenantModel):
    """What an issue took from a layer. Without a layer it is provisional, and `owed_milli` waits for a receipt."""

    __tablename__ = "layer_take"
    __table_args__ = (
        sa.Index("ix_layer_take_move", "move_id"),
        sa.Index(
            "ix_layer_take_owed",
            "owed_milli",
            sqlite_where=sa.text("owed_milli > 0"),
            postgresql_where=sa.text("owed_milli > 0"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    move_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("stock_move.id"))
    layer_id: Mapped[uuid.UUID | None] = mapped_column(Id, sa.ForeignKey("cost_layer.id"))
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    value_minor: Mapped[int] = mapped_column(Money)
    owed_milli: Mapped[int] = mapped_column(Quantity, default=0)


class LayerSettlement(TenantModel):
    """A part of a provisional take that a later receipt covered, at that receipt's cost."""

    __tablename__ = "layer_settlement"
    __table_args__ = {"sqlite_with_rowid": False}
    take_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("layer_take.id"), primary_key=True)
    layer_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("cost_layer.id"), primary_key=True)
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    value_minor: Mapped[int] = mapped_column(Money)


class Balance(TenantModel):
    """What is on hand, its value, the last known cost as a ratio, and how many layers there ever were."""

    __tablename__ = "balance"
    __table_args__ = {"sqlite_with_rowid": False}
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"), primary_key=True)
    warehouse_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("warehouse.id"), primary_key=True)
    quantity_milli: Mapped[int] = mapped_column(Quantity, default=0)
    value_minor: Mapped[int] = mapped_column(Money, default=0)
    last_cost_minor: Mapped[int] = mapped_column(Money, default=0)
    last_cost_milli: Mapped[int] = mapped_column(Quantity, default=0)
    layers: Mapped[int] = mapped_column(default=0)


class StockEntry(TenantModel):
    """Stock booked by a person: the opening, or an adjustment with its reason."""

    __tablename__ = "stock_entry"
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))
    warehouse_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("warehouse.id"))
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    business_day: Mapped[str] = mapped_column(Day)
    reason: Mapped[str] = mapped_column(sa.String(200))
    by: Mapped[int | None] = mapped_column(Ref)
    booked_at: Mapped[int] = mapped_column(UtcMs)


class StockEntryLine(TenantModel):
    """One item of an entry. `cost_minor` is the whole line's cost where goods come in."""

    __tablename__ = "stock_entry_line"
    __table_args__ = {"sqlite_with_rowid": False}
    entry_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("stock_entry.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"))
    quantity_milli: Mapped[int] = mapped_column(Quantity)
    cost_minor: Mapped[int | None] = mapped_column(Money)


class CostCorrection(TenantModel):
    """What became known of a cost after its sale, dated then; `move_id` is its move of quantity 0 and value −amount.

    The source names the line whose cost it corrects; that line itself is never rewritten.
    """

    __tablename__ = "cost_correction"
    __table_args__ = (sa.Index("ix_cost_correction_source", "source_id"),)
    id: Mapped[uuid.UUID] = mapped_column(Id, primary_key=True)
    move_id: Mapped[uuid.UUID] = mapped_column(Id, sa.ForeignKey("stock_move.id"))
    business_day: Mapped[str] = mapped_column(Day)
    branch_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("branch.id"))
    item_id: Mapped[int] = mapped_column(Ref, sa.ForeignKey("item.id"))
    amount_minor: Mapped[int] = mapped_column(Money)
    source_kind: Mapped[str] = mapped_column(sa.String(16))
    source_id: Mapped[uuid.UUID] = mapped_column(Id)
    source_line: Mapped[int | None]
    cause: Mapped[str] = mapped_column(sa.String(24))
