"""What has to be there before a request can be answered, and the requests that need more than a line."""

from typing import Any

from fixtures.browser import PUBLIC_KEY
from server.values import times
from tests.server.api.requests import Request, send_by
from tests.server.api.sites import Site, number
from tests.server.worlds import NOW_MS

PIN, PASSWORD = "83016", "bir uzun parol"


def item(site: Site, **more: Any) -> dict[str, Any]:
    ware = site.visitors["owner"].get(f"/catalog/items/{site.item_id}").json
    names = ("unit_id", "tax_class_id", "category_id")
    code = {"code": site.new_barcode(), "quantity_milli": 1_000}
    return (
        {name: ware[name] for name in names}
        | {"sku": site.word("S"), "name": site.word("Mal"), "barcodes": [code]}
        | more
    )


def new_item(site: Site, **more: Any) -> dict[str, Any]:
    answer = site.visitors["owner"].post("/catalog/items", item(site, price_minor=120, **more))
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def category(site: Site) -> dict[str, Any]:
    answer = site.visitors["owner"].post("/catalog/categories", {"name": site.word("Rəf")})
    return dict(answer.json)


def csv_file(site: Site) -> tuple[bytes, str]:
    return (
        f"sku;name;unit;tax;price\nI{number()};{site.word('Alma')};kq;azad;2,50\n".encode(),
        f"{site.word('mallar')}.csv",
    )


def imported(site: Site) -> str:
    browser = site.visitors["owner"]
    return str(send_by(browser, "/api/v1/catalog/imports", "POST", Request(file=csv_file(site))).json["id"])


def person(site: Site, **more: Any) -> dict[str, Any]:
    roles = [{"role_id": site.new_role(), "branch_id": site.branch_id}]
    return {"name": site.word("Leyla"), "language": "az", "email": None, "roles": roles} | more


def role(site: Site) -> dict[str, Any]:
    return {"name": site.word("Növbətçi"), "rights": [{"right": "stock.see"}]}


def branch(site: Site) -> dict[str, Any]:
    return {"name": site.word("Filial"), "address": site.word("Bakı")}


def company(site: Site) -> dict[str, Any]:
    return {"name": site.word("Market MMC"), "tax_id": "9909900991"}


def register(site: Site) -> dict[str, Any]:
    body = {"branch_id": site.branch_id, "code": f"N{number()}", "name": site.word("Kassa")}
    return dict(site.visitors["owner"].post("/cash/registers", body).json)


def tender_type(site: Site) -> dict[str, Any]:
    return {"code": f"t{number()}", "name": site.word("Kart"), "kind": "card"}


def new_tender_type(site: Site) -> int:
    return int(site.visitors["owner"].post("/cash/tender-types", tender_type(site)).json["id"])


def sign_in(site: Site) -> Request:
    body = {"person_id": site.people[site.world.cashier], "pin": site.world.pin(site.world.cashier)}
    return Request(site.new_terminal(), body=body)


def approve(site: Site) -> Request:
    manager = site.market.people_in("manager")[0]
    body = {"person_id": site.people[manager.key], "pin": manager.pin, "right": "sale.discount_line", "bp": 500}
    return Request("cashier", body=body)


def pair(site: Site) -> Request:
    body = {"code": site.new_pairing_code(), "name": site.word("Kassa"), "public_key": PUBLIC_KEY}
    return Request(site.new_browser(), body=body, leads=frozenset({"code"}))


def pair_here(site: Site) -> Request:
    body = {"branch_id": site.branch_id, "name": site.word("Kassa"), "public_key": PUBLIC_KEY}
    return Request(site.new_owner(), body=body)


def enrol(site: Site) -> Request:
    body = {"token": site.new_enrol_token(), "name": site.word("Agent")}
    return Request("nobody", body=body, leads=frozenset({"token"}))


def begin(site: Site) -> Request:
    shop, token = site.new_empty_shop()
    company = {"name": site.word("Market"), "tax_id": "9909900991", "address": "Bakı, Nizami küçəsi 1"}
    owner = {"name": site.word("Leyla"), "email": f"o{number()}@market.example", "password": PASSWORD, "pin": PIN}
    body = {"token": token, "company": company, "owner": owner}
    return Request(body=body, leads=frozenset({"token"}), shop=shop)


