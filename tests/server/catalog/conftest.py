"""A shop with a branch and a prepared catalogue, and a person who may do everything in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.catalog import operations, queries
from server.catalog.operations import NewItem, Pack
from server.core.actor import NOBODY, Actor, Cap, offered
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import writing
from server.stores.operations import create_branch, create_company

COLA = "4006381333931"
WATER = "5449000000996"


@dataclass(frozen=True)
class World:
    """Ids of the small world."""

    branch_id: int
    pcs: int
    kg: int
    vat18: int
    exempt: int
    drinks: int

    def item(self, **values: Any) -> NewItem:
        """A bottle of cola at 1.20, unless said otherwise."""
        cola = NewItem("C1", "Qazlı içki", self.pcs, self.vat18, self.drinks, barcodes=(Pack(COLA),), price_minor=120)
        return replace(cola, **values)

    def body(self, **values: Any) -> dict[str, Any]:
        """The same as a request's body."""
        cola = {
            "sku": "C1",
            "name": "Qazlı içki",
            "unit_id": self.pcs,
            "tax_class_id": self.vat18,
            "category_id": self.drinks,
            "barcodes": [{"code": COLA}],
            "price_minor": 120,
        }
        return cola | values


@pytest.fixture
def world(in_shop: Tenant) -> World:
    """One branch, the country's units and taxes, one category."""
    with writing():
        company = create_company(name="Xoşnar Market MMC", tax_id="9909900991")
        branch = create_branch(company.id, "B1", "Xoşnar Market")
        operations.prepare()
        drinks = operations.create_category("İçkilər", hue=200, position=1)
        units = {unit.code: unit.id for unit in queries.units()}
        taxes = {tax.code: tax.id for tax in queries.tax_classes()}
        return World(branch.id, units["pcs"], units["kg"], taxes["vat18"], taxes["exempt"], drinks.id)


@pytest.fixture
def acts_as(app: App) -> Iterator[Callable[[Actor], None]]:
    """Let the requests of a test come from someone."""
    before = app.identify

    def become(who: Actor) -> None:
        app.identify = lambda: who

    yield become
    app.identify = before


@pytest.fixture
def owner(app: App, acts_as: Callable[[Actor], None]) -> Actor:
    """Requests come from a person with every right."""
    who = Actor(kind="person", person_id=1, rights={right.name: Cap() for right in offered()})
    acts_as(who)
    return who


@pytest.fixture
def nobody(acts_as: Callable[[Actor], None]) -> Actor:
    """Requests come from nobody that the shop knows."""
    acts_as(NOBODY)
    return NOBODY


class ShopClient(FlaskClient):
    """A browser on a shop's origin; `host` is set by the fixture."""

    host: str

    def open(self, *args: Any, **kw: Any) -> Any:
        kw.setdefault("base_url", f"http://{self.host}")
        kw.setdefault("buffered", True)
        return super().open(*args, **kw)


@pytest.fixture
def client(app: App, shop: Tenant) -> FlaskClient:
    """A browser on the shop's origin."""
    made = ShopClient(app, app.response_class)
    made.host = f"{shop.slug}.localhost"
    made.environ_base = {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_AISALES": "1",
        "HTTP_SEC_FETCH_SITE": "same-origin",
    }
    return made


CountQueries = Callable[[Callable[[], object]], int]


@pytest.fixture
def count_queries() -> CountQueries:
    """How many statements a piece of work sends."""

    def count(work: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            sent.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
        return len(sent)

    return count
