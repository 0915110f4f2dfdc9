"""Each invariant finds one violation that is planted past the code; books made by the code have none."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from server.checks import invariants
from server.core import clock
from server.core.doors import App
from server.core.ids import new_id
from server.core.pool import open_raw
from server.core.tenant import Tenant
from server.core.transaction import session
from server.devices import operations as devices
from server.devices.models import Agent, Device
from server.sales.pricing import Discount
from server.seeds.till import Head
from tests.server.worlds import NOW_MS, World, make_world

LATER_MS = NOW_MS + 3_600_000


@dataclass
class Books:
    """A small shop after a morning: sales with discounts, a return, a copy, cash moves, a Z, an open shift."""

    world: World
    sale: str
    returned: str

    def check(self) -> list[str]:
        """Which invariants are violated now."""
        with self.world.app.app_context(), clock.frozen(LATER_MS):
            return sorted({violation.invariant for violation in invariants.check(self.world.shop)})

    def plant(self, statement: str) -> None:
        """Change a row past the code, on a bare connection."""
        app = self.world.app
        raw = open_raw(app.extensions["aisales_config"], self.world.shop)
        with contextlib.closing(raw), contextlib.closing(raw.cursor()) as cursor:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
            raw.commit()


@pytest.fixture
def books(app: App, shop: Tenant) -> Books:
    """The books of that morning, which violate nothing."""
    world = make_world(app, shop)
    till = world.till("K1")
    till.open()
    sale = till.sell(
        [
            till.line("Tandır", 3_000, discounts=(Discount("percent", 500),)),
            till.line(_second(world), 2_000),
        ],
        [till.cash(given=50_000)],
        Head(discounts=(Discount("amount", 50),)),
    )
    till.cash_move("in", "outside", 1_000)
    returned = till.give_back(sale, [(1, 1_000)])
    till.does("receipt_copy", {"sale_id": sale["id"]})
    till.close(difference_minor=10, reason="Qəpik artıq çıxdı")
    till.open()
    till.sell([till.line("Tandır")])
    assert set(till.verdicts()) == {"accepted"}
    made = Books(world, sale["id"], returned["id"])
    assert made.check() == []
    return made


def _second(world: World) -> str:
    return next(ware.name for ware in world.founded.wares.values() if ware.rate_bp == 1800)


def one(table: str, order: str = "") -> str:
    """A condition that names one row of a table."""
    return f"id = (SELECT id FROM {table} {order} LIMIT 1)"


PLANTED: dict[str, tuple[str, ...]] = {
    "I1": ("UPDATE sale_line SET gross_minor = gross_minor + 1, total_minor = total_minor + 1 WHERE position = 1",),
    "I2": (f"UPDATE tender SET given_minor = given_minor + 1 WHERE {one('tender')}",),
    "I3": ("UPDATE sale_tax SET tax_minor = tax_minor + 1, base_minor = base_minor - 1 WHERE rate_bp = 1800",),
    "I4": ("UPDATE sale_discount SET amount_minor = amount_minor + 1 WHERE position IS NULL",),
    "I5": ("UPDATE sale_line SET quantity_milli = -9000 WHERE returns_position IS NOT NULL",),
    "I7": (f"UPDATE sale SET counter = 99, number = series || '-000099' WHERE {one('sale', 'ORDER BY counter DESC')}",),
    "I8": ("UPDATE register_lease SET next_sale = 1",),
    "I9": (f"UPDATE cash_document SET source_id = shift_id WHERE {one('cash_document')}",),
    "I11": ('UPDATE receipt_copy SET "copy" = 2',),
    "I12": ("UPDATE shift SET expected_minor = expected_minor + 1 WHERE closed_at IS NOT NULL",),
    "I13": ("UPDATE cash_move SET shift_id = NULL WHERE kind = 'float'",),
    "I14": ("UPDATE z_report SET closing_sales_minor = closing_sales_minor + 1",),
    "I16": ("UPDATE balance SET quantity_milli = quantity_milli + 1",),
    "I18": ("UPDATE cost_layer SET left_minor = left_minor + 1 WHERE left_milli > 0",),
    "I26": ("DELETE FROM receipt_copy",),
    "I28": ("UPDATE cash_move SET \"by\" = 424242 WHERE kind = 'move'",),
    "I29": ("DELETE FROM person_role",),
    "I30": (f"UPDATE shift SET business_day = '2020-02-29' WHERE {one('shift', 'ORDER BY began_at')}",),
}


@pytest.mark.parametrize("invariant", PLANTED)
def test_a_planted_violation_is_found(books: Books, invariant: str) -> None:
    for statement in PLANTED[invariant]:
        books.plant(statement)

    assert invariant in books.check()


def _posted(books: Books, change: Callable[[], None]) -> None:
    """A printer and a drawer, and whatever the test plants on them."""

    def write() -> None:
        agent = Agent(id=1, key="abcdefghijkl", branch_id=books.world.branch_id, name="A", enrolled_at=NOW_MS, rev=1)
        session().add(agent)
        session().flush()
        for number, (name, kind) in enumerate((("receipt-1", "printer"), ("drawer-1", "drawer")), start=2):
            session().add(Device(id=number, agent_id=1, name=name, device_class=kind, ops=[], details={}, rev=number))
        session().flush()
        change()

    books.world.inside(write, mode="writing", at_ms=LATER_MS - 200_000)


def test_a_pulse_without_a_reason_is_found(books: Books) -> None:
    nothing = new_id(LATER_MS)
    _posted(
        books,
        lambda: _assert(
            devices.post_job(
                job_id=nothing, device_id=3, op="open", args={"reason": ""}, cause_kind="sale", cause_id=nothing
            )
        ),
    )

    assert "I15" in books.check()


def test_a_job_that_is_under_way_after_its_life_is_found(books: Books) -> None:
    _posted(
        books,
        lambda: _assert(
            devices.post_job(
                job_id=new_id(LATER_MS),
                device_id=3,
                op="open",
                args={"reason": ""},
                cause_kind="sale",
                cause_id=books.sale,
            )
        ),
    )

    assert books.check() == ["I27"]


def test_every_invariant_of_the_table_has_its_plant() -> None:
    assert {*PLANTED, "I15", "I27"} == set(invariants.INVARIANTS)


def _assert(posted: bool) -> None:
    assert posted
