"""How to ask each endpoint of the API, and each page, so that it answers 2xx in a shop: one recipe an endpoint.

A recipe is called anew for each request, so it may use things up. Where a list can be narrowed by ids, the recipe does.
"""

import dataclasses
import io
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import TestResponse

from fixtures.browser import PUBLIC_KEY, Browser
from server.core import clock, ids
from server.core.tenant import Tenant
from server.values import times
from tests.server.api.sites import Site, number
from tests.server.worlds import NOW_MS, StillBrowser

PIN, PASSWORD = "83016", "bir uzun parol"
TODAY = "2025-11-24"


@dataclasses.dataclass(frozen=True)
class Request:
    """What is sent, and by whom. `leads` names fields of the body that lead to something although they are no ids."""

    by: str | Browser = "owner"
    path: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    query: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    body: Any = None
    file: tuple[bytes, str] | None = None
    leads: frozenset[str] = frozenset()
    shop: Tenant | None = None


Recipe = Callable[[Site], Request]


def send(site: Site, rule: str, method: str, request: Request) -> TestResponse:
    """Send a request to an address of the url map (`/api/v1/catalog/items/<int:item_id>`)."""
    browser = site.visitors[request.by] if isinstance(request.by, str) else request.by
    if request.shop is not None:
        browser = StillBrowser(site.app, request.shop)
    return send_by(browser, address(rule, request.path), method, request)


def send_by(browser: Browser, path: str, method: str, request: Request, **headers: str) -> TestResponse:
    """Send what a request says by a browser, to a whole path."""
    said: dict[str, Any] = {"headers": {"X-AISales": "1", "Origin": browser.origin, **headers}}
    if request.file is not None:
        said["data"] = {"file": (io.BytesIO(request.file[0]), request.file[1])}
    elif request.body is not None:
        said["json"] = request.body
    with clock.frozen(getattr(browser, "now_ms", NOW_MS)):
        return browser.client.open(
            path, method=method, base_url=browser.origin, query_string=dict(request.query), **said
        )


def address(rule: str, values: Mapping[str, Any]) -> str:
    """A rule of the url map with its arguments filled in."""
    parts = [part.split(">", 1) for part in rule.split("<")]
    return parts[0][0] + "".join(f"{values[name.split(':')[-1]]}{rest}" for name, rest in parts[1:])


def _item(site: Site, **more: Any) -> dict[str, Any]:
    ware = site.visitors["owner"].get(f"/catalog/items/{site.item_id}").json
    names = ("unit_id", "tax_class_id", "category_id")
    code = {"code": site.new_barcode(), "quantity_milli": 1_000}
    return {name: ware[name] for name in names} | {"sku": site.word("S"), "name": site.word("Mal"), "barcodes": [code]} | more


def _new_item(site: Site, **more: Any) -> dict[str, Any]:
    answer = site.visitors["owner"].post("/catalog/items", _item(site, price_minor=120, **more))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def _category(site: Site) -> dict[str, Any]:
    answer = site.visitors["owner"].post("/catalog/categories", {"name": site.word("Rəf")})
    return dict(answer.json)


def _file(site: Site) -> tuple[bytes, str]:
    return f"sku;name;unit;tax\nI{number()};{site.word('Alma')};kq;azad\n".encode(), f"{site.word('mallar')}.csv"


def _import(site: Site) -> str:
    browser = site.visitors["owner"]
    return str(send_by(browser, "/api/v1/catalog/imports", "POST", Request(file=_file(site))).json["id"])


def _person(site: Site, **more: Any) -> dict[str, Any]:
    roles = [{"role_id": site.new_role(), "branch_id": site.branch_id}]
    return {"name": site.word("Leyla"), "language": "az", "email": None, "roles": roles} | more


def _role(site: Site) -> dict[str, Any]:
    return {"name": site.word("Növbətçi"), "rights": [{"right": "stock.see"}]}


def _branch(site: Site) -> dict[str, Any]:
    return {"name": site.word("Filial"), "address": site.word("Bakı")}


def _company(site: Site) -> dict[str, Any]:
    return {"name": site.word("Market MMC"), "tax_id": "9909900991"}


def _register(site: Site) -> dict[str, Any]:
    body = {"branch_id": site.branch_id, "code": f"N{number()}", "name": site.word("Kassa")}
    return dict(site.visitors["owner"].post("/cash/registers", body).json)


