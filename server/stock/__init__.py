"""Stock: what is where, and what it is worth.

Owns moves, cost layers with their takes and settlements, balances, entries (opening, adjustment) and cost corrections.
Calls `stores` (warehouses) and `catalog` (items). Sales hand over what leaves and comes back; goods never know why.
"""

from server.core.actor import Right

RIGHTS = (Right("stock.see"), Right("stock.adjust"), Right("stock.see_cost"))
