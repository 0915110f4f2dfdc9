"""Rows of the topic `orders`: the operations of open orders, from which every terminal folds the same state."""

from collections.abc import Sequence

from server.orders import queries
from server.sync.loaders.context import Receiver, Row


def operations(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """Operations by id."""
    return {row["id"]: row for row in queries.operations_by_id(ids)}


def all_of_open_orders(branch_id: int) -> list[Row]:
    """The operations of every order of a branch that is still open: what a terminal must know from its first day on."""
    return queries.operations_of_open_orders(branch_id)
