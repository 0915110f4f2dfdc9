"""Run by Alembic when it writes a revision of the control tree, on the connection of `server/tenants/schema.py`."""

from alembic import context

from server.tenants import schema

context.configure(connection=context.config.attributes["connection"], **schema.options("control"))
context.run_migrations()
