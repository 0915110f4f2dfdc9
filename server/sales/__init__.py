"""Sales and returns: the documents of the till, their prices, their paper, and what else happens at a till.

Owns sales with lines, discounts and taxes, copies of receipts and till events. Calls `stock` (what leaves and comes
back), `cash` (what was given), `catalog` (prices, taxes), `staff` (rights). Announces `SaleCompleted` and
`CopyWanted`; `papers.py` answers with the receipt, its copies and the drawer.
"""

from server.core.actor import Right

RIGHTS = (
    Right("sale.ring"),
    Right("sale.open_item"),
    Right("sale.discount_line", capped=True),
    Right("sale.discount_sale", capped=True),
    Right("sale.price", capped=True),
    Right("sale.return"),
    Right("sale.reprint"),
    Right("sales.see_all"),
)
