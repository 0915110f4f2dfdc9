"""At the close of a shift both sides compare what they hold of it."""

import uuid

from server.core.doors import App
from server.core.tenant import Tenant
from tests.server.worlds import Terminal, make_world

BREAD = "Tandır çörəyi"


def opened_till(app: App, shop: Tenant) -> Terminal:
    till = make_world(app, shop).till()
    till.open(5_000)
    return till


def test_reconciling_names_the_one_sale_that_is_missing(app: App, shop: Tenant) -> None:
    till = opened_till(app, shop)
    sales = [till.sell([till.line(BREAD)]) for _ in range(3)]
    till.send([till.log[0], *sales[:2]])
    xor = 0
    for sale in sales:
        xor ^= uuid.UUID(sale["id"]).int
    body = {"shift_id": till.log[0]["id"], "count": 3, "total_minor": 360, "xor": f"{xor:032x}"}

    differs = till.browser.post("/sync/reconcile", body).json
    till.send([sales[2]])
    agrees = till.browser.post("/sync/reconcile", body).json

    assert (differs["ok"], differs["missing"], differs["unknown"]) == (False, [sales[2]["id"]], [])
    assert agrees == {"ok": True, "missing": [], "unknown": [], "held": []}


def test_where_more_is_missing_the_terminal_gets_what_is_here(app: App, shop: Tenant) -> None:
    till = opened_till(app, shop)
    sales = [till.sell([till.line(BREAD)]) for _ in range(3)]
    till.send([till.log[0], sales[1]])
    body = {"shift_id": till.log[0]["id"], "count": 3, "total_minor": 360, "xor": "0" * 32}

    answer = till.browser.post("/sync/reconcile", body).json

    assert (answer["missing"], answer["unknown"], answer["held"]) == ([], [], [sales[1]["id"]])
