"""Rows of the topic `settings` that cash owns: registers and ways to pay."""

from collections.abc import Sequence

from server.cash import queries as cash
from server.cash.models import Register, TenderType
from server.sync.loaders.context import Receiver, Row


def registers(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Registers of the receiver's branch."""
    found = cash.registers_by_id([int(id) for id in ids]).values()
    rows = _registers([row for row in found if row.branch_id == receiver.branch_id])
    return {str(row["id"]): row for row in rows}


def tender_types(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Ways to pay; archived ones say so."""
    every = cash.tender_types_by_id()
    return {id: _tender_type(every[int(id)]) for id in ids if int(id) in every}


def all_registers(branch_id: int) -> list[Row]:
    """Every register of a branch."""
    return _registers(cash.registers(branch_id))


def all_tender_types() -> list[Row]:
    """Every way to pay, in the order of the buttons."""
    return [_tender_type(row) for row in cash.tender_types()]


def _registers(rows: Sequence[Register]) -> list[Row]:
    epochs = cash.lease_epochs(row.id for row in rows)
    return [
        {
            "id": row.id,
            "branch_id": row.branch_id,
            "code": row.code,
            "name": row.name,
            "archived": row.archived_at is not None,
            "lease_epoch": epochs.get(row.id, 0),
        }
        for row in rows
    ]


def _tender_type(row: TenderType) -> Row:
    return {
        "id": row.id,
        "code": row.code,
        "kind": row.kind,
        "name": row.name,
        "opens_drawer": row.opens_drawer,
        "position": row.position,
        "archived": row.archived_at is not None,
    }
