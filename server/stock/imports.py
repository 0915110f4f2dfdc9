"""Opening stock of imported items: the catalogue brings the items in, stock books what lay on their shelves."""

from server.catalog.events import ItemsImported
from server.stock.operations import EntryLine, book_entry
from server.stores import queries as stores


def book_opening(event: ItemsImported) -> None:
    """Reaction: one opening entry for the whole import, in the branch's warehouse; its reason is the file's name."""
    lines = [EntryLine(opening.item_id, opening.quantity_milli, opening.cost_minor) for opening in event.openings]
    book_entry("opening", stores.warehouse_of(event.branch_id).id, lines, reason=event.file_name, by=event.by)