def show_setup(site: Site) -> Request:
    shop, token = site.new_empty_shop()
    return Request(query={"token": token}, leads=frozenset({"token"}), shop=shop)


def push(site: Site) -> Request:
    till = site.till
    ware = next(iter(site.world.founded.wares))
    till.sell([till.line(ware)])
    operation = till.outbox.pop()
    return Request("cashier", body={"batch": "b", "ops": [operation]})


def reconcile(site: Site) -> Request:
    return Request("cashier", body={"shift_id": site.closed_shift_id, "count": 0, "total_minor": 0, "xor": "0" * 32})


def entry(site: Site) -> Request:
    line = {"item_id": site.item_id, "quantity_milli": 1_000, "cost_minor": 50}
    body = {"kind": "adjustment", "warehouse_id": site.warehouse_id, "reason": site.word("Say"), "lines": [line]}
    return Request(body=body)


def lease(site: Site) -> Request:
    return Request(site.new_terminal(), body={"register_id": register(site)["id"]})


def order_lease(site: Site) -> Request:
    order_id = site.new_order()
    site.till.browser.post(f"/orders/{order_id}/lease")
    return Request("cashier", path={"order_id": order_id})


def snapshot(site: Site) -> Request:
    cursor = site.till.browser.get("/sync/bootstrap").json["catalogue"]["url"].split("/")[-1].split(".")[0]
    return Request("cashier", path={"cursor": cursor})


def change_item(site: Site) -> Request:
    made = new_item(site)
    return Request(path={"item_id": made["id"]}, body=item(site, rev=made["rev"]))


def change_category(site: Site) -> Request:
    made, parent = category(site), category(site)
    body = {"name": site.word("Rəf"), "parent_id": parent["id"], "rev": made["rev"]}
    return Request(path={"category_id": made["id"]}, body=body)


def change_terminal(site: Site) -> Request:
    terminal_id = site.new_terminal().terminal_id  # type: ignore[attr-defined]
    bindings = [{"role": "receipt", "device_id": site.hardware["receipt"]}]
    return Request(path={"terminal_id": terminal_id}, body={"name": site.word("Kassa"), "devices": bindings})


def revoke(site: Site) -> Request:
    return Request(path={"terminal_id": site.new_terminal().terminal_id})  # type: ignore[attr-defined]


def price(site: Site) -> Request:
    body = {"amount_minor": 150, "branch_id": site.branch_id, "from_at": times.to_iso(NOW_MS)}
    return Request(path={"item_id": new_item(site)["id"]}, body=body)


def sales(site: Site) -> Request:
    cashier_id = site.people[site.world.cashier]
    return Request(query={"register_id": site.register_id, "person_id": cashier_id, "shift_id": site.closed_shift_id})


def jobs(site: Site) -> Request:
    site.new_job()
    return Request(query={"agent_id": site.agent_id, "device_id": site.hardware["receipt"]})


def live(site: Site, body: dict[str, Any]) -> Request:
    assert set(site.hardware) >= {"scale", "display"}
    return Request("cashier", body=body)


def flags(site: Site) -> Request:
    site.new_flag()
    return Request()


def rejected(site: Site) -> Request:
    site.new_rejected()
    return Request()


def settings(site: Site) -> Request:
    body = {"branch_id": site.branch_id, "settings": [{"key": "receipt.note", "value": site.word("Sağ olun")}]}
    return Request(body=body)


def events(site: Site) -> Request:
    site.till.does("till_event", {"kind": "line_removed", "detail": {"name": site.word("Süd")}})
    assert site.till.verdicts() == ["accepted"]
    return Request(query={"person_id": site.people[site.world.cashier]})


def note(site: Site) -> dict[str, str]:
    return {"note": site.word("Baxdım")}


def book_rejected(site: Site) -> Request:
    site.till.sell([site.till.line(next(iter(site.world.founded.wares)))])
    return Request(path={"operation_id": site.new_rejected(site.till.outbox.pop())})
