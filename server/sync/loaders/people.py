"""Rows of the topic `people`: who may sign in here and what they may do, without any secret."""

from collections.abc import Sequence

from server.staff import queries as staff
from server.sync.loaders.context import Receiver, Row


def people(ids: Sequence[str], receiver: Receiver) -> dict[str, Row]:
    """People by id; archived ones say so."""
    return {str(row["id"]): row for row in staff.person_rows([int(id) for id in ids])}


def everyone() -> list[Row]:
    """All who are not archived."""
    return staff.person_rows()
