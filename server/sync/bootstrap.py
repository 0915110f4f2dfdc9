"""Everything that a terminal needs on its first day, besides the catalogue's file and the changes since its cursor."""

from typing import Any

from server.core import clock
from server.core.tenant import current
from server.stores import queries as stores
from server.sync import snapshot
from server.sync.loaders import catalogue, orders, people, settings, tills
from server.sync.loaders.context import Receiver


def bootstrap(to: Receiver) -> dict[str, Any]:
    """What a terminal is filled with. Its cursor is the catalogue file's: changes since then come as changes."""
    file = snapshot.newest(to.branch_id)
    branch = stores.branch(to.branch_id)
    return {
        "schema": snapshot.SCHEMA,
        "cursor": file.cursor,
        "generation": current().generation,
        "server_at": clock.now_ms(),
        "branch": settings.branch(branch),
        "company": settings.company(stores.company_of(branch)),
        "registers": tills.all_registers(to.branch_id),
        "tender_types": tills.all_tender_types(),
        "people": people.everyone(),
        "tax_rates": catalogue.all_of(catalogue.TAX_RATE_COLUMNS),
        "settings": settings.all_settings(to.branch_id),
        "terminal_devices": settings.all_terminal_devices(to.terminal_id),
        "order_operations": orders.all_of_open_orders(to.branch_id),
        "catalogue": {"url": file.url, "rows": file.rows, "sha256": file.sha256},
    }
