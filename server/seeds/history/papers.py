"""The device jobs of a history's sales: the receipt and the drawer's pulse, as the reaction of the push posts them.

Reports, slips and copies are posted by that reaction itself; here is what comes with every sale.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from edge_agent import wire
from server.cash.operations.shifts import DRAWER_LIFE_MS
from server.catalog import queries as catalog
from server.core.transaction import connection, session
from server.core.words import words_of
from server.devices.models import DeviceJob
from server.sales import queries as sales
from server.sales.models import Sale
from server.sales.receipt import receipt_blocks
from server.sales.work import Work
from server.seeds.history.bulk import Bulk
from server.seeds.history.chain import Desk, Site
from server.staff import queries as staff
from server.stores import queries as stores
from server.values import times

LINE = ("name", "quantity_milli", "unit_price_minor", "gross_minor", "discount_minor", "total_minor")
TENDER = ("amount_minor", "given_minor", "change_minor")
POSTED: Mapping[str, Any] = {
    "seq": None, "stage": "queued", "attempt": 0, "reported_n": 0, "reason": None, "is_confirmed": None,
    "is_open": True, "sends": 0, "sent_at": None, "settled_at": None, "settled_by": None, "came_out": None,
}  # fmt: skip


def deliver(agent_id: int, first_seq: int) -> int:
    """All that waits for an agent came out, numbered from `first_seq` on as the bridge does; returns how many."""
    waiting = sa.select(JOB.c.id).where(JOB.c.agent_id == agent_id, JOB.c.is_open.is_(True))
    found = list(session().scalars(waiting.order_by(JOB.c.created_at, JOB.c.id)))
    if found:
        connection().execute(_DELIVERED, [{"job": id, "n": seq} for seq, id in enumerate(found, start=first_seq)])
    return len(found)


JOB = DeviceJob.__table__
_DELIVERED = (
    sa.update(JOB)
    .where(JOB.c.id == sa.bindparam("job"))
    .values(
        seq=sa.bindparam("n"),
        reported_n=sa.bindparam("n"),
        stage="done",
        attempt=1,
        is_open=False,
        is_confirmed=True,
        sends=1,
        sent_at=JOB.c.created_at,
    )
)


class Papers:
    """What the papers of one branch say besides their sale."""

    def __init__(self, site: Site, bulk: Bulk, types: Mapping[int, Any], item_ids: list[int]) -> None:
        self.bulk = bulk
        branch = stores.branch(site.founded.branch_id)
        company = stores.company_of(branch)
        self.word, self.language, self.timezone = words_of(branch.language), branch.language, branch.timezone
        self.types = types
        self.rates = {id: (rate.kind, rate.rate_bp) for id, rate in catalog.tax_rates_by_id().items()}
        self.units = sales.units_of(item_ids)
        self.names = staff.names_of([*site.founded.people.values(), *site.cashiers])
        self.codes = {id: code for code, id in site.founded.registers.items()}
        self.heading = {
            "currency": company.currency,
            "seller": {"name": company.name, "tax_id": company.tax_id},
            "branch": {
                "name": branch.name,
                "address": branch.address,
                "head": branch.receipt_head,
                "foot": branch.receipt_foot,
            },
        }

    def post(self, work: Work, desk: Desk, agent_id: int) -> None:
        """Let the jobs of a sale wait among the rows."""
        self.bulk.extend(DeviceJob.__table__, self._jobs(work, desk, agent_id))

    def _jobs(self, work: Work, desk: Desk, agent_id: int) -> Iterator[dict[str, Any]]:
        age = work.fact.age_ms
        if age is None:
            return
        if any(self.types[tender["tender_type_id"]].opens_drawer for tender in work.body["tenders"]):
            args = wire.OpenArgs(reason="sale").to_dict()
            rule = wire.rule_for("open")
            left = min(DRAWER_LIFE_MS - age, rule.ttl_ms)
            yield self._row(work, desk.drawer_id, agent_id, "open", rule, args, left)
        if work.body["print"]:
            blocks = receipt_blocks(self._sale(work), self.language, self.word)
            rule = wire.rule_for("print", "receipt")
            args = {"kind": "receipt", "doc": {"blocks": blocks}, "copy": 0}
            yield self._row(work, desk.printer_id, agent_id, "print", rule, args, rule.ttl_ms - age)

    def _row(
        self, work: Work, device_id: int, agent_id: int, op: wire.Op, rule: wire.JobRule, args: Any, left_ms: int
    ) -> dict[str, Any]:
        fact = work.fact
        return {
            **POSTED,
            "id": wire.job_id(fact.id, "receipt" if op == "print" else op),
            "cause_kind": "sale",
            "cause_id": str(fact.id),
            "created_at": fact.received_at,
            "due_at": fact.received_at,
            "expires_at": fact.received_at + left_ms,
            "agent_id": agent_id,
            "device_id": device_id,
            "terminal_id": fact.terminal_id,
            "op": op,
            "class": rule.job_class,
            "prio": rule.prio,
            "args": args,
            "digest": wire.digest(args),
            "copy": 0,
        }

    def _sale(self, work: Work) -> Mapping[str, Any]:
        body, rows = work.body, work.line_rows
        returns = body["returns_sale_id"]
        return self.heading | {
            "id": str(work.fact.id),
            "number": body["number"],
            "register": self.codes[work.shift.register_id],
            "cashier": self.names.get(work.cashier, ""),
            "rung_at": times.local_minute(work.fact.occurred_at, self.timezone),
            "note": body["note"] or "",
            "returns_number": None if returns is None else self._number_of(returns),
            "lines": [
                {name: row[name] for name in LINE} | {"unit": self.units[row["item_id"]], "note": row["note"] or ""}
                for row in rows
            ],
            "gross_minor": sum(row["gross_minor"] for row in rows),
            "discount_minor": sum(row["discount_minor"] + row["share_minor"] for row in rows),
            "total_minor": body["total_minor"],
            "taxes": sorted(map(self._tax, body["taxes"]), key=lambda tax: tax["tax_rate_id"]),
            "tenders": [self._tender(tender) for tender in body["tenders"]],
        }

    def _number_of(self, sale_id: uuid.UUID) -> str:
        """A return is of yesterday or before, so its sale stands in the database."""
        return session().get_one(Sale, sale_id).number

    def _tax(self, row: Mapping[str, Any]) -> dict[str, Any]:
        kind, rate_bp = self.rates[row["tax_rate_id"]]
        return {**row, "kind": kind, "rate_bp": rate_bp}

    def _tender(self, row: Mapping[str, Any]) -> dict[str, Any]:
        kind = self.types[row["tender_type_id"]]
        return {name: row[name] for name in TENDER} | {"name": kind.name, "kind": kind.kind}
