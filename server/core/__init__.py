"""Plumbing without a business word: databases, tenants, transactions, who acts, what changed, what must leave.

Owns the control database (`tenant.py`) and, in every tenant database, the tables that all modules share: the change
log, the outbox columns, flags, the audit trail, judged operations and idempotency keys. Calls only `server.values`.
"""
