"""Run by Alembic for each database of the control tree, on the connection that `server/tenants/migration.py` opened."""

from alembic import context

from server.core.db import ControlModel
from server.tenants.migration import render_type

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=ControlModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    compare_type=False,
    render_item=render_type,
)
context.run_migrations()
