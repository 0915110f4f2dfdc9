"""The path of one sale: judged, costed, tendered and announced, with everything for the whole push read at once.

A completed sale is a fact. Stock, price, right, closed shift or ended lease never refuse it; they are flags. Refused is
only what cannot be a sale: a malformed body, tenders that do not make up the total, a number that is taken.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from server.cash.documents import Document, take_document
from server.cash.operations.shifts import day_differs
from server.cash.tills import ShiftState, Tills, Where
from server.catalog import queries as catalog
from server.core import flags, reference
from server.core.announce import announce
from server.core.facts import Fact, NotAFact, Raised
from server.core.transaction import connection
from server.sales import judging
from server.sales.events import SaleCompleted
from server.sales.models import Sale, SaleDiscount, SaleLine, SaleTax
from server.sales.pricing import Amounts
from server.sales.schemas import SALE
from server.sales.sold import Earlier, Returning
from server.staff import queries as staff
from server.stock import operations as stock
from server.stock.shelves import Cause, Move, Plan
from server.stores import queries as stores
from server.values import times

DIGITS = 6
SALE_TABLE = Sale.__table__
_COUNTERS = sa.select(SALE_TABLE.c.counter).where(
    SALE_TABLE.c.series == sa.bindparam("series"), SALE_TABLE.c.counter.in_(sa.bindparam("counters", expanding=True))
)
_RETURNS = sa.select(SALE_TABLE.c.returns_sale_id, SALE_TABLE.c.id).where(
    SALE_TABLE.c.returns_sale_id.in_(sa.bindparam("sales", expanding=True))
)


@dataclass(slots=True)
class Work:
    """One sale while it is being booked."""

    fact: Fact
    body: Mapping[str, Any]
    cashier: int
    shift: ShiftState
    series: str
    raised: list[Raised] = field(default_factory=list)
    returning: Returning | None = None
    items: list[int | None] = field(default_factory=list)
    line_rows: list[dict[str, Any]] = field(default_factory=list)


class SaleBook:
    """The sales of one push."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.bodies = {fact.id: _parsed(fact) for fact in facts}
        sound = [body for body in self.bodies.values() if not isinstance(body, NotAFact)]
        known = reference.memo()
        self.tills = Tills.of(facts)
        people = _people(facts, sound)
        self.rights = known.rows("rights", people, staff.rights_of)
        self.known = set(known.rows("people", people, staff.names_of))
        item_ids = {row["item_id"] for body in sound for row in body["lines"] if row["item_id"] is not None}
        self.items = known.rows("items", item_ids, catalog.items_by_id)
        self.prices = known.rows("prices", self.items, catalog.prices_of_items)
        self.rates = known.whole("rates", lambda: {id: row.rate_bp for id, row in catalog.tax_rates_by_id().items()})
        self.warehouses = known.rows("warehouses", _branches(self.tills, sound), _warehouses)
        companies = {row.company_id for row in self.tills.branches.values()}
        self.companies = known.rows("companies", companies, stores.companies_by_id)
        self.earlier = Earlier.of(body["returns_sale_id"] for body in sound if body["returns_sale_id"] is not None)
        self.shelves = stock.open_shelves(
            (item_id, warehouse_id) for item_id in self.items for warehouse_id in self.warehouses.values()
        )
        self.taken = _taken_numbers(sound)
        self.awaited = _returns_before([fact.id for fact in facts])

    def record(self, fact: Fact) -> list[Raised]:
        """Book one sale with its stock, its cash and its reactions. Raises NotAFact."""
        self.tills.forget()
        work = self._begin(fact)
        returned = self._returned(work)
        result = judging.check_arithmetic(work.body, self.rates, returned)
        plan, costs = self._move_stock(work, returned)
        self._lines(work, result, costs)
        self._write(work, plan)
        document = _document(work)
        work.raised += take_document(self.tills, fact, work.shift, document)
        self._judge(work, result, plan)
        self._accept(work, plan)
        self._announce(work)
        return work.raised

    def close(self) -> None:
        """Write back layers, balances and the leases' numbers."""
        self.shelves.close()
        self.tills.close()

    def _begin(self, fact: Fact) -> Work:
        body = self.bodies[fact.id]
        if isinstance(body, NotAFact):
            raise body
        if fact.person_id is None or fact.person_id not in self.known:
            raise NotAFact("person_unknown")
        _require_whole(body, self.rates)
        lease = self.tills.lease_of(fact, body["lease_id"], body["register_id"])
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

    def _lines(self, work: Work, result: judging.Judged, costs: Sequence[int]) -> None:
        for row, own, item_id, cost in zip(work.body["lines"], result.priced.lines, work.items, costs, strict=True):
            work.line_rows.append(
                {name: row[name] for name in COPIED}
                | {
                    "sale_id": work.fact.id,
                    "item_id": item_id,
                    "gross_minor": row["total_minor"] + row["discount_minor"] + row["share_minor"],
                    "tax_minor": own.tax_minor,
                    "rate_bp": self.rates[row["tax_rate_id"]],
                    "cost_minor": cost,
                }
            )

    def _write(self, work: Work, plan: Plan) -> None:
        core = connection()
        core.execute(sa.insert(SALE_TABLE), self._sale_row(work))
        core.execute(sa.insert(SaleLine.__table__), work.line_rows)
        if work.body["discounts"]:
            core.execute(sa.insert(SaleDiscount.__table__), _discount_rows(work))
        if work.body["taxes"]:
            core.execute(
                sa.insert(SaleTax.__table__),
                [dict(row, sale_id=work.fact.id, rate_bp=self.rates[row["tax_rate_id"]]) for row in work.body["taxes"]],
            )
        plan.write()

    def _sale_row(self, work: Work) -> dict[str, Any]:
        body, fact, shift = work.body, work.fact, work.shift
        branch = self.tills.branches[shift.branch_id]
        sums = {name: sum(row[name] for row in work.line_rows) for name in ("gross_minor", "cost_minor")}
        return {
            "id": fact.id,
            "number": body["number"],
            "series": work.series,
            "counter": body["counter"],
            "register_id": shift.register_id,
            "lease_id": body["lease_id"],
            "shift_id": shift.id,
            "company_id": branch.company_id,
            "branch_id": branch.id,
            "warehouse_id": self.warehouses[branch.id],
            "terminal_id": fact.terminal_id,
            "cashier_id": work.cashier,
            "customer_id": body["customer_id"],
            "rung_at": fact.occurred_at,
            "local_hour": times.local_hour(fact.occurred_at, branch.timezone),
            "received_at": fact.received_at,
            "business_day": shift.business_day,
            "currency": self.companies[branch.company_id].currency,
            **sums,
            "discount_minor": sum(row["discount_minor"] + row["share_minor"] for row in work.line_rows),
            "tax_minor": sum(row["tax_minor"] for row in body["taxes"]),
            "total_minor": body["total_minor"],
            "lines": len(work.line_rows),
            "catalogue_cursor": body["catalogue_cursor"],
            "returns_sale_id": body["returns_sale_id"],
            "approved_by": body["approved_by"],
            "note": body["note"],
        }

    def _judge(self, work: Work, result: judging.Judged, plan: Plan) -> None:
        body, fact, raised = work.body, work.fact, work.raised
        if result.differences:
            raised.append(Raised("arithmetic_differs", {"differences": list(result.differences)}))
        raised += judging.check_prices(
            body,
            self.prices,
            known=self.items,
            branch_id=work.shift.branch_id,
            drift_ms=fact.occurred_at - fact.happened_at,
            cashier=work.cashier,
            rights=self.rights,
        )
        raised += judging.check_caps(body, work.cashier, self.rights)
        raised += judging.check_rights(body, work.cashier, self.rights)
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

    def _accept(self, work: Work, plan: Plan) -> None:
        """Everything is written: what the next sale of this push finds has changed."""
        self.tills.accept()
        self.shelves.accept(plan)
        if work.returning is not None:
            work.returning.accept()
        self.earlier.add(work.fact.id, work.line_rows)
        self.taken.add((work.series, work.body["counter"]))
        self.tills.count(work.body["lease_id"], sale=work.body["counter"])
        for return_id in self.awaited.get(work.fact.id, ()):
            flags.settle_about("sale_unknown", "sale", str(return_id), note="the sale has arrived")

    def _announce(self, work: Work) -> None:
        fact, body = work.fact, work.body
        kinds = self.tills.tender_types
        announce(
            SaleCompleted(
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
        )


COPIED = (
    "position", "kind", "parent", "origin_id", "name", "barcode", "quantity_milli", "unit_price_minor", "price_id",
    "priced_at", "discount_minor", "share_minor", "total_minor", "tax_rate_id", "weight_from", "returns_position",
    "approved_by", "note",
)  # fmt: skip
"""What a stored line takes over from the body as it is."""


def _parsed(fact: Fact) -> Any:
    try:
        return SALE(fact.body, "body")
    except NotAFact as fault:
        return fault


def _people(facts: Sequence[Fact], bodies: Sequence[Mapping[str, Any]]) -> set[int]:
    found = {fact.person_id for fact in facts}
    for body in bodies:
        found.add(body["approved_by"])
        found.update(row["approved_by"] for name in ("lines", "discounts") for row in body[name])
    return {id for id in found if id is not None}


def _branches(tills: Tills, bodies: Sequence[Mapping[str, Any]]) -> set[int]:
    registers = (tills.registers.get(body["register_id"]) for body in bodies)
    return {register.branch_id for register in registers if register is not None}


def _warehouses(branch_ids: Sequence[int]) -> dict[int, int]:
    return {id: stores.warehouse_of(id).id for id in branch_ids}


def _require_whole(body: Mapping[str, Any], rates: Mapping[int, int]) -> None:
    """What makes a body's parts belong together. Raises NotAFact."""
    positions = {row["position"] for row in body["lines"]}
    if len(positions) != len(body["lines"]):
        raise NotAFact("malformed", field="lines", fault="position_twice")
    if any(row["position"] not in (None, *positions) for row in body["discounts"]):
        raise NotAFact("malformed", field="discounts", fault="position_unknown")
    named = [row["tax_rate_id"] for row in body["taxes"]]
    if len(set(named)) != len(named):
        raise NotAFact("malformed", field="taxes", fault="rate_twice")
    if any(id not in rates for id in (*named, *(row["tax_rate_id"] for row in body["lines"]))):
        raise NotAFact("tax_rate_unknown")


def _document(work: Work) -> Document:
    body = work.body
    is_return = body["total_minor"] < 0
    return Document(
        kind="return" if is_return else "sale",
        number=body["number"],
        gross_minor=sum(row["gross_minor"] for row in work.line_rows),
        discount_minor=sum(row["discount_minor"] + row["share_minor"] for row in work.line_rows),
        total_minor=body["total_minor"],
        taxes=body["taxes"],
        tenders=body["tenders"],
    )


def _discount_rows(work: Work) -> list[dict[str, Any]]:
    names = ("id", "position", "kind", "value", "amount_minor", "approved_by")
    return [
        {name: row[name] for name in names} | {"sale_id": work.fact.id, "by": work.cashier, "nth": nth}
        for nth, row in enumerate(work.body["discounts"], start=1)
    ]


def _taken_numbers(bodies: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    by_series: dict[str, list[int]] = {}
    for body in bodies:
        by_series.setdefault(body["series"], []).append(body["counter"])
    taken: set[tuple[str, int]] = set()
    for series, counters in by_series.items():
        found = connection().execute(_COUNTERS, {"series": series, "counters": counters})
        taken.update((series, counter) for (counter,) in found)
    return taken


def _returns_before(sale_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Returns that arrived before the sales that they return, by sale."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for sale_id, return_id in connection().execute(_RETURNS, {"sales": list(sale_ids)}):
        found.setdefault(sale_id, []).append(return_id)
    return found
