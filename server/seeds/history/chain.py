"""Founds a chain: the demo market's catalogue in several branches, each with tills, people, a printer and a drawer."""

import uuid
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from edge_agent import wire
from server.cash import operations as cash
from server.cash import queries as tills
from server.core import actor, changes, clock
from server.core.actor import Actor
from server.core.transaction import session
from server.devices import operations as devices
from server.devices.models import Agent
from server.devices.queries import device_for
from server.seeds.founding import Founded, found
from server.seeds.market.world import Market
from server.seeds.operations import lease_till
from server.seeds.rung import Receipt
from server.seeds.till import Till, Ware
from server.staff import operations as staff
from server.stock import operations as stock
from server.stock.operations import EntryLine
from server.stores import operations as stores
from server.stores import queries as places
from server.values.money import line_amount

PLACES = ("Nərimanov", "Yasamal", "Gənclik", "Xətai", "Səbail", "Binəqədi", "Sabunçu", "Suraxanı", "Nizami")
NAMES = (
    "Leyla Quliyeva", "Orxan Əhmədov", "Günel İsmayılova", "Rəşad Babayev", "Nigar Həsənova", "Kamran Rzayev",
    "Aytən Vəliyeva", "Murad Abbasov", "Səbinə Cəfərova", "Elvin Nəsirov", "Zəhra Mustafayeva", "Cavid Salmanov",
)  # fmt: skip
CASHIERS = 3
FIRST_PIN = 310_000


@dataclass(eq=False)
class Desk:
    """A terminal at a register. `arrived` is the highest number of an operation up to which nothing is missing."""

    terminal_id: int
    till: Till
    printer_id: int = 0
    drawer_id: int = 0
    arrived: int = 0


@dataclass(eq=False)
class Site:
    """A branch with its tills, and who works there."""

    founded: Founded
    desks: list[Desk]
    cashiers: list[int]
    agent_id: int = 0
    agent_seq: int = 0
    receipts: dict[uuid.UUID, Receipt] = field(default_factory=dict)


@dataclass(eq=False)
class Chain:
    """The whole business. `wares` are the goods at the prices of the day, `prices` those prices, both by SKU."""

    market: Market
    sites: list[Site]
    manager: int
    wares: dict[str, Ware]
    prices: dict[str, int]


def found_chain(market: Market, *, branches: int, registers: int) -> Chain:
    """Found it in the empty shop in force, inside a writing transaction."""
    first = found(market)
    founded = [first, *(_branch(market, first, nth) for nth in range(1, branches))]
    sites = [_site(market, one, nth, registers) for nth, one in enumerate(founded)]
    prices = {item.sku: item.price_minor for item in market.items}
    return Chain(market, sites, first.people["manager"], dict(first.wares), prices)


def _branch(market: Market, first: Founded, nth: int) -> Founded:
    name = f"{market.company.name.split()[0]} {PLACES[nth % len(PLACES)]}"
    opened = stores.create_branch(
        first.company_id, f"B{nth + 1}", name, address=f"Bakı, {PLACES[nth % len(PLACES)]} {nth}", language="az"
    )
    cash.prepare_branch(opened.id, opened.language)
    warehouse_id = places.warehouse_of(opened.id).id
    lines = [
        EntryLine(
            _item_id(first, item.sku),
            item.opening_milli,
            line_amount(quantity_milli=item.opening_milli, unit_price_minor=item.cost_minor),
        )
        for item in market.items
        if item.opening_milli > 0
    ]
    stock.book_entry("opening", warehouse_id, lines, reason="Açılış qalığı")
    holders = {one.kind: one.id for one in tills.holders(opened.id) if one.register_id is None}
    return replace(first, branch_id=opened.id, warehouse_id=warehouse_id, registers={}, drawers={}, holders=holders)


def _site(market: Market, founded: Founded, nth: int, registers: int) -> Site:
    people, cashiers = dict(founded.people), [founded.people[one.key] for one in market.people_in("cashier")]
    if nth:
        cashiers = [_cashier(founded.branch_id, nth * CASHIERS + one) for one in range(CASHIERS)]
        people |= {f"cashier{nth}": cashiers[0]}
    codes = [row.code for row in market.registers] if not nth else []
    codes = [*codes, *(f"K{nth + 1}{one + 1}" for one in range(registers))][:registers]
    founded = _with_registers(replace(founded, people=people), codes)
    key = f"cashier{nth}" if nth else market.people_in("cashier")[0].key
    desks = [Desk(*lease_till(founded, code, f"Kassa {code}", key)) for code in codes]
    site = Site(founded, desks, cashiers)
    for desk in desks:
        desk.till.receipts = site.receipts
    _give_devices(site)
    return site


def _cashier(branch_id: int, nth: int) -> int:
    role = staff.create_default_roles()["cashier"]
    name = NAMES[nth % len(NAMES)] + (f" {nth // len(NAMES) + 1}" if nth >= len(NAMES) else "")
    return staff.create_person(name=name, language="az", roles=[(role.id, branch_id)], pin=str(FIRST_PIN + nth)).id


def _with_registers(founded: Founded, codes: list[str]) -> Founded:
    registers = dict(founded.registers)
    for code in codes:
        if code not in registers:
            registers[code] = cash.create_register(founded.branch_id, code, f"Kassa {code}").id
    holders = tills.holders(founded.branch_id)
    drawers = {code: next(one.id for one in holders if one.register_id == id) for code, id in registers.items()}
    return replace(founded, registers=registers, drawers=drawers)


def _give_devices(site: Site) -> None:
    """A little computer with a printer for all tills and a drawer for each, as it announces them itself."""
    seq = changes.take()
    key = f"agent{seq % 10**7:07}"
    agent = Agent(id=seq, key=key, branch_id=site.founded.branch_id, name="Kassa", enrolled_at=clock.now_ms(), rev=seq)
    session().add(agent)
    session().flush()
    changes.record("devices", "agent", seq, seq=seq, branch_id=agent.branch_id)
    with actor.acting(Actor(kind="device")):
        devices.record_device_announce(agent, _announce("printer", "printer", ("print",)))
        for nth in range(len(site.desks)):
            name = f"drawer-{nth + 1}" if nth else "drawer"
            devices.record_device_announce(agent, _announce(name, "drawer", ("open",)))
    site.agent_id = agent.id
    for desk in site.desks:
        printer, drawer = device_for(desk.terminal_id, "receipt"), device_for(desk.terminal_id, "drawer")
        assert printer is not None and drawer is not None
        desk.printer_id, desk.drawer_id = printer.id, drawer.id


def _announce(name: str, kind: wire.DeviceClass, ops: tuple[str, ...]) -> wire.DeviceAnnounce:
    return wire.DeviceAnnounce(device=name, device_class=kind, driver="virtual", ops=ops)


def remember_numbers(chain: Chain) -> None:
    """Write how far the agents' numbers have come."""
    for site in chain.sites:
        session().execute(sa.update(Agent).where(Agent.id == site.agent_id).values(last_seq=site.agent_seq))


def _item_id(founded: Founded, sku: str) -> int:
    found = founded.wares[sku].item_id
    assert found is not None
    return found
