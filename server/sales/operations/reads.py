"""What the sales of a push name and need, read for all of them at once, and whether a body hangs together."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.cash.models import Register
from server.cash.tills import Tills
from server.core.facts import Fact, NotAFact
from server.core.questions import Answer, Question
from server.sales.bodies import SALE
from server.sales.models import Sale
from server.stores import queries as stores

SALE_TABLE = Sale.__table__
_COUNTERS = Question(
    sa.select(SALE_TABLE.c.counter).where(
        SALE_TABLE.c.series == sa.bindparam("series"),
        SALE_TABLE.c.counter.in_(sa.bindparam("counters", expanding=True)),
    )
)
_RETURNS = Question(
    sa.select(SALE_TABLE.c.returns_sale_id, SALE_TABLE.c.id).where(
        SALE_TABLE.c.returns_sale_id.in_(sa.bindparam("sales", expanding=True))
    )
)


def parsed(fact: Fact) -> Any:
    """The checked body, or the NotAFact that its judge will raise."""
    try:
        return SALE(fact.body, "body")
    except NotAFact as fault:
        return fault


def people_of(facts: Sequence[Fact], bodies: Sequence[Mapping[str, Any]]) -> set[int]:
    """Everyone who rang or approved something."""
    found = {fact.person_id for fact in facts}
    for body in bodies:
        found.add(body["approved_by"])
        found.update(row["approved_by"] for name in ("lines", "discounts") for row in body[name])
    return {id for id in found if id is not None}


def branches_of(registers: Mapping[int, Register], bodies: Sequence[Mapping[str, Any]]) -> set[int]:
    """The branches of the registers that bodies name."""
    named = (registers.get(body["register_id"]) for body in bodies)
    return {register.branch_id for register in named if register is not None}


def warehouses(branch_ids: Sequence[int]) -> dict[int, int]:
    """The warehouse that each branch sells from."""
    return {id: stores.warehouse_of(id).id for id in branch_ids}


def require_whole(body: Mapping[str, Any], rates: Mapping[int, int]) -> None:
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


def taken_numbers(tills: Tills, bodies: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """Numbers of these bodies that stand on sales already: (series, counter). None does from its lease's next on."""
    free_from = {lease.series: lease.next_sale for lease in tills.leases.values()}
    by_series: dict[str, list[int]] = {}
    for body in bodies:
        series, counter = body["series"], body["counter"]
        if counter < free_from.get(series, counter + 1):
            by_series.setdefault(series, []).append(counter)
    taken: set[tuple[str, int]] = set()
    for series, counters in by_series.items():
        found = _COUNTERS.rows(series=series, counters=counters)
        taken.update((series, counter) for (counter,) in found)
    return taken


def ask_returns_before(sale_ids: Sequence[uuid.UUID]) -> Answer:
    """Ask for returns that arrived before the sales that they return."""
    return _RETURNS.ask(sales=sale_ids)


def returns_before(asked: Answer) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Returns that arrived before the sales that they return, by sale."""
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for sale_id, return_id in asked.rows:
        found.setdefault(sale_id, []).append(return_id)
    return found
