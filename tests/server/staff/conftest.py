"""A shop with two branches, an owner, a manager and a cashier, and browsers that talk to it as browsers do."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from fixtures.browser import PUBLIC_KEY, Browser
from server.core import actor, clock, tenant
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import writing
from server.staff import operations
from server.stores import operations as stores
from tests.server.conftest import NOW_MS

OWNER_EMAIL = "owner@market.example"
OWNER_PASSWORD = "bir uzun parol"
PINS = {"owner": "482913", "manager": "73046", "cashier": "2580"}


@dataclass(frozen=True)
class World:
    """Ids of the small world."""

    branch_id: int
    other_branch_id: int
    roles: dict[str, int]
    people: dict[str, int]


@pytest.fixture
def now() -> Iterator[int]:
    """The test happens at one instant."""
    with clock.frozen(NOW_MS):
        yield NOW_MS


@pytest.fixture
def inside(app: App, shop: Tenant) -> Callable[[], AbstractContextManager[None]]:
    """A writing transaction in the shop, as the system."""

    @contextlib.contextmanager
    def enter() -> Iterator[None]:
        with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), writing():
            yield

    return enter


Inside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def world(now: int, inside: Inside) -> World:
    """Two branches, the default roles, and one person of each."""
    with inside():
        company = stores.create_company(name="Xoşnar Market MMC", tax_id="9909900991")
        first = stores.create_branch(company.id, "B1", "Xoşnar Market")
        second = stores.create_branch(company.id, "B2", "Xoşnar Mini")
        roles = {code: role.id for code, role in operations.create_default_roles().items()}
        people = {
            code: operations.create_person(
                name=name,
                roles=[(roles[code], None)],
                pin=PINS[code],
                email=OWNER_EMAIL if code == "owner" else None,
                password=OWNER_PASSWORD if code == "owner" else None,
            ).id
            for code, name in (("owner", "Nərgiz Səfərli"), ("manager", "Elnur Kərimzadə"), ("cashier", "Əli Çələbi"))
        }
        return World(first.id, second.id, roles, people)


@pytest.fixture
def browser(app: App, shop: Tenant, world: World) -> Browser:
    """A browser that the shop has never seen."""
    return Browser(app, shop)


@pytest.fixture
def owner(app: App, shop: Tenant, world: World) -> Browser:
    """The owner, signed in in the back office."""
    made = Browser(app, shop)
    answer = made.post("/staff/sign-in", {"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
    assert answer.status_code == 200, answer.json
    return made


@pytest.fixture
def till(app: App, shop: Tenant, owner: Browser, world: World) -> Browser:
    """A paired terminal of the first branch, at which nobody is signed in."""
    made = Browser(app, shop)
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]
    answer = made.post("/devices/pair", {"code": code, "name": "Kassa 1", "public_key": PUBLIC_KEY})
    assert answer.status_code == 200, answer.json
    return made


def sign_in(till: Browser, world: World, who: str) -> None:
    """Let someone sign in at a till by PIN."""
    answer = till.post("/staff/sign-in", {"person_id": world.people[who], "pin": PINS[who]})
    assert answer.status_code == 200, answer.json
