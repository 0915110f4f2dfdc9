"""The server of AI Sales POS: tenants' databases, business rules, and what browsers and edge agents talk to.

Packages stand on floors in one total order (see README, "The floors"); a module imports only from floors below its own.
"""

__version__ = "0.1.0"