def _tender_type(site: Site) -> dict[str, Any]:
    return {"code": f"t{number()}", "name": site.word("Kart"), "kind": "card"}


def _new_tender_type(site: Site) -> int:
    return int(site.visitors["owner"].post("/cash/tender-types", _tender_type(site)).json["id"])


def _sign_in(site: Site) -> Request:
    body = {"person_id": site.people[site.world.cashier], "pin": site.world.pin(site.world.cashier)}
    return Request(site.new_terminal(), body=body)


def _approve(site: Site) -> Request:
    manager = site.market.people_in("manager")[0]
    body = {"person_id": site.people[manager.key], "pin": manager.pin, "right": "sale.discount_line", "bp": 500}
    return Request("cashier", body=body)


def _pair(site: Site) -> Request:
    body = {"code": site.new_pairing_code(), "name": site.word("Kassa"), "public_key": PUBLIC_KEY}
    return Request(site.new_browser(), body=body, leads=frozenset({"code"}))


def _pair_here(site: Site) -> Request:
    body = {"branch_id": site.branch_id, "name": site.word("Kassa"), "public_key": PUBLIC_KEY}
    return Request(site.new_owner(), body=body)


def _enrol(site: Site) -> Request:
    body = {"token": site.new_enrol_token(), "name": site.word("Agent")}
    return Request("nobody", body=body, leads=frozenset({"token"}))


def _begin(site: Site) -> Request:
    shop, token = site.new_empty_shop()
    company = {"name": site.word("Market"), "tax_id": "9909900991", "address": "Bakı, Nizami küçəsi 1"}
    owner = {"name": site.word("Leyla"), "email": f"o{number()}@market.example", "password": PASSWORD, "pin": PIN}
    body = {"token": token, "company": company, "owner": owner}
    return Request(body=body, leads=frozenset({"token"}), shop=shop)


def _show_setup(site: Site) -> Request:
    shop, token = site.new_empty_shop()
    return Request(query={"token": token}, leads=frozenset({"token"}), shop=shop)


def _push(site: Site) -> Request:
    till = site.till
    ware = next(iter(site.world.founded.wares))
    till.sell([till.line(ware)])
    operation = till.outbox.pop()
    return Request("cashier", body={"batch": "b", "ops": [operation]})


def _reconcile(site: Site) -> Request:
    return Request("cashier", body={"shift_id": site.closed_shift_id, "count": 0, "total_minor": 0, "xor": "0" * 32})


def _entry(site: Site) -> Request:
    line = {"item_id": site.item_id, "quantity_milli": 1_000, "cost_minor": 50}
    body = {"kind": "adjustment", "warehouse_id": site.warehouse_id, "reason": site.word("Say"), "lines": [line]}
    return Request(body=body)


def _lease(site: Site) -> Request:
    return Request(site.new_terminal(), body={"register_id": _register(site)["id"]})


def _order_lease(site: Site) -> Request:
    order_id = site.new_order()
    site.till.browser.post(f"/orders/{order_id}/lease")
    return Request("cashier", path={"order_id": order_id})


def _snapshot(site: Site) -> Request:
    cursor = site.till.browser.get("/sync/bootstrap").json["catalogue"]["url"].split("/")[-1].split(".")[0]
    return Request("cashier", path={"cursor": cursor})


def _change_item(site: Site) -> Request:
    item = _new_item(site)
    return Request(path={"item_id": item["id"]}, body=_item(site, rev=item["rev"]))


def _change_category(site: Site) -> Request:
    made, parent = _category(site), _category(site)
    body = {"name": site.word("Rəf"), "parent_id": parent["id"], "rev": made["rev"]}
    return Request(path={"category_id": made["id"]}, body=body)


def _change_terminal(site: Site) -> Request:
    terminal_id = site.new_terminal().terminal_id  # type: ignore[attr-defined]
    bindings = [{"role": "receipt", "device_id": site.hardware["receipt"]}]
    return Request(path={"terminal_id": terminal_id}, body={"name": site.word("Kassa"), "devices": bindings})


def _revoke(site: Site) -> Request:
    return Request(path={"terminal_id": site.new_terminal().terminal_id})  # type: ignore[attr-defined]


def _price(site: Site) -> Request:
    body = {"amount_minor": 150, "branch_id": site.branch_id, "from_at": times.to_iso(NOW_MS)}
    return Request(path={"item_id": _new_item(site)["id"]}, body=body)


