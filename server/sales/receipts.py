"""The paper of sales and the drawer that opens for their cash: reactions to the module's own events.

A receipt leaves by itself while its sale is younger than ten minutes; later the terminal offers a copy. A drawer opens
within five seconds of the sale, or not at all.
"""

import uuid

from edge_agent import wire
from server.cash.papers import open_drawer, post_paper
from server.core.transaction import session
from server.core.words import words_of
from server.sales import queries
from server.sales.events import CopyWanted, SaleCompleted
from server.sales.models import ReceiptCopy, Sale
from server.sales.receipt import receipt_blocks
from server.stores import queries as stores
from server.values import times


def post(event: SaleCompleted) -> None:
    """Print the receipt of a young sale, and open the drawer for its cash."""
    if event.opens_drawer:
        open_drawer(event, "sale", "sale")
    life_ms = wire.PAPERS["receipt"].ttl_ms
    if not event.prints or event.left_of(life_ms, event.received_at) <= 0:
        return
    sale = session().get_one(Sale, uuid.UUID(event.id))
    language = stores.branch(sale.branch_id).language
    blocks = receipt_blocks(queries.paper_of(sale), language, words_of(language))
    post_paper(event, "sale", "receipt", "receipt", blocks, life_ms=life_ms)


def post_copy(event: CopyWanted) -> None:
    """Print a copy, marked as one, with its number and time."""
    copy = session().get_one(ReceiptCopy, uuid.UUID(event.id))
    sale = session().get_one(Sale, copy.sale_id)
    branch = stores.branch(sale.branch_id)
    mark = {"printed_at": times.local_minute(copy.printed_at, branch.timezone), "copy": copy.copy}
    blocks = receipt_blocks(queries.paper_of(sale), branch.language, words_of(branch.language), mark)
    life_ms = wire.PAPERS["receipt_copy"].ttl_ms
    post_paper(event, "receipt_copy", "receipt_copy", "receipt_copy", blocks, life_ms=life_ms, copy=copy.copy)
