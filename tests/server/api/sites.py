"""A shop in which every kind of thing exists, with a browser for each kind of visitor, for tests of the whole API.

Two of them stand side by side. The second one's names carry a mark that must never be seen in the first, and its
reference numbers run a million ahead, so that no number of one shop means anything in the other.
"""

import contextlib
import dataclasses
import itertools
import uuid
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from fixtures.browser import PUBLIC_KEY, Browser
from server.cash.models import ZReport
from server.core import actor, changes, clock, cookies, flags, ids, tenant
from server.core.changes import ChangeSequence
from server.core.doors import App
from server.core.inbox import RejectedOperation
from server.core.tenant import Tenant
from server.core.transaction import session, writing
from server.devices import operations as devices
from server.devices.models import DeviceJob
from server.devices.operations.enrolment import BrokerNotReady
from server.seeds.founding import found
from server.seeds.market.world import Market
from server.seeds.till import Operation
from server.staff import operations as staff
from server.staff import queries as people
from server.tenants import provisioning, setup
from server.values import times
from server.values.barcode import with_check_digit
from tests.server.worlds import MARKET, NOW_MS, StillBrowser, Terminal, World, make_world

MARK = "QAZANBULAQ"
"""What stands in every name of the neighbour and must never be seen elsewhere."""

ROLES = {"receipt": "printer", "drawer": "drawer", "scale": "scale", "display": "display"}
AHEAD = 1_000_000
_numbers = itertools.count(1)


def number() -> int:
    """A number that no other name of this test run has."""
    return next(_numbers)


