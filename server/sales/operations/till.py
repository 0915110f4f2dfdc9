"""Copies of receipts, numbered by the server, and what happens at a till besides sales."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from server.core import reference
from server.core.announce import announce
from server.core.facts import Fact, NotAFact, Raised
from server.core.transaction import connection, session
from server.sales.bodies import RECEIPT_COPY, TILL_EVENT
from server.sales.events import CopyWanted
from server.sales.models import ReceiptCopy, Sale, TillEvent
from server.staff import queries as staff


class TillBook:
    """Receipt copies and till events of one push."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        people = {fact.person_id for fact in facts} | {fact.body.get("approved_by") for fact in facts}
        named = [id for id in people if type(id) is int]
        self.rights = reference.memo().rows("rights", named, staff.rights_of)
        self.known = reference.memo().rows("leaving", named, staff.leaving_of)

    def record(self, fact: Fact) -> list[Raised]:
        """Book one of them. Raises NotAFact."""
        return self._copy(fact) if fact.kind == "receipt_copy" else self._event(fact)

    def close(self) -> None:
        """Nothing was gathered."""

    def _copy(self, fact: Fact) -> list[Raised]:
        body = RECEIPT_COPY(fact.body, "body")
        if fact.person_id not in self.known:
            raise NotAFact("person_unknown")
        sale_id = body["sale_id"]
        is_known = session().scalar(sa.select(Sale.id).where(Sale.id == sale_id).with_for_update()) is not None
        connection().execute(
            sa.insert(ReceiptCopy.__table__),
            {
                "id": fact.id,
                "sale_id": sale_id,
                "copy": _next_copy(sale_id),
                "by": fact.person_id,
                "printed_at": fact.occurred_at,
            },
        )
        if not is_known:
            return [Raised("sale_unknown", {"sale_id": str(sale_id)})]
        announce(CopyWanted(str(fact.id), fact.terminal_id, fact.received_at, fact.age_ms))
        rights = staff.rights_at(fact.occurred_at, self.rights, self.known)
        held = (rights.get(id or 0, {}) for id in (fact.person_id, body["approved_by"]))
        may = any("sale.reprint" in rights for rights in held)
        return [] if may else [Raised("missing_right", {"right": "sale.reprint"})]

    def _event(self, fact: Fact) -> list[Raised]:
        body = TILL_EVENT(fact.body, "body")
        if fact.person_id is not None and fact.person_id not in self.known:
            raise NotAFact("person_unknown")
        connection().execute(
            sa.insert(TillEvent.__table__),
            {
                "id": fact.id,
                "terminal_id": fact.terminal_id,
                "person_id": fact.person_id,
                "shift_id": fact.shift_id,
                "kind": body["kind"],
                "detail": dict(body["detail"]),
                "approved_by": body["approved_by"],
                "happened_at": fact.occurred_at,
            },
        )
        return []


def _next_copy(sale_id: uuid.UUID) -> int:
    return (session().scalar(sa.select(sa.func.max(ReceiptCopy.copy)).where(ReceiptCopy.sale_id == sale_id)) or 0) + 1
