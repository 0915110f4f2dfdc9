"""The path of one sale: judged, costed, tendered and announced, with everything for the whole push read at once.

A completed sale is a fact. Stock, price, right, closed shift or ended lease never refuse it; they are flags. Refused is
only what cannot be a sale: a malformed body, tenders that do not make up the total, a number that is taken.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from server.cash.documents import take_document
from server.cash.operations.shifts import day_differs
from server.cash.tills import Tills, Where, registers
from server.catalog import queries as catalog
from server.core import flags, reference
from server.core.announce import announce
from server.core.facts import Fact, NotAFact, Raised
from server.core.rows import Sheet
from server.sales import judging
from server.sales.events import SaleCompleted
from server.sales.models import Sale, SaleDiscount, SaleLine, SaleTax
from server.sales.operations import reads
from server.sales.pricing import Amounts
from server.sales.sold import Earlier, Returning
from server.sales.work import Work, discount_rows, document_of, line_rows, sale_row
from server.staff import queries as staff
from server.stock import operations as stock
from server.stock.shelves import Cause, Move, Plan
from server.stores import queries as stores

DIGITS = 6


class SaleBook:
    """The sales of one push."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.bodies = {fact.id: reads.parsed(fact) for fact in facts}
        sound = [body for body in self.bodies.values() if not isinstance(body, NotAFact)]
        known = reference.memo()
        people = reads.people_of(facts, sound)
        self.rights = known.rows("rights", people, staff.rights_of)
        self.known = known.rows("leaving", people, staff.leaving_of)
        item_ids = {row["item_id"] for body in sound for row in body["lines"] if row["item_id"] is not None}
        self.items = known.rows("items", item_ids, catalog.items_by_id)
        self.prices = known.rows("prices", self.items, catalog.prices_of_items)
        self.rates = known.whole("rates", lambda: {id: row.rate_bp for id, row in catalog.tax_rates_by_id().items()})
        self.warehouses = known.rows("warehouses", reads.branches_of(registers(), sound), reads.warehouses)
        # Asked for together: the first look, which is that of the tills, sends all three.
        places = self.warehouses.values()
        shelves = stock.ask_shelves((item_id, warehouse_id) for item_id in self.items for warehouse_id in places)
        returns = reads.ask_returns_before([fact.id for fact in facts])
        self.tills = Tills.of(facts)
        back = {row["item_id"] for body in sound for row in body["lines"] if row["quantity_milli"] < 0}
        self.shelves = stock.open_shelves(shelves, {(item_id, place) for item_id in back for place in places})
        self.awaited = reads.returns_before(returns)
        companies = {row.company_id for row in self.tills.branches.values()}
        self.companies = known.rows("companies", companies, stores.companies_by_id)
        self.earlier = Earlier.of(body["returns_sale_id"] for body in sound if body["returns_sale_id"] is not None)
        self.taken = reads.taken_numbers(self.tills, sound)
        self.sheet = Sheet()
        self.events: list[SaleCompleted] = []

    def record(self, fact: Fact) -> list[Raised]:
        """Book one sale with its stock, its cash and its reactions. Raises NotAFact."""
        self.tills.forget()
        work = self._begin(fact)
        returned = self._returned(work)
        result = judging.check_arithmetic(work.body, self.rates, returned)
        plan, costs = self._move_stock(work, returned)
        work.line_rows = line_rows(work, result.priced.lines, self.rates, costs)
        sheet = self._rows_of(work, plan)
        work.raised += take_document(self.tills, fact, work.shift, document_of(work), sheet)
        self._judge(work, result, plan)
        self._accept(work, plan, sheet)
        return work.raised

    def close(self) -> None:
        """Write everything: the sales, layers and balances, the leases' numbers. Then the sales are announced."""
        self.shelves.close(self.sheet)
        self.tills.close(self.sheet)
        self.sheet.write()
        events, self.events = self.events, []
        for event in events:
            announce(event)

    def _begin(self, fact: Fact) -> Work:
        body = self.bodies[fact.id]
        if isinstance(body, NotAFact):
            raise body
        if fact.person_id is None or fact.person_id not in self.known:
            raise NotAFact("person_unknown")
        reads.require_whole(body, self.rates)
        lease = self.tills.lease_of(fact, body["lease_id"], body["register_id"], body["series"])
        number = f"{lease.series}-{body['counter']:0{DIGITS}}"
        if body["series"] != lease.series or body["number"] != number:
            raise NotAFact("number_wrong", number=body["number"])
        if (lease.series, body["counter"]) in self.taken:
            raise NotAFact("number_taken", number=number)
        shift = self.tills.shift_of(fact, Where(body["register_id"], lease.id, body["business_day"]))
        work = Work(fact, body, fact.person_id, shift, lease.series)
        if lease.ended_at is not None:
            work.raised.append(Raised("ended_lease", {"series": lease.series}))
        if body["returns_sale_id"] is not None:
            work.returning = Returning(self.earlier, body["returns_sale_id"])
        work.items = [row["item_id"] if row["item_id"] in self.items else None for row in body["lines"]]
        return work

    def _returned(self, work: Work) -> list[Amounts | None]:
        """Line by line, the negative amounts of goods that come back of an earlier receipt."""
        found: list[Amounts | None] = []
        for row in work.body["lines"]:
            if row["quantity_milli"] >= 0 or row["returns_position"] is None or work.returning is None:
                found.append(None)
                continue
            back = work.returning.price(row["returns_position"], -row["quantity_milli"])
            stated = judging.stated_amounts(row, self.rates[row["tax_rate_id"]])
            found.append(stated if back is None else back.mirrored())
        return found

    def _move_stock(self, work: Work, returned: Sequence[Amounts | None]) -> tuple[Plan, list[int]]:
        """What the lines take from stock and bring back, and the cost of each line (negative for goods back)."""
        moves, places = [], []
        for index, row in enumerate(work.body["lines"]):
            item_id = work.items[index]
            if item_id is not None and row["quantity_milli"]:
                moves.append(self._move(work, row, item_id, returned[index]))
                places.append(index)
        plan = self.shelves.plan(moves)
        costs = [0] * len(work.items)
        for move, index, value in zip(moves, places, plan.values, strict=True):
            costs[index] = value if move.quantity_milli < 0 else -value
        short = [
            {
                "position": work.body["lines"][places[at]]["position"],
                "item_id": work.items[places[at]],
                "short_milli": milli,
            }
            for at, milli in plan.short.items()
        ]
        work.raised += [Raised("negative_stock", one) for one in short]
        return plan, costs

    def _move(self, work: Work, row: Mapping[str, Any], item_id: int, back: Amounts | None) -> Move:
        known = work.returning is not None and row["returns_position"] is not None and back is not None
        known = known and self.earlier.line(work.returning.sale_id, row["returns_position"]) is not None  # type: ignore[union-attr]
        return Move(
            item_id=item_id,
            warehouse_id=self.warehouses[work.shift.branch_id],
            branch_id=work.shift.branch_id,
            quantity_milli=-row["quantity_milli"],
            cause=Cause("sale", work.fact.id, row["position"]),
            business_day=work.shift.business_day,
            moved_at=work.fact.occurred_at,
            value_minor=max(0, -back.cost_minor) if known and back is not None else None,
        )

    def _rows_of(self, work: Work, plan: Plan) -> Sheet:
        branch = self.tills.branches[work.shift.branch_id]
        currency = self.companies[branch.company_id].currency
        sheet = Sheet()
        sheet.add(Sale.__table__, [sale_row(work, branch, self.warehouses[branch.id], currency)])
        sheet.add(SaleLine.__table__, work.line_rows)
        sheet.add(SaleDiscount.__table__, discount_rows(work))
        sheet.add(
            SaleTax.__table__,
            [{**row, "sale_id": work.fact.id, "rate_bp": self.rates[row["tax_rate_id"]]} for row in work.body["taxes"]],
        )
        plan.put_on(sheet)
        return sheet

    def _judge(self, work: Work, result: judging.Judged, plan: Plan) -> None:
        body, fact, raised = work.body, work.fact, work.raised
        rights = staff.rights_at(fact.occurred_at, self.rights, self.known)
        if result.differences:
            raised.append(Raised("arithmetic_differs", {"differences": list(result.differences)}))
        raised += judging.check_prices(
            body,
            self.prices,
            known=self.items,
            branch_id=work.shift.branch_id,
            drift_ms=fact.occurred_at - fact.happened_at,
            cashier=work.cashier,
            rights=rights,
        )
        raised += judging.check_caps(body, work.cashier, rights)
        raised += judging.check_rights(body, work.cashier, rights)
        for row in body["lines"]:
            if row["item_id"] is not None and row["item_id"] not in self.items:
                raised.append(Raised("unknown_item", {"position": row["position"], "name": row["name"]}))
        raised += self._day_differs(work)
        raised += self._returns_differ(work)

    def _day_differs(self, work: Work) -> list[Raised]:
        told = work.body["business_day"]
        if told != work.shift.business_day:
            return [Raised("business_day_differs", {"told": told, "own": work.shift.business_day})]
        return day_differs(told, self.tills.business_day_at(work.shift.branch_id, work.fact.occurred_at))

    def _returns_differ(self, work: Work) -> list[Raised]:
        returning = work.returning
        if returning is None:
            return []
        if not self.earlier.knows(returning.sale_id):
            return [Raised("sale_unknown", {"sale_id": str(returning.sale_id)})]
        unknown = [
            row["returns_position"]
            for row in work.body["lines"]
            if row["returns_position"] is not None
            and self.earlier.line(returning.sale_id, row["returns_position"]) is None
        ]
        positions = sorted({*returning.too_much, *unknown})
        return (
            [Raised("returned_too_much", {"sale_id": str(returning.sale_id), "positions": positions})]
            if positions
            else []
        )

    def _accept(self, work: Work, plan: Plan, sheet: Sheet) -> None:
        """Nothing speaks against it: it will be written, and what the next sale of this push finds has changed."""
        for return_id in self.awaited.get(work.fact.id, ()):
            flags.settle_about("sale_unknown", "sale", str(return_id), note="the sale has arrived")
        self.sheet.take_over(sheet)
        self.events.append(self._event(work))
        self.tills.accept()
        self.shelves.accept(plan)
        if work.returning is not None:
            work.returning.accept()
        self.earlier.add(work.fact.id, work.line_rows)
        self.taken.add((work.series, work.body["counter"]))
        self.tills.count(work.body["lease_id"], sale=work.body["counter"])

    def _event(self, work: Work) -> SaleCompleted:
        fact, body = work.fact, work.body
        kinds = self.tills.tender_types
        return SaleCompleted(
            id=str(fact.id),
            terminal_id=fact.terminal_id,
            received_at=fact.received_at,
            age_ms=fact.age_ms,
            branch_id=work.shift.branch_id,
            person_id=work.cashier,
            hlc=fact.hlc,
            prints=body["print"],
            opens_drawer=any(kinds[tender["tender_type_id"]].opens_drawer for tender in body["tenders"]),
            has_origins=any(row["origin_id"] is not None for row in body["lines"]),
        )
