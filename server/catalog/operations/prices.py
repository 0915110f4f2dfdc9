"""A price change is a new row; terminals hear of it by the change log's hint."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from server.catalog import queries
from server.catalog.models import Price
from server.core import actor, audit, changes, clock
from server.core.errors import invalid
from server.core.transaction import session
from server.stores import queries as stores

LATE_AT_MOST_MS = 60_000
"""A price from the past would change what was right at the time; a slow clock is forgiven this much."""


@dataclass(frozen=True)
class NewPrice:
    """A price as a person plans it. Units: minor units; milliseconds UTC, both ends optional."""

    item_id: int
    amount_minor: int
    kind: str = "regular"
    branch_id: int | None = None
    from_at: int | None = None
    until_at: int | None = None


def set_price(new: NewPrice) -> Price:
    """Plan a price. Raises NotFound, NotAllowed, Invalid (an end before its beginning, a beginning in the past)."""
    now = clock.now_ms()
    queries.item(new.item_id)
    if new.branch_id is not None:
        require_branch(new.branch_id)
    if new.from_at is not None and new.from_at < now - LATE_AT_MOST_MS:
        raise invalid("from_at", "in_past")
    if new.until_at is not None and new.until_at <= max(now, new.from_at or now):
        raise invalid("until_at", "before_beginning")
    price_id = set_prices([new])[0]
    audit.write("set_price", "item", new.item_id, after=asdict(new))
    return session().get_one(Price, price_id)


def require_branch(branch_id: int) -> None:
    """Refuse a branch that is not there, or where the actor does not work. Raises Invalid, NotAllowed."""
    if branch_id not in stores.branches_by_id([branch_id]):
        raise invalid("branch_id", "not_found")
    actor.require_branch(branch_id)


def set_prices(news: Sequence[NewPrice]) -> list[int]:
    """Many price rows at once, without questions about time: imports, seeds. Returns their ids."""
    if not news:
        return []
    first = changes.take(len(news))
    now, list_id = clock.now_ms(), queries.default_list_id()
    rows = [
        asdict(new) | {"id": id, "list_id": list_id, "from_at": now if new.from_at is None else new.from_at}
        for id, new in enumerate(news, start=first)
    ]
    session().execute(sa.insert(Price), rows)
    changes.record_many([(row["id"], "catalogue", "price", str(row["id"]), "put", row["branch_id"]) for row in rows])
    return [row["id"] for row in rows]
