"""Rows of the topic `settings`: company, branch, settings, and the devices of the receiving terminal."""

from collections.abc import Sequence
from typing import Any

from server.devices import queries as devices
from server.stores import queries as stores
from server.stores.models import Branch, Company, Setting
from server.sync.loaders.context import Receiver, Row

COMPANY_FIELDS = ("id", "name", "tax_id", "tax_regime", "currency")
BRANCH_FIELDS = (
    "id", "company_id", "code", "name", "address", "timezone", "cut_off_min", "language",
    "receipt_head", "receipt_foot",
)  # fmt: skip


def companies(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Legal entities."""
    return {str(id): company(row) for id, row in stores.companies_by_id([int(id) for id in ids]).items()}


def branches(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """The receiver's branch; others are none of its business."""
    own = [int(id) for id in ids if int(id) == receiver.branch_id]
    return {str(id): branch(row) for id, row in stores.branches_by_id(own).items()}


def settings(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Changed settings as they hold in the receiver's branch: its own value goes before the shop's."""
    changed = {id: row for id, row in stores.settings_by_id([int(id) for id in ids]).items() if _holds(row, receiver)}
    valid = stores.settings_of(receiver.branch_id)
    return {str(id): {"id": id, "key": row.key, "value": valid[row.key]} for id, row in changed.items()}


def terminal_devices(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Which device serves the receiver in which role; those of other terminals are left out."""
    own = [id for id in ids if id.partition(":")[0] == str(receiver.terminal_id)]
    return {id: {"id": id, **row} for id, row in devices.device_rows_by_id(own).items()}


def company(row: Company) -> Row:
    """A company as the feed says it."""
    return _fields(row, COMPANY_FIELDS)


def branch(row: Branch) -> Row:
    """A branch as the feed says it."""
    return _fields(row, BRANCH_FIELDS)


def all_settings(branch_id: int) -> list[Row]:
    """Every setting as it holds in a branch."""
    rows = {row.key: row for row in sorted(stores.settings(branch_id), key=_shop_first)}
    return [{"id": row.id, "key": row.key, "value": row.value} for row in rows.values()]


def all_terminal_devices(terminal_id: int) -> list[Row]:
    """The devices of a terminal."""
    return [{"id": f"{terminal_id}:{row['role']}", **row} for row in devices.device_rows(terminal_id)]


def branch_of_terminal(terminal_id: int) -> int:
    """The branch in which a terminal stands."""
    return devices.terminal(terminal_id).branch_id


def _holds(row: Setting, receiver: Receiver) -> bool:
    return row.branch_id in (None, receiver.branch_id)


def _shop_first(row: Setting) -> bool:
    return row.branch_id is not None


def _fields(row: Any, names: Sequence[str]) -> Row:
    return {name: getattr(row, name) for name in names}
