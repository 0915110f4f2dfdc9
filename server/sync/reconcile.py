"""At the close of a shift both sides compare what they hold of it, by number, sum and exclusive or of the ids."""

import uuid
from functools import reduce
from typing import Any

import sqlalchemy as sa

from server.cash import queries as cash
from server.core.transaction import session
from server.sales.models import Sale

HELD_AT_MOST = 10_000


def reconcile(terminal_id: int, shift_id: uuid.UUID, *, count: int, total_minor: int, xor: str) -> dict[str, Any]:
    """Whether the server holds the same sales of a shift as its terminal.

    One missing sale, or one too many, is named by the exclusive or alone. Where more differ, the terminal gets the ids
    that are here and finds the rest itself.
    """
    of_shift = Sale.id.in_(cash.documents_of_shift(shift_id))
    query = sa.select(Sale.id, Sale.total_minor).where(of_shift, Sale.terminal_id == terminal_id)
    held = list(session().execute(query.order_by(Sale.id).limit(HELD_AT_MOST)))
    ids = {row.id for row in held}
    own = reduce(lambda whole, id: whole ^ id.int, ids, 0)
    difference = uuid.UUID(int=own ^ int(xor, 16))
    nothing: list[uuid.UUID] = []
    if len(held) == count and difference.int == 0 and sum(row.total_minor for row in held) == total_minor:
        return {"ok": True, "missing": nothing, "unknown": nothing, "held": nothing}
    missing = [difference] if len(held) == count - 1 else []
    unknown = [difference] if len(held) == count + 1 and difference in ids else []
    return {"ok": False, "missing": missing, "unknown": unknown, "held": sorted(ids)}
