"""A history booked twice: by its own writer, and the same documents by the real push. And rows that can be compared."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
import sqlalchemy as sa

from server.catalog.operations import NewPrice, set_price
from server.core import actor, clock, ids, tenant
from server.core.actor import Actor
from server.core.db import TenantModel
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import reading, session, writing
from server.seeds.history import Terms, buying, operations, shifts, write_history
from server.seeds.history.chain import found_chain, remember_numbers
from server.seeds.history.papers import deliver
from server.seeds.market.world import Market
from server.stock.operations import book_entry
from server.sync.envelope import push_plain

SALTED = frozenset({"token_hash", "pin_hash", "password_hash"})
TRAFFIC = frozenset({"session", "sign_in_miss", "device_event", "request_key"})
"""What a history leaves besides, without pushing it."""

Step = Callable[[], None]
Rows = dict[str, Counter[str]]


def written(app: App, shop: Tenant, terms: Terms, market: Market, patch: pytest.MonkeyPatch) -> list[Step]:
    """Write a history, and give the steps by which its documents come into another shop over the push."""
    steps: list[Step] = []
    _listen(patch, steps)
    with tenant.tenant_scope(app, shop):
        write_history(terms, market=market)
    patch.undo()
    return steps


def pushed(app: App, shop: Tenant, terms: Terms, market: Market, steps: list[Step]) -> None:
    """Found the same chain and let everything happen again, each operation over the push."""
    with tenant.tenant_scope(app, shop), ids.repeatable(terms.seed), actor.acting(actor.SYSTEM):
        with clock.frozen(_founded_at(terms, market)), writing():
            chain = found_chain(market, branches=terms.branches, registers=operations._registers(terms))
        for step in steps:
            step()
        for site in chain.sites:
            with writing():
                site.agent_seq = deliver(site.agent_id, 1)
        with writing():
            remember_numbers(chain)


def _founded_at(terms: Terms, market: Market) -> int:
    return operations._instant(market, terms.first_day, operations.FOUNDED_AT_H - 24)


def _listen(patch: pytest.MonkeyPatch, steps: list[Step]) -> None:
    verdict, settle = shifts.Shifts._verdict, operations._settle_flags

    def push(self: Any, shop: Any, fact: Any, operation: Any, raised: Any) -> None:
        steps.append(lambda: _push(fact, operation | {"age_ms": fact.age_ms}))
        verdict(self, shop, fact, operation, raised)

    def enter(kind: str, warehouse_id: int, lines: Any, **rest: Any) -> Any:
        if kind != "opening":  # the founding's own
            _remember(steps, lambda: book_entry(kind, warehouse_id, lines, **rest))
        return book_entry(kind, warehouse_id, lines, **rest)

    def price(new: NewPrice) -> Any:
        _remember(steps, lambda: set_price(NewPrice(**asdict(new))))
        return set_price(new)

    def look_through(manager: int, before: int) -> None:
        _remember(steps, lambda: settle(manager, before))
        settle(manager, before)

    patch.setattr(shifts.Shifts, "_verdict", push)
    patch.setattr(buying.stock, "book_entry", enter)
    patch.setattr(buying.catalog, "set_price", price)
    patch.setattr(operations, "_settle_flags", look_through)


def _remember(steps: list[Step], act: Callable[[], Any]) -> None:
    now = clock.now_ms()

    def step() -> None:
        with clock.frozen(now), writing():
            act()

    steps.append(step)


def _push(fact: Any, operation: dict[str, Any]) -> None:
    who = Actor(kind="device", terminal_id=fact.terminal_id)
    with clock.frozen(fact.received_at), actor.acting(who):
        (result,) = push_plain(fact.terminal_id, [operation])["results"]
    assert result["verdict"] == "accepted", result


def contents(app: App, shop: Tenant) -> Rows:
    """All rows of a shop by table, where ids that the server made are replaced by what they stand for."""
    with tenant.tenant_scope(app, shop), reading():
        tables = {
            table.name: [dict(row._mapping) for row in session().execute(sa.select(table))]
            for table in TenantModel.metadata.sorted_tables
            if table.name not in TRAFFIC | {"tenant_identity"}
        }
    names = _names(tables)
    return {name: Counter(repr(_named(row, names)) for row in rows) for name, rows in tables.items()}


def _names(tables: dict[str, list[dict[str, Any]]]) -> dict[Any, str]:
    names: dict[Any, str] = {}

    def name(table: str, *columns: str, only: Callable[[dict[str, Any]], bool] = lambda row: True) -> None:
        seen: Counter[str] = Counter()
        keyed = [(repr([_said(row[one], names) for one in columns]), row["id"]) for row in tables[table] if only(row)]
        for key, id in sorted(keyed, key=lambda pair: pair[0]):
            seen[key] += 1
            names[id] = f"{table} {key} {seen[key]}"

    name("stock_entry", "booked_at", "warehouse_id", "kind", "reason")
    name(
        "stock_move", "source_kind", "source_id", "source_line", "item_id", "quantity_milli", "value_minor", "moved_at"
    )
    name("cost_layer", "item_id", "warehouse_id", "position")
    name("layer_take", "move_id", "layer_id", "quantity_milli", "value_minor")
    name("cost_correction", "move_id")
    name("cash_move", "kind", "source_id", only=lambda row: row["kind"] != "move")
    name("flag", "kind", "subject_id", "detail", "raised_at")
    name("audit", "verb", "subject_kind", "happened_at")
    return names


def _named(row: dict[str, Any], names: dict[Any, str]) -> list[tuple[str, Any]]:
    found = []
    for column, value in row.items():
        if column in SALTED:
            continue
        if isinstance(value, str) and len(value) == 36 and _uuid(value) in names:
            value = names[_uuid(value)]
        found.append((column, _said(value, names)))
    return found


def _said(value: Any, names: dict[Any, str]) -> Any:
    return names.get(value, value) if isinstance(value, uuid.UUID) else value


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
