"""The accounting invariants of a shop, checked by queries of their own.

Nothing here calls the code that it checks: the queries are plain SQL over the tables, the arithmetic is written again
in fractions. `invariants.check(tenant)` returns what is violated; `aisales check` prints it. It reads only, in one
moment of the database, and may run while the shop sells.
"""