@dataclasses.dataclass
class Site:
    """A shop with one of everything. Methods that begin with `new_` make another one."""

    world: World
    market: Market
    mark: str

    def word(self, text: str) -> str:
        """A text of this shop: marked, and different each time."""
        return f"{text} {number()} {self.mark}".strip()

    @property
    def app(self) -> App:
        """The application."""
        return self.world.app

    @property
    def people(self) -> dict[str, int]:
        """Ids of people by key."""
        return self.world.people

    @property
    def branch_id(self) -> int:
        """The only branch."""
        return self.world.branch_id

    @property
    def warehouse_id(self) -> int:
        """Its warehouse."""
        return self.world.founded.warehouse_id

    @property
    def register_id(self) -> int:
        """The register of the till."""
        return self.world.founded.registers["K1"]

    @property
    def item_id(self) -> int:
        """A good."""
        return next(ware.item_id for ware in self.world.founded.wares.values() if ware.item_id)

    def do(self, work: Any) -> Any:
        """Something done in the shop by the system."""
        return self.world.inside(work, mode="writing")

    # Visitors

    @cached_property
    def visitors(self) -> dict[str, Browser]:
        """Who may stand at the door: the owner, a cashier at a till, a till alone, nobody."""
        return {
            "owner": self.new_owner(),
            "cashier": self.till.browser,
            "terminal": self.new_terminal(),
            "nobody": self.new_browser(),
        }

    def new_browser(self) -> StillBrowser:
        """A browser that the shop has never seen."""
        return StillBrowser(self.app, self.world.shop)

    def new_owner(self) -> StillBrowser:
        """The owner, signed in once more."""
        browser = self.new_browser()
        owner_id = self.people[self.market.people_in("owner")[0].key]
        signed_in = self.do(lambda: staff.start_session(people.person(owner_id), None, None))
        browser.plant(cookies.SESSION, signed_in.token)
        return browser

    def new_terminal(self) -> StillBrowser:
        """A paired browser at which nobody is signed in."""
        browser, name = self.new_browser(), self.word("Kassa")
        key = f"{PUBLIC_KEY[:-10]}{number():08}=="
        paired = self.do(lambda: devices.pair_here(branch_id=self.branch_id, name=name, public_key=key))
        browser.plant(cookies.TERMINAL, paired.token)
        browser.terminal_id = paired.terminal.id  # type: ignore[attr-defined]
        return browser

    # Facts

    @cached_property
    def till(self) -> Terminal:
        """The till of the cashier, whose first shift is closed and whose second one is open, with a sale in it."""
        till = self.world.till("K1", name=self.word("Kassa"))
        person = {"person_id": self.people[self.world.cashier], "pin": self.world.pin(self.world.cashier)}
        assert till.browser.post("/staff/sign-in", person).status_code == 200
        self._ring(till)
        till.close()
        self._ring(till)
        assert set(till.verdicts()) == {"accepted"}
        return till

    def _ring(self, till: Terminal) -> None:
        till.open()
        till.sell([till.line(next(iter(self.world.founded.wares)))])

    @property
    def sale(self) -> Operation:
        """The sale of the open shift."""
        return [operation for operation in self.till.log if operation["kind"] == "sale"][1]

    @property
    def shift_id(self) -> str:
        """The open shift."""
        return str(self.till.till.shift_id)

    @property
    def closed_shift_id(self) -> str:
        """The shift before it."""
        return next(operation["id"] for operation in self.till.log if operation["kind"] == "shift_open")

    @cached_property
    def z_report_id(self) -> str:
        """The Z report of the closed shift."""
        assert self.till
        return str(self.world.rows(ZReport)[0].id)

    @cached_property
    def hardware(self) -> dict[str, int]:
        """One device of each role at the till."""
        return self.world.give_devices(self.till.id, ROLES)

    @property
    def agent_id(self) -> int:
        """The agent of the hardware: its number stands before those of its devices."""
        return min(self.hardware.values()) - 1

    def new_order(self) -> str:
        """A held sale."""
        ware = next(iter(self.world.founded.wares.values()))
        order_id = str(ids.new_id(NOW_MS))
        body = {
            "order_id": order_id,
            "head": {"branch_id": self.branch_id, "kind": "hold", "name": self.word("Masa")},
            "line_id": str(ids.new_id(NOW_MS)),
            "item_id": ware.item_id,
            "name": ware.name,
            "quantity_milli": 1_000,
            "unit_price_minor": ware.unit_price_minor,
            "tax_rate_id": ware.tax_rate_id,
            "priced_at": times.to_iso(NOW_MS),
        }
        self.till.does("order_line_add", body)
        assert self.till.verdicts() == ["accepted"]
        return order_id

    def new_job(self) -> str:
        """A test print of which nobody knows whether it came out."""
        printer = self.hardware["receipt"]
        answer = self.visitors["owner"].post(f"/devices/devices/{printer}/test-print")
        job_id = uuid.UUID(answer.json["job_id"])
        unclear = sa.update(DeviceJob).where(DeviceJob.id == job_id).values(stage="uncertain")
        self.do(lambda: session().execute(unclear))
        return str(job_id)

    def new_flag(self) -> str:
        """Something that a person must look at."""
        return str(self.do(lambda: flags.raise_flag("negative_stock", "sale", self.sale["id"], {"name": self.mark})))

    def new_rejected(self, operation: Operation | None = None) -> str:
        """An operation that could not be what it claimed when it came."""
        operation_id = uuid.UUID(operation["id"]) if operation else ids.new_id(NOW_MS)
        row = RejectedOperation(
            operation_id=operation_id,
            terminal_id=self.till.id,
            body=operation or {"kind": "sale", "note": self.mark},
            error={"code": "malformed", "params": {}},
            received_at=NOW_MS,
        )
        self.do(lambda: session().add(row))
        return str(operation_id)

    # People, goods, admission

    def new_person(self) -> int:
        """Someone without a role."""
        name = self.word("Aytən")
        return int(self.do(lambda: staff.create_person(name=name, roles=[]).id))

    def new_role(self) -> int:
        """A role without a right."""
        name = self.word("Növbətçi")
        return int(self.do(lambda: staff.create_role(name=name, rights={}).id))

    def new_barcode(self) -> str:
        """A code that no item has."""
        return with_check_digit(f"{4_760 + bool(self.mark)}{number():08}")

    def new_pairing_code(self) -> str:
        """A code for a terminal."""
        return str(self.do(lambda: devices.make_pairing_code(self.branch_id)[0]))

    def new_enrol_token(self) -> str:
        """The token of an agent that the broker knows already."""

        def make() -> str:
            token = devices.make_enrol_token(self.branch_id)
            with contextlib.suppress(BrokerNotReady):
                devices.enrol(token=token, name=self.word("Agent"), model="", sw="")
            for wish in devices.credentials_due():
                devices.credential_made(wish.agent_id, wish.wanted)
            return token

        return str(self.do(make))

    def new_empty_shop(self) -> tuple[Tenant, str]:
        """A shop that nobody has set up yet, and the token of its link."""
        name = f"empty{number()}"
        with self.app.app_context():
            shop = provisioning.create_database(name, name, placement_id=1 if self.world.shop.kind == "sqlite" else 2)
        with tenant.tenant_scope(self.app, shop), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS), writing():
            return shop, setup.make_link(80).split("token=")[1]


def make_site(app: App, shop: Tenant) -> Site:
    """The small world as it is."""
    return Site(make_world(app, shop), MARKET, "")


def make_neighbour(app: App, shop: Tenant) -> Site:
    """The small world with the mark in every name and numbers a million ahead."""
    market = _marked(MARKET)
    with tenant.tenant_scope(app, shop), actor.acting(actor.SYSTEM), clock.frozen(NOW_MS), writing():
        session().execute(sa.update(ChangeSequence).values(seq=changes.head() + AHEAD))
        founded = found(market)
    return Site(World(app, shop, founded), market, MARK)


def _marked(market: Market) -> Market:
    def named(row: Any) -> Any:
        return dataclasses.replace(row, name=f"{row.name} {MARK}")

    def person(row: Any) -> Any:
        return dataclasses.replace(named(row), email=row.email and f"{MARK.lower()}.{row.email}")

    return dataclasses.replace(
        market,
        company=named(market.company),
        branch=named(market.branch),
        registers=tuple(map(named, market.registers)),
        people=tuple(map(person, market.people)),
        categories=tuple(map(named, market.categories)),
        items=tuple(map(named, market.items)),
    )
