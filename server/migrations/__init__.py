"""Alembic's two trees: `control/` for the service's own database, `tenant/` for the database of each business.

`server/tenants/migration.py` runs them. After a change of models make a revision:
`aisales tenant revise "what it does"`.
"""
