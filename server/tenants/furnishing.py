"""What an empty shop needs before it can sell, with the defaults of the country: for setup and for seeds."""

from dataclasses import dataclass

from server.cash import operations as cash
from server.catalog import operations as catalog
from server.staff import operations as staff
from server.staff.models import Person, Role
from server.stores import operations as stores
from server.stores.models import Branch, Company
from server.values import times

FIRST_BRANCH = "B1"
FIRST_REGISTER = "K1"
TIMEZONE = "Asia/Baku"


@dataclass(frozen=True)
class Premises:
    """Who the seller is and where: what stands at the head of every receipt."""

    name: str
    tax_id: str
    address: str
    tax_regime: str = "vat"
    language: str = "az"
    branch_code: str = FIRST_BRANCH
    branch_name: str = ""
    warehouse: str = ""
    timezone: str = TIMEZONE
    cut_off_min: int = times.DEFAULT_CUT_OFF_MIN
    receipt_head: str = ""
    receipt_foot: str = ""


@dataclass(frozen=True)
class Furnished:
    """The first rows of a shop."""

    company: Company
    branch: Branch
    roles: dict[str, Role]


def furnish(premises: Premises) -> Furnished:
    """Make company, branch, warehouse, roles, units, tax classes, price list, label template, tender types, holders."""
    company = stores.create_company(name=premises.name, tax_id=premises.tax_id, tax_regime=premises.tax_regime)
    branch = stores.create_branch(
        company.id,
        premises.branch_code,
        premises.branch_name or premises.name,
        warehouse=premises.warehouse,
        address=premises.address,
        timezone=premises.timezone,
        cut_off_min=premises.cut_off_min,
        language=premises.language,
        receipt_head=premises.receipt_head,
        receipt_foot=premises.receipt_foot,
    )
    roles = staff.create_default_roles(premises.language)
    catalog.prepare(premises.language)
    cash.prepare(premises.language)
    cash.prepare_branch(branch.id, premises.language)
    return Furnished(company, branch, roles)


def take_on_owner(furnished: Furnished, *, name: str, language: str, email: str, password: str, pin: str) -> Person:
    """The first person, with every right in every branch."""
    roles = [(furnished.roles["owner"].id, None)]
    return staff.create_person(name=name, language=language, email=email, password=password, pin=pin, roles=roles)
