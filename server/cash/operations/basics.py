"""Tender types, and the holders of cash that every branch has: a safe, the bank, the world outside."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server.cash.models import Holder, TenderType
from server.core import audit, changes, clock
from server.core.errors import Trouble
from server.core.transaction import session
from server.core.words import word

TOPIC = "settings"
TENDER_TYPES = (
    ("cash", "cash", "cash", True),
    ("card", "card", "cashless", False),
    ("bank", "bank", "cashless", False),
)
BRANCH_HOLDERS = ("safe", "bank", "outside")


class TenderCodeTaken(Trouble):
    """Another tender type has this code."""

    status = 409
    code = "tender_code_taken"


class LastCashTender(Trouble):
    """A shop keeps one way to take cash."""

    status = 409
    code = "last_cash_tender"


def prepare(language: str = "az") -> None:
    """Give an empty shop its tender types: cash, card, bank transfer. Safe to repeat."""
    changes.take(0)  # the sequence's lock: two preparations at once would both find the shop empty
    if session().scalar(sa.select(sa.func.count()).select_from(TenderType)):
        return
    for code, kind, fiscal_field, opens_drawer in TENDER_TYPES:
        name = word(language, f"cash.tender_{code}")
        create_tender_type(code, name, kind=kind, fiscal_field=fiscal_field, opens_drawer=opens_drawer)


def prepare_branch(branch_id: int, language: str = "az") -> None:
    """Give a branch its safe, its bank and the world outside. Safe to repeat."""
    changes.take(0)
    query = sa.select(Holder.kind).where(Holder.branch_id == branch_id, Holder.register_id.is_(None))
    known = set(session().scalars(query))
    for kind in BRANCH_HOLDERS:
        if kind not in known:
            session().add(
                Holder(id=changes.take(), kind=kind, branch_id=branch_id, name=word(language, f"cash.holder_{kind}"))
            )
    session().flush()


def create_tender_type(
    code: str, name: str, *, kind: str, fiscal_field: str = "cashless", opens_drawer: bool = False
) -> TenderType:
    """A way to pay; the next one in the order of the buttons. Raises TenderCodeTaken."""
    if session().scalar(sa.select(TenderType.id).where(TenderType.code == code)) is not None:
        raise TenderCodeTaken(params={"code": code})
    position = (session().scalar(sa.select(sa.func.max(TenderType.position))) or 0) + 1
    seq = changes.take()
    row = TenderType(
        id=seq,
        code=code,
        kind=kind,
        name=name,
        fiscal_field=fiscal_field,
        opens_drawer=opens_drawer,
        position=position,
        rev=seq,
    )
    session().add(row)
    session().flush()
    changes.record(TOPIC, "tender_type", seq, seq=seq)
    audit.write("create_tender_type", "tender_type", seq, after={"code": code, "name": name, "kind": kind})
    return row


def change_tender_type(row: TenderType, values: Mapping[str, Any], *, rev: int | None = None) -> TenderType:
    """Change name, place, drawer, or archive it (`archived`); kind and code stay. Raises Conflict, LastCashTender."""
    changes.expect_rev(row.rev, rev)
    wanted = dict(values)
    if wanted.pop("archived", row.archived_at is not None):
        _require_other_cash(row)
        row.archived_at = row.archived_at or clock.now_ms()
    else:
        row.archived_at = None
    for name in ("name", "position", "opens_drawer"):
        setattr(row, name, wanted.get(name, getattr(row, name)))
    row.rev = changes.record(TOPIC, "tender_type", row.id)
    audit.write("change_tender_type", "tender_type", row.id, after=values)
    session().flush()
    return row


def _require_other_cash(row: TenderType) -> None:
    query = sa.select(TenderType.id).where(TenderType.kind == "cash", TenderType.archived_at.is_(None))
    if row.kind == "cash" and session().scalar(query.where(TenderType.id != row.id)) is None:
        raise LastCashTender