def _sales(site: Site) -> Request:
    cashier_id = site.people[site.world.cashier]
    return Request(query={"register_id": site.register_id, "person_id": cashier_id, "shift_id": site.closed_shift_id})


def _jobs(site: Site) -> Request:
    site.new_job()
    return Request(query={"agent_id": site.agent_id, "device_id": site.hardware["receipt"]})


def _live(site: Site, body: dict[str, Any]) -> Request:
    assert set(site.hardware) >= {"scale", "display"}
    return Request("cashier", body=body)


def _flags(site: Site) -> Request:
    site.new_flag()
    return Request()


def _rejected(site: Site) -> Request:
    site.new_rejected()
    return Request()


def _settings(site: Site) -> Request:
    body = {"branch_id": site.branch_id, "settings": [{"key": "receipt.note", "value": site.word("Sağ olun")}]}
    return Request(body=body)


def _events(site: Site) -> Request:
    site.till.does("till_event", {"kind": "line_removed", "detail": {"name": site.word("Süd")}})
    assert site.till.verdicts() == ["accepted"]
    return Request(query={"person_id": site.people[site.world.cashier]})


def _note(site: Site) -> dict[str, str]:
    return {"note": site.word("Baxdım")}


RECIPES: dict[str, Recipe] = {
    "api-docs.openapi_json": lambda site: Request("nobody"),
    "stores.show_company": lambda site: Request(),
    "stores.change_company": lambda site: Request(body=_company(site)),
    "stores.list_branches": lambda site: Request(),
    "stores.create_branch": lambda site: Request(body=_branch(site) | {"code": f"F{number()}"}),
    "stores.change_branch": lambda site: Request(path={"branch_id": site.branch_id}, body=_branch(site)),
    "stores.list_settings": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "stores.put_settings": _settings,
    "devices.make_pairing_code": lambda site: Request(body={"kind": "terminal", "branch_id": site.branch_id}),
    "devices.pair": _pair,
    "devices.pair_here": _pair_here,
    "devices.list_terminals": lambda site: Request(),
    "devices.change_terminal": _change_terminal,
    "devices.revoke_terminal": _revoke,
    "devices.list_agents": lambda site: Request(),
    "devices.enrol": _enrol,
    "devices.disable_agent": lambda site: Request(path={"agent_id": site.agent_id}),
    "devices.enable_agent": lambda site: Request(path={"agent_id": site.agent_id}),
    "devices.list_devices": lambda site: Request("cashier"),
    "devices.test_print": lambda site: Request(path={"device_id": site.hardware["receipt"]}),
    "devices.list_jobs": _jobs,
    "devices.settle_job": lambda site: Request(path={"job_id": site.new_job()}, body={"came_out": True}),
    "devices.watch_scale": lambda site: _live(site, {}),
    "devices.show": lambda site: _live(site, {"lines": ["CƏMİ", "1,50"]}),
    "devices.pass_to_counter": lambda site: Request("cashier", path={"path": "state"}),
    "staff.sign_in": _sign_in,
    "staff.sign_out": lambda site: Request(site.new_owner()),
    "staff.show_me": lambda site: Request("cashier"),
    "staff.approve": _approve,
    "staff.list_people": lambda site: Request(),
    "staff.create_person": lambda site: Request(body=_person(site, pin=PIN)),
    "staff.show_person": lambda site: Request(path={"person_id": site.people[site.world.cashier]}),
    "staff.change_person": lambda site: Request(path={"person_id": site.new_person()}, body=_person(site)),
    "staff.set_pin": lambda site: Request(path={"person_id": site.new_person()}, body={"pin": PIN}),
    "staff.unlock_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.archive_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.restore_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.list_roles": lambda site: Request(),
    "staff.create_role": lambda site: Request(body=_role(site)),
    "staff.change_role": lambda site: Request(path={"role_id": site.new_role()}, body=_role(site)),
    "staff.list_rights": lambda site: Request(),
    "catalog.list_items": lambda site: Request("cashier", query={"category_id": _category(site)["id"]}),
    "catalog.create_item": lambda site: Request(body=_item(site, price_minor=120)),
    "catalog.show_item": lambda site: Request("cashier", path={"item_id": site.item_id}),
    "catalog.change_item": _change_item,
    "catalog.archive_item": lambda site: Request(path={"item_id": _new_item(site)["id"]}),
    "catalog.restore_item": lambda site: Request(path={"item_id": _new_item(site)["id"]}),
    "catalog.set_price": _price,
    "catalog.list_categories": lambda site: Request("cashier"),
    "catalog.create_category": lambda site: Request(body={"name": site.word("Rəf"), "parent_id": _category(site)["id"]}),
    "catalog.change_category": _change_category,
    "catalog.archive_category": lambda site: Request(path={"category_id": _category(site)["id"]}),
    "catalog.restore_category": lambda site: Request(path={"category_id": _category(site)["id"]}),
    "catalog.list_units": lambda site: Request("cashier"),
    "catalog.list_tax_classes": lambda site: Request("cashier"),
    "catalog.show_code": lambda site: Request("cashier", path={"code": _new_item(site)["barcodes"][0]["code"]}),
    "catalog.import_items": lambda site: Request(query={"branch_id": site.branch_id}, file=_file(site)),
    "catalog.show_import": lambda site: Request(path={"import_id": _import(site)}),
    "catalog.export_items": lambda site: Request(),
    "stock.list_warehouses": lambda site: Request(),
    "stock.list_balances": lambda site: Request(query={"warehouse_id": site.warehouse_id}),
    "stock.show_on_hand": lambda site: Request(path={"item_id": site.item_id}),
    "stock.list_moves": lambda site: Request(path={"item_id": site.item_id}, query={"warehouse_id": site.warehouse_id}),
    "stock.book_entry": _entry,
    "cash.take_lease": _lease,
    "cash.list_registers": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "cash.create_register": lambda site: Request(
        body={"branch_id": site.branch_id, "code": f"R{number()}", "name": site.word("Kassa")}
    ),
    "cash.change_register": lambda site: Request(
        path={"register_id": _register(site)["id"]}, body={"name": site.word("Kassa")}
    ),
    "cash.list_tender_types": lambda site: Request("cashier"),
    "cash.create_tender_type": lambda site: Request(body=_tender_type(site)),
    "cash.change_tender_type": lambda site: Request(
        path={"tender_type_id": _new_tender_type(site)}, body={"name": site.word("Kart")}
    ),
    "cash.list_holders": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "cash.list_shifts": lambda site: Request(query={"register_id": site.register_id}),
    "cash.show_shift": lambda site: Request(path={"shift_id": site.shift_id}),
    "cash.list_z_reports": lambda site: Request(query={"register_id": site.register_id}),
    "cash.show_z_report": lambda site: Request(path={"z_report_id": site.z_report_id}),
    "sales.list_sales": _sales,
    "sales.show_sale": lambda site: Request("cashier", path={"sale_id": site.sale["id"]}),
    "sales.list_till_events": _events,
    "sales.show_today": lambda site: Request(query={"branch_id": site.branch_id, "day": TODAY}),
    "orders.list_open": lambda site: Request("cashier"),
    "orders.take_lease": _order_lease,
    "orders.give_back_lease": _order_lease,
    "setup.show_setup": _show_setup,
    "setup.begin": _begin,
    "sync.push": _push,
    "sync.reconcile": _reconcile,
    "sync.bootstrap": lambda site: Request("cashier"),
    "sync.show_snapshot": _snapshot,
    "sync.list_changes": lambda site: Request("cashier", query={"cursor": site.world.founded.cursor - 1}),
    "web.list_flags": _flags,
    "web.settle_flag": lambda site: Request(path={"flag_id": site.new_flag()}, body=_note(site)),
    "web.list_rejected": _rejected,
    "web.settle_rejected": lambda site: Request(path={"operation_id": site.new_rejected()}, body=_note(site)),
    "web.health": lambda site: Request("nobody"),
    "web.show_stream": lambda site: Request("cashier"),
    "pages.home": lambda site: Request("nobody"),
    "pages.app_without_slash": lambda site: Request("nobody"),
    "pages.favicon": lambda site: Request("nobody"),
    "pages.app": lambda site: Request("nobody", path={"path": "login"}),
}
"""By endpoint of the url map."""


def unknown(value: Any) -> Any:
    """An id of the same kind that nobody ever gave out."""
    if isinstance(value, int):
        return 2**41 + number()
    if isinstance(value, str) and len(value) == 36:
        return str(ids.new_id(NOW_MS))
    return "7" * len(str(value))
