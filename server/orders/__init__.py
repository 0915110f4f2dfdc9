"""Open orders: held sales now, tabs and tables later, as operations from which every side folds the same state.

Owns the operations, their projections (orders and lines), and the courtesy leases of payment screens. Calls `stores`
and `sales` (what a sale paid). Announces nothing; reacts to `SaleCompleted`. Each operation goes to the topic `orders`.
"""

from server.core.actor import Right

RIGHTS = (Right("sale.hold"),)
