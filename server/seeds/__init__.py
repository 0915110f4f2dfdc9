"""Demo businesses: `market/` holds what the demo market is and sells, as data and pure functions.

The operations that book it stand beside it; nothing in `market/` knows a database.
"""
