"""Founds a demo business: company, branch, people, catalogue, registers, ways to pay, opening stock."""

from dataclasses import dataclass

from server.cash import operations as cash
from server.cash import queries as tills
from server.catalog import operations as catalog
from server.catalog import queries as shelves
from server.catalog.operations import CategoryFields, NewItem, Pack
from server.core import changes, clock
from server.seeds.market.world import Item, Market
from server.seeds.till import Ware
from server.staff import operations as staff
from server.staff.models import Role
from server.stock import operations as stock
from server.stock.operations import EntryLine
from server.stores import queries as places
from server.tenants.furnishing import Premises, furnish
from server.values.money import line_amount

TAX_CLASSES = {"standard": "vat18", "zero": "vat0", "exempt": "exempt"}
PRICES_FROM_BEFORE_MS = 86_400_000
"""Prices are valid a day before the business begins, so that its first sale finds them."""


@dataclass(frozen=True)
class Founded:
    """A founded business by the keys of its plan: ids of people, registers, holders, tender types, and the goods."""

    company_id: int
    branch_id: int
    warehouse_id: int
    people: dict[str, int]
    registers: dict[str, int]
    drawers: dict[str, int]
    holders: dict[str, int]
    tender_types: dict[str, int]
    wares: dict[str, Ware]
    cursor: int


def found(market: Market) -> Founded:
    """Found a business in the empty shop in force, inside a writing transaction."""
    made = furnish(_premises(market))
    branch = made.branch
    warehouse_id = places.warehouse_of(branch.id).id
    people = _people(market, made.roles)
    registers = {row.code: cash.create_register(branch.id, row.code, row.name).id for row in market.registers}
    items = _items(market)
    _opening(market, items, warehouse_id)
    holders = tills.holders(branch.id)
    return Founded(
        company_id=made.company.id,
        branch_id=branch.id,
        warehouse_id=warehouse_id,
        people=people,
        registers=registers,
        drawers={code: next(one.id for one in holders if one.register_id == id) for code, id in registers.items()},
        holders={one.kind: one.id for one in holders if one.register_id is None},
        tender_types={row.code: row.id for row in tills.tender_types()},
        wares=_wares(market, items),
        cursor=changes.head(),
    )


def _premises(market: Market) -> Premises:
    company, place = market.company, market.branch
    return Premises(
        name=company.name,
        tax_id=company.tax_id,
        tax_regime=company.tax_regime,
        address=place.address,
        language=place.language,
        branch_code=place.code,
        branch_name=place.name,
        warehouse=place.warehouse,
        timezone=place.timezone,
        cut_off_min=place.cut_off_min,
        receipt_head=place.receipt_head,
        receipt_foot=place.receipt_foot,
    )


def _people(market: Market, roles: dict[str, Role]) -> dict[str, int]:
    return {
        person.key: staff.create_person(
            name=person.name,
            language=person.language,
            email=person.email,
            roles=[(roles[person.role].id, None)],
            pin=person.pin,
            password=person.password,
        ).id
        for person in market.people
    }


def _items(market: Market) -> dict[str, int]:
    """Categories and items with their first prices, by SKU."""
    fields = [CategoryFields(row.name, None, row.hue, row.position) for row in market.categories]
    categories = dict(zip((row.code for row in market.categories), catalog.create_categories(fields), strict=True))
    units = {unit.code: unit.id for unit in shelves.units()}
    taxes = {tax.code: tax.id for tax in shelves.tax_classes()}
    news = [_new(item, categories, units, taxes) for item in market.items]
    ids = catalog.create_items(news, from_at=clock.now_ms() - PRICES_FROM_BEFORE_MS)
    return {item.sku: id for item, id in zip(market.items, ids, strict=True)}


def _new(item: Item, categories: dict[int, int], units: dict[str, int], taxes: dict[str, int]) -> NewItem:
    return NewItem(
        sku=item.sku,
        name=item.name,
        unit_id=units[item.unit],
        tax_class_id=taxes[TAX_CLASSES[item.tax_class]],
        category_id=categories[item.category],
        is_weighed=item.is_weighed,
        plu=item.plu,
        quick_position=item.quick_position,
        barcodes=[Pack(code.code, code.quantity_milli) for code in item.barcodes],
        price_minor=item.price_minor,
    )


def _opening(market: Market, items: dict[str, int], warehouse_id: int) -> None:
    lines = [
        EntryLine(
            items[item.sku],
            item.opening_milli,
            line_amount(quantity_milli=item.opening_milli, unit_price_minor=item.cost_minor),
        )
        for item in market.items
        if item.opening_milli > 0
    ]
    stock.book_entry("opening", warehouse_id, lines, reason="Açılış qalığı")


def _wares(market: Market, items: dict[str, int]) -> dict[str, Ware]:
    rates = {row.class_id: row for row in shelves.tax_rates_by_id().values()}
    rows = shelves.items_by_id(list(items.values()))
    prices = shelves.prices_of_items(list(items.values()))
    return {
        item.sku: Ware(
            item_id=items[item.sku],
            name=item.name,
            tax_rate_id=rates[rows[items[item.sku]].tax_class_id].id,
            rate_bp=rates[rows[items[item.sku]].tax_class_id].rate_bp,
            unit_price_minor=item.price_minor,
            price_id=prices[items[item.sku]][0].id,
        )
        for item in market.items
    }
