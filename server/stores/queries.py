"""Reads of companies, branches, warehouses and settings."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from server.core.errors import NotFound
from server.core.transaction import session
from server.stores.models import Branch, Company, Setting, Warehouse


def company() -> Company:
    """The shop's first legal entity. Raises NotFound in a shop that was not set up."""
    row = session().scalars(sa.select(Company).order_by(Company.id).limit(1)).first()
    if row is None:
        raise NotFound("no company yet")
    return row


def company_of(branch: Branch) -> Company:
    """The legal entity that a branch sells for."""
    return session().get_one(Company, branch.company_id)


def branch(branch_id: int) -> Branch:
    """A branch. Raises NotFound."""
    row = session().get(Branch, branch_id)
    if row is None:
        raise NotFound("no such branch")
    return row


def branches(*, archived: bool = False) -> list[Branch]:
    """Every branch in the order of codes, without the archived ones unless they are asked for."""
    query = sa.select(Branch).order_by(Branch.code)
    if not archived:
        query = query.where(Branch.archived_at.is_(None))
    return list(session().scalars(query))


def branches_by_id(ids: Iterable[int]) -> dict[int, Branch]:
    """Branches by id, in one query; unknown ids are left out."""
    return {row.id: row for row in session().scalars(sa.select(Branch).where(Branch.id.in_(set(ids))))}


def companies_by_id(ids: Iterable[int]) -> dict[int, Company]:
    """Companies by id, in one query; unknown ids are left out."""
    return {row.id: row for row in session().scalars(sa.select(Company).where(Company.id.in_(set(ids))))}


def settings_by_id(ids: Iterable[int]) -> dict[int, Setting]:
    """Settings by id, in one query; unknown ids are left out."""
    return {row.id: row for row in session().scalars(sa.select(Setting).where(Setting.id.in_(set(ids))))}


def warehouse(warehouse_id: int) -> Warehouse:
    """A warehouse. Raises NotFound."""
    row = session().get(Warehouse, warehouse_id)
    if row is None:
        raise NotFound("no such warehouse")
    return row


def warehouse_of(branch_id: int) -> Warehouse:
    """The warehouse that a branch sells from: its first one. Raises NotFound."""
    query = sa.select(Warehouse).where(Warehouse.branch_id == branch_id, Warehouse.archived_at.is_(None))
    row = session().scalars(query.order_by(Warehouse.id).limit(1)).first()
    if row is None:
        raise NotFound("no warehouse in this branch")
    return row


def warehouses(branch_id: int | None = None) -> list[Warehouse]:
    """Warehouses of a branch, or of all."""
    query = sa.select(Warehouse).where(Warehouse.archived_at.is_(None)).order_by(Warehouse.id)
    if branch_id is not None:
        query = query.where(Warehouse.branch_id == branch_id)
    return list(session().scalars(query))


def settings(branch_id: int | None = None) -> list[Setting]:
    """The settings that hold for the whole shop, and those of one branch beside them."""
    query = sa.select(Setting).where(sa.or_(Setting.branch_id.is_(None), Setting.branch_id == branch_id))
    return list(session().scalars(query.order_by(Setting.key, Setting.id)))


def settings_of(branch_id: int | None) -> dict[str, Any]:
    """Settings by key as they hold in a branch: its own value goes before the shop's."""
    rows = settings(branch_id)
    shop = {row.key: row.value for row in rows if row.branch_id is None}
    return shop | {row.key: row.value for row in rows if row.branch_id is not None}
