"""Crash points: every process of the product killed at every place where it commits, publishes, spools or writes.

    inside/crash_points.py    the list of points
    inside/sitecustomize.py   wraps them in the processes that a test starts; the product knows nothing of it
    product.py, shop.py       the product as real processes, with a till, a printer and a drawer that outlive them
    walk.py                   a sale, a death at a point, a restart
    ledger.py                 what must be true afterwards

A new place that commits, publishes, spools or writes fails `test_crash_points.py` until it has a name in the list.
"""
