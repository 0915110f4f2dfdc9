"""THE table: what happens when a module announces something. One event, its reactions in the order of their run."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from server.cash import papers
from server.cash.events import CashMoved, DrawerWanted, ShiftClosed
from server.catalog.events import ItemsImported
from server.orders.operations import settle_paid_lines
from server.sales import receipts
from server.sales.events import CopyWanted, SaleCompleted
from server.stock.imports import book_opening

REACTIONS: Mapping[type, Sequence[Callable[[Any], None]]] = {
    ItemsImported: (book_opening,),
    SaleCompleted: (settle_paid_lines, receipts.post),
    CopyWanted: (receipts.post_copy,),
    ShiftClosed: (papers.print_z,),
    CashMoved: (papers.print_slip,),
    DrawerWanted: (papers.pulse,),
}
