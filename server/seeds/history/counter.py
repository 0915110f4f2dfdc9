"""Books a day's sales of one branch: the same arithmetic as the push's, the same rows, written many at once.

Nothing is judged here: prices, caps and rights of a history are in order by its making. What the judge of the push
would still flag, stock below zero, is flagged.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from server.cash.documents import document_row, tax_rows, tender_rows
from server.cash.models import CashDocument, CashDocumentTax, Tender
from server.cash.tills import ShiftState, Tills
from server.core.facts import Fact, Raised
from server.core.rows import Sheet
from server.sales.models import Sale, SaleDiscount, SaleLine, SaleTax
from server.sales.pricing import Amounts
from server.sales.sold import Earlier, Returning
from server.sales.work import Work, discount_rows, document_of, line_rows, sale_row
from server.seeds.history.bulk import Bulk
from server.seeds.rung import Receipt
from server.stock import operations as stock
from server.stock.shelves import Cause, Move, Plan, Shelves
from server.stores.models import Branch

KEPT_MS = 21 * 86_400_000
"""How long a sale is remembered for what may come back of it."""


class Counter:
    """The sales of one branch. `open_day` reads its shelves, `close_day` writes back what they have become."""

    def __init__(self, branch: Branch, warehouse_id: int, currency: str, rates: Mapping[int, int], bulk: Bulk) -> None:
        self.branch, self.warehouse_id, self.currency, self.rates, self.bulk = (
            branch, warehouse_id, currency, rates, bulk,
        )  # fmt: skip
        self.earlier = Earlier()
        self.lines = 0
        self.sales = 0
        self.sold: dict[int, int] = {}
        self.shelves: Shelves | None = None

    def open_day(self, item_ids: Sequence[int]) -> None:
        """Read the shelves, unless they are known from the day before."""
        if self.shelves is None:
            self.shelves = stock.open_shelves(stock.ask_shelves((item_id, self.warehouse_id) for item_id in item_ids))

    def forget_shelves(self) -> None:
        """Others have moved goods: the shelves are read again."""
        self.shelves = None

    def take_sold(self) -> Mapping[int, int]:
        """What was sold since the last call, by item. Units: thousandths."""
        sold, self.sold = self.sold, {}
        return sold

    def close_day(self, now: int) -> None:
        """Write what waits, and forget sales of which nothing comes back any more."""
        assert self.shelves is not None
        self.bulk.flush()
        sheet = Sheet()
        self.shelves.close(sheet)
        sheet.write()
        for sale_id in list(self.earlier.lines):
            if sale_id.int >> 80 >= now - KEPT_MS:
                break
            del self.earlier.lines[sale_id]
        self.earlier.back = {key: back for key, back in self.earlier.back.items() if key[0] in self.earlier.lines}

    def record(self, fact: Fact, shift: ShiftState, series: str, tills: Tills, receipt: Receipt) -> "Booked":
        """Book one sale. `receipt` is what its till remembers of it: the tax of each line."""
        body = _known(fact)
        assert fact.person_id is not None
        work = Work(fact, body, fact.person_id, shift, series, items=[row["item_id"] for row in body["lines"]])
        returned = self._returned(work)
        assert self.shelves is not None
        plan = self.shelves.plan(
            [self._move(work, row, back) for row, back in zip(body["lines"], returned, strict=True)]
        )
        costs = [
            value if row["quantity_milli"] > 0 else -value
            for row, value in zip(body["lines"], plan.values, strict=True)
        ]
        amounts = [receipt.lines[row["position"]][1] for row in body["lines"]]
        work.line_rows = line_rows(work, amounts, self.rates, costs)  # type: ignore[arg-type]
        self._gather(work, plan, tills)
        self._accept(work, plan)
        return Booked(work, _short(work, plan))

    def _returned(self, work: Work) -> list[Amounts | None]:
        sale_id = work.body["returns_sale_id"]
        if sale_id is None:
            return [None] * len(work.items)
        work.returning = Returning(self.earlier, sale_id)
        found = [
            work.returning.price(row["returns_position"], -row["quantity_milli"]) if row["returns_position"] else None
            for row in work.body["lines"]
        ]
        return [back.mirrored() if back is not None else None for back in found]

    def _move(self, work: Work, row: Mapping[str, Any], back: Amounts | None) -> Move:
        return Move(
            item_id=row["item_id"],
            warehouse_id=self.warehouse_id,
            branch_id=self.branch.id,
            quantity_milli=-row["quantity_milli"],
            cause=Cause("sale", work.fact.id, row["position"]),
            business_day=work.shift.business_day,
            moved_at=work.fact.occurred_at,
            value_minor=max(0, -back.cost_minor) if back is not None else None,
        )

    def _gather(self, work: Work, plan: Plan, tills: Tills) -> None:
        body, bulk, document = work.body, self.bulk, document_of(work)
        bulk.add(Sale.__table__, sale_row(work, self.branch, self.warehouse_id, self.currency))
        bulk.extend(SaleLine.__table__, work.line_rows)
        bulk.extend(SaleDiscount.__table__, discount_rows(work))
        rates = self.rates
        bulk.extend(
            SaleTax.__table__,
            [row | {"sale_id": work.fact.id, "rate_bp": rates[row["tax_rate_id"]]} for row in body["taxes"]],
        )
        for model, rows in plan.rows.items():
            bulk.extend(model.__table__, rows)  # type: ignore[attr-defined]
        bulk.add(CashDocument.__table__, document_row(work.fact, work.shift, document, False))
        bulk.extend(CashDocumentTax.__table__, tax_rows(work.fact.id, document))
        bulk.extend(Tender.__table__, tender_rows(tills, work.fact.id, work.shift, document))

    def _accept(self, work: Work, plan: Plan) -> None:
        assert self.shelves is not None
        self.shelves.accept(plan)
        if work.returning is not None:
            work.returning.accept()
        self.earlier.add(work.fact.id, work.line_rows)
        self.sales += 1
        self.lines += len(work.line_rows)
        for row in work.line_rows:
            self.sold[row["item_id"]] = self.sold.get(row["item_id"], 0) + row["quantity_milli"]


class Booked:
    """A sale that was booked, and what was raised about it."""

    def __init__(self, work: Work, raised: list[Raised]) -> None:
        self.work, self.raised = work, raised

    @property
    def id(self) -> uuid.UUID:
        """The sale's id."""
        return self.work.fact.id


def _known(fact: Fact) -> Mapping[str, Any]:
    """The body as the door of the push reads it: ids and instants as values."""
    said = fact.body
    returns = said["returns_sale_id"]
    return {
        **said,
        "lease_id": uuid.UUID(said["lease_id"]),
        "returns_sale_id": None if returns is None else uuid.UUID(returns),
        "lines": [{**row, "priced_at": fact.happened_at} for row in said["lines"]],
        "discounts": [{**row, "id": uuid.UUID(row["id"])} for row in said["discounts"]],
        "tenders": [{**row, "id": uuid.UUID(row["id"])} for row in said["tenders"]],
    }


def _short(work: Work, plan: Plan) -> list[Raised]:
    rows = work.body["lines"]
    return [
        Raised(
            "negative_stock",
            {"position": rows[at]["position"], "item_id": rows[at]["item_id"], "short_milli": milli},
        )
        for at, milli in plan.short.items()
    ]
