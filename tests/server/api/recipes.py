"""How to ask each endpoint of the API, and each page, so that it answers 2xx in a shop: one recipe an endpoint.

A recipe is called anew for each request, so it may use things up. Where a list can be narrowed by ids, the recipe does.
"""

from collections.abc import Callable

from tests.server.api import steps
from tests.server.api.requests import Request
from tests.server.api.sites import Site, number

Recipe = Callable[[Site], Request]
TODAY = "2025-11-24"

RECIPES: dict[str, Recipe] = {
    "api-docs.openapi_json": lambda site: Request("nobody"),
    "stores.show_company": lambda site: Request(),
    "stores.change_company": lambda site: Request(body=steps.company(site)),
    "stores.list_branches": lambda site: Request(),
    "stores.create_branch": lambda site: Request(body=steps.branch(site) | {"code": f"F{number()}"}),
    "stores.change_branch": lambda site: Request(path={"branch_id": site.branch_id}, body=steps.branch(site)),
    "stores.list_settings": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "stores.put_settings": steps.settings,
    "devices.make_pairing_code": lambda site: Request(body={"kind": "terminal", "branch_id": site.branch_id}),
    "devices.pair": steps.pair,
    "devices.pair_here": steps.pair_here,
    "devices.list_terminals": lambda site: Request(),
    "devices.change_terminal": steps.change_terminal,
    "devices.revoke_terminal": steps.revoke,
    "devices.list_agents": lambda site: Request(),
    "devices.enrol": steps.enrol,
    "devices.disable_agent": lambda site: Request(path={"agent_id": site.agent_id}),
    "devices.enable_agent": lambda site: Request(path={"agent_id": site.agent_id}),
    "devices.list_devices": lambda site: Request("cashier"),
    "devices.test_print": lambda site: Request(path={"device_id": site.hardware["receipt"]}),
    "devices.list_jobs": steps.jobs,
    "devices.settle_job": lambda site: Request(path={"job_id": site.new_job()}, body={"came_out": True}),
    "devices.watch_scale": lambda site: steps.live(site, {}),
    "devices.show": lambda site: steps.live(site, {"lines": ["CƏMİ", "1,50"]}),
    "devices.pass_to_counter": lambda site: Request("cashier", path={"path": "state"}),
    "staff.sign_in": steps.sign_in,
    "staff.sign_out": lambda site: Request(site.new_owner()),
    "staff.show_me": lambda site: Request("cashier"),
    "staff.approve": steps.approve,
    "staff.list_people": lambda site: Request(),
    "staff.create_person": lambda site: Request(body=steps.person(site, pin=steps.PIN)),
    "staff.show_person": lambda site: Request(path={"person_id": site.people[site.world.cashier]}),
    "staff.change_person": lambda site: Request(path={"person_id": site.new_person()}, body=steps.person(site)),
    "staff.set_pin": lambda site: Request(path={"person_id": site.new_person()}, body={"pin": steps.PIN}),
    "staff.unlock_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.archive_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.restore_person": lambda site: Request(path={"person_id": site.new_person()}),
    "staff.list_roles": lambda site: Request(),
    "staff.create_role": lambda site: Request(body=steps.role(site)),
    "staff.change_role": lambda site: Request(path={"role_id": site.new_role()}, body=steps.role(site)),
    "staff.list_rights": lambda site: Request(),
    "catalog.list_items": lambda site: Request("cashier", query={"category_id": steps.category(site)["id"]}),
    "catalog.create_item": lambda site: Request(body=steps.item(site, price_minor=120)),
    "catalog.show_item": lambda site: Request("cashier", path={"item_id": site.item_id}),
    "catalog.change_item": steps.change_item,
    "catalog.archive_item": lambda site: Request(path={"item_id": steps.new_item(site)["id"]}),
    "catalog.restore_item": lambda site: Request(path={"item_id": steps.new_item(site)["id"]}),
    "catalog.set_price": steps.price,
    "catalog.list_categories": lambda site: Request("cashier"),
    "catalog.create_category": lambda site: Request(
        body={"name": site.word("Rəf"), "parent_id": steps.category(site)["id"]}
    ),
    "catalog.change_category": steps.change_category,
    "catalog.archive_category": lambda site: Request(path={"category_id": steps.category(site)["id"]}),
    "catalog.restore_category": lambda site: Request(path={"category_id": steps.category(site)["id"]}),
    "catalog.list_units": lambda site: Request("cashier"),
    "catalog.list_tax_classes": lambda site: Request("cashier"),
    "catalog.show_code": lambda site: Request("cashier", path={"code": steps.new_item(site)["barcodes"][0]["code"]}),
    "catalog.import_items": lambda site: Request(query={"branch_id": site.branch_id}, file=steps.csv_file(site)),
    "catalog.show_import": lambda site: Request(path={"import_id": steps.imported(site)}),
    "catalog.export_items": lambda site: Request(),
    "stock.list_warehouses": lambda site: Request(),
    "stock.list_balances": lambda site: Request(query={"warehouse_id": site.warehouse_id}),
    "stock.show_on_hand": lambda site: Request(path={"item_id": site.item_id}),
    "stock.list_moves": lambda site: Request(path={"item_id": site.item_id}, query={"warehouse_id": site.warehouse_id}),
    "stock.book_entry": steps.entry,
    "cash.take_lease": steps.lease,
    "cash.list_registers": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "cash.create_register": lambda site: Request(
        body={"branch_id": site.branch_id, "code": f"R{number()}", "name": site.word("Kassa")}
    ),
    "cash.change_register": lambda site: Request(
        path={"register_id": steps.register(site)["id"]}, body={"name": site.word("Kassa")}
    ),
    "cash.list_tender_types": lambda site: Request("cashier"),
    "cash.create_tender_type": lambda site: Request(body=steps.tender_type(site)),
    "cash.change_tender_type": lambda site: Request(
        path={"tender_type_id": steps.new_tender_type(site)}, body={"name": site.word("Kart")}
    ),
    "cash.list_holders": lambda site: Request("cashier", query={"branch_id": site.branch_id}),
    "cash.list_shifts": lambda site: Request(query={"register_id": site.register_id}),
    "cash.show_shift": lambda site: Request(path={"shift_id": site.shift_id}),
    "cash.list_z_reports": lambda site: Request(query={"register_id": site.register_id}),
    "cash.show_z_report": lambda site: Request(path={"z_report_id": site.z_report_id}),
    "sales.list_sales": steps.sales,
    "sales.show_sale": lambda site: Request("cashier", path={"sale_id": site.sale["id"]}),
    "sales.list_till_events": steps.events,
    "sales.show_today": lambda site: Request(query={"branch_id": site.branch_id, "day": TODAY}),
    "orders.list_open": lambda site: Request("cashier"),
    "orders.take_lease": steps.order_lease,
    "orders.give_back_lease": steps.order_lease,
    "setup.show_setup": steps.show_setup,
    "setup.begin": steps.begin,
    "sync.push": steps.push,
    "sync.book_rejected": steps.book_rejected,
    "sync.reconcile": steps.reconcile,
    "sync.bootstrap": lambda site: Request("cashier"),
    "sync.show_snapshot": steps.snapshot,
    "sync.list_changes": lambda site: Request("cashier", query={"cursor": site.world.founded.cursor - 1}),
    "web.list_flags": steps.flags,
    "web.settle_flag": lambda site: Request(path={"flag_id": site.new_flag()}, body=steps.note(site)),
    "web.list_rejected": steps.rejected,
    "web.settle_rejected": lambda site: Request(path={"operation_id": site.new_rejected()}, body=steps.note(site)),
    "web.health": lambda site: Request("nobody"),
    "web.show_stream": lambda site: Request("cashier"),
    "pages.home": lambda site: Request("nobody"),
    "pages.app_without_slash": lambda site: Request("nobody"),
    "pages.favicon": lambda site: Request("nobody"),
    "pages.app": lambda site: Request("nobody", path={"path": "login"}),
}
"""By endpoint of the url map."""
