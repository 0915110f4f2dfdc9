"""THE table: what is kept how long, and why. One pass a night for each shop that was active lately ends what is over.

Every table stands here once: with a term in RULES, or with a reason to stay in STAYS. SQLite uses freed pages again (a
file holds what its fullest night held), PostgreSQL's autovacuum does the same, so nothing is ever rewritten as a whole.
"""

from collections.abc import Mapping

import structlog

from server.catalog import retention as catalog
from server.core import clock, tenant, terms
from server.core.retention import DAY_MS, KEPT_DAYS, Rule, rule
from server.devices import retention as devices
from server.orders import retention as orders
from server.staff import retention as staff
from server.sync import retention as sync
from server.tenants import retention as tenants

log = structlog.get_logger()

RULES: tuple[Rule, ...] = (
    rule(devices.jobs, KEPT_DAYS, "paper that came out; a receipt is printed again from its sale"),
    rule(devices.events, KEPT_DAYS, "scans and states; a second copy comes within the agent's week"),
    rule(terms.answers, KEPT_DAYS, "the row stays and knows a repeat; its answer serves a terminal's log of 35 days"),
    Rule(
        "change",
        KEPT_DAYS,
        "the last change of each row; a terminal that was away for longer begins with a snapshot",
        lambda now: terms.shorten_change_log(now, KEPT_DAYS),
    ),
    rule(terms.settled_rejections, KEPT_DAYS, "settled by a person; a sale's stays and explains a gap in its series"),
    rule(terms.request_keys, KEPT_DAYS, "a request that is sent again after a holiday still gets its first answer"),
    rule(staff.sessions, KEPT_DAYS, "who acted stands in the audit trail"),
    rule(staff.misses, KEPT_DAYS, "what locks a PIN stays until a person unlocks it"),
    rule(devices.pairing_codes, KEPT_DAYS, "who paired stands in the audit trail"),
    rule(tenants.setup_links, KEPT_DAYS, "the shop was set up, or the operator makes another link"),
    rule(catalog.refused_imports, KEPT_DAYS, "refused files; a booked one stays, and is never booked again"),
    rule(orders.leases, 1, "a lease lasts a minute"),
    Rule("files: snapshots", 1, "made again when asked for", lambda now: sync.drop_snapshots(now - DAY_MS)),
)

STAYS: Mapping[str, str] = {
    **dict.fromkeys(("company", "branch", "warehouse", "setting"), "the shop itself"),
    **dict.fromkeys(("terminal", "terminal_revocation", "agent", "device", "terminal_device"), "what documents name"),
    "broker_credential": "one for each agent",
    **dict.fromkeys(("person", "role", "role_right", "person_role"), "who may do what; documents name people"),
    **dict.fromkeys(("category", "unit", "tax_class", "tax_rate", "item", "barcode"), "the catalogue; lines name it"),
    **dict.fromkeys(("price_list", "price", "label_template"), "prices are a plan, and lines name theirs"),
    **dict.fromkeys(("stock_move", "cost_layer", "layer_take", "layer_settlement", "balance"), "stock and its cost"),
    **dict.fromkeys(("stock_entry", "stock_entry_line", "cost_correction"), "documents of stock"),
    **dict.fromkeys(("register", "holder", "register_lease", "tender_type"), "tills and their series"),
    **dict.fromkeys(("shift", "cash_document", "cash_document_tax", "tender"), "documents of cash"),
    **dict.fromkeys(("cash_move", "drawer_opening", "z_report", "z_document"), "documents of cash"),
    **dict.fromkeys(("sale", "sale_line", "sale_discount", "sale_tax", "receipt_copy"), "sales"),
    "till_event": "honest history from the first day is what theft detection needs",
    **dict.fromkeys(("order_operation", "open_order", "order_line"), "who put what on an order, and took it off"),
    "flag": "what was booked against a rule, and who settled it",
    "audit": "who changed what",
    "reaction_due": "a row goes when its reaction is done",
    "change_sequence": "one row",
    "change_mark": "a row a night, dropped with the changes of that night",
    "tenant_identity": "one row",
}


def run() -> dict[str, int]:
    """End what is over in the shop in force; returns how many rows of each table. May be killed, repeats: safe."""
    now = clock.now_ms()
    ended = {one.table: one.end(now) for one in RULES}
    log.info("retention", tenant=tenant.current().slug, **{name: count for name, count in ended.items() if count})
    return ended
