"""What changes companies, branches, warehouses and settings. Each change is in the feed and in the audit trail."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from server.core import audit, changes, clock
from server.core.errors import Trouble
from server.core.transaction import session
from server.stores import queries
from server.stores.models import Branch, Company, Setting, Warehouse

TOPIC = "settings"
COMPANY_FIELDS = ("name", "tax_id", "tax_regime")
BRANCH_FIELDS = ("code", "name", "address", "timezone", "cut_off_min", "language", "receipt_head", "receipt_foot")


class BranchCodeTaken(Trouble):
    """Another branch has this code."""

    status = 409
    code = "branch_code_taken"


class LastBranch(Trouble):
    """A shop keeps at least one branch."""

    status = 409
    code = "last_branch"


def create_company(*, name: str, tax_id: str, tax_regime: str = "vat", currency: str = "AZN") -> Company:
    """Found a legal entity."""
    seq = changes.take()
    company = Company(id=seq, name=name, tax_id=tax_id, tax_regime=tax_regime, currency=currency, rev=seq)
    session().add(company)
    session().flush()
    changes.record(TOPIC, "company", company.id, seq=seq)
    audit.write("create_company", "company", company.id, after=_snapshot(company, COMPANY_FIELDS))
    return company


def change_company(company: Company, values: Mapping[str, Any], *, rev: int | None = None) -> Company:
    """Change what stands on every receipt. Raises Conflict when `rev` is not the newest."""
    changes.expect_rev(company.rev, rev)
    before = _snapshot(company, COMPANY_FIELDS)
    _set(company, values, COMPANY_FIELDS)
    company.rev = changes.record(TOPIC, "company", company.id)
    audit.write("change_company", "company", company.id, before=before, after=_snapshot(company, COMPANY_FIELDS))
    session().flush()
    return company


def create_branch(company_id: int, code: str, name: str, *, warehouse: str = "", **values: Any) -> Branch:
    """Open a branch with its warehouse (named like the branch unless said otherwise). Raises BranchCodeTaken."""
    seq = changes.take()
    _require_free_code(code)
    branch = Branch(id=seq, company_id=company_id, code=code, name=name, rev=seq)
    _set(branch, values, BRANCH_FIELDS)
    session().add(branch)
    session().flush()
    changes.record(TOPIC, "branch", branch.id, seq=seq, branch_id=branch.id)
    create_warehouse(branch.id, warehouse or name)
    audit.write("create_branch", "branch", branch.id, after=_snapshot(branch, BRANCH_FIELDS))
    return branch


def change_branch(branch: Branch, values: Mapping[str, Any], *, rev: int | None = None) -> Branch:
    """Change a branch; its code stays, since device topics and paper carry it. Raises Conflict."""
    changes.expect_rev(branch.rev, rev)
    before = _snapshot(branch, BRANCH_FIELDS)
    _set(branch, {name: value for name, value in values.items() if name != "code"}, BRANCH_FIELDS)
    branch.rev = changes.record(TOPIC, "branch", branch.id, branch_id=branch.id)
    audit.write("change_branch", "branch", branch.id, before=before, after=_snapshot(branch, BRANCH_FIELDS))
    session().flush()
    return branch


def archive_branch(branch: Branch) -> None:
    """Close a branch for ever; what names it keeps it. Raises LastBranch."""
    if [other for other in queries.branches() if other.id != branch.id] == []:
        raise LastBranch
    branch.archived_at = branch.archived_at or clock.now_ms()
    branch.rev = changes.record(TOPIC, "branch", branch.id, branch_id=branch.id)
    audit.write("archive_branch", "branch", branch.id)
    session().flush()


def create_warehouse(branch_id: int, name: str) -> Warehouse:
    """Give a branch a place for its stock."""
    seq = changes.take()
    warehouse = Warehouse(id=seq, branch_id=branch_id, name=name, rev=seq)
    session().add(warehouse)
    session().flush()
    changes.record(TOPIC, "warehouse", warehouse.id, seq=seq, branch_id=branch_id)
    return warehouse


def put_setting(key: str, value: Any, branch_id: int | None = None) -> Setting:
    """Set one setting for the shop or for one branch. Safe to repeat."""
    return put_settings([{"key": key, "value": value}], branch_id)[0]


def put_settings(settings: Sequence[Mapping[str, Any]], branch_id: int | None = None) -> list[Setting]:
    """Set many settings ({key, value}) for the shop or for one branch. Safe to repeat. Raises NotFound for a branch."""
    if branch_id is not None:
        queries.branch(branch_id)
    wanted = {setting["key"]: setting["value"] for setting in settings}
    rows = {row.key: row for row in queries.settings(branch_id) if row.branch_id == branch_id}
    changed = [key for key in wanted if key not in rows or rows[key].value != wanted[key]]
    first = changes.take(len(changed)) if changed else 0
    for seq, key in enumerate(changed, first):
        rows[key] = _put(rows.get(key), key, wanted[key], branch_id, seq)
    session().flush()
    if changed:
        changes.record_many([(rows[key].rev, TOPIC, "setting", str(rows[key].id), "put", branch_id) for key in changed])
    return [rows[key] for key in wanted]


def _put(row: Setting | None, key: str, value: Any, branch_id: int | None, seq: int) -> Setting:
    before = None if row is None else {"value": row.value}
    if row is None:
        row = Setting(id=seq, branch_id=branch_id, key=key)
        session().add(row)
    row.value, row.rev = value, seq
    after = {"key": key, "value": value, "branch_id": branch_id}
    audit.write("put_setting", "setting", row.id, before=before, after=after)
    return row


def _require_free_code(code: str) -> None:
    if session().scalar(sa.select(Branch.id).where(sa.func.lower(Branch.code) == code.lower())) is not None:
        raise BranchCodeTaken(params={"code": code})


def _set(row: Any, values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in values:
            setattr(row, name, values[name])


def _snapshot(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
