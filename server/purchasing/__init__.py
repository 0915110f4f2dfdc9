"""Purchasing: what goods cost until they lie on the shelf.

Owns the spreading of charges (freight, customs) over the lines of a receipt. Calls `values` only.
"""
