"""The catalogue: what is sold, under which codes, in which unit, at which price and tax.

Owns items, barcodes, categories, units, tax classes and their rates, price lists with append-only prices, label
templates, and the import of items from CSV. Calls `stores` (branches of prices). Announces `ItemsImported`, to which
stock answers by booking the opening quantities. Every change goes to the topic `catalogue` of the change log.
"""

from server.core.actor import Right

RIGHTS = (Right("catalog.see"), Right("catalog.edit"), Right("catalog.import"), Right("data.export"))
