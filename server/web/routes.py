"""Whether the server is well, and the event stream. Flags hang on the same blueprint, pages are in `shell.py`."""

import shutil
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app

from server import __version__
from server.core import tenant
from server.core.doors import access
from server.core.errors import Busy
from server.core.transaction import control_reading
from server.web import flag_routes, shell, stream
from server.web.blueprint import blueprint
from server.web.schemas import HealthAnswer

__all__ = ["blueprint", "flag_routes"]

LOW_FROM = 0.85
"""From this share of the disk on somebody must make room: a full one takes no sales."""

blueprint.record(lambda state: _attach(state.app))


@blueprint.route("/health")
@access("anyone", tenantless=True)
@blueprint.response(200, HealthAnswer)
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def health() -> dict[str, Any]:
    """Whether this server can answer at all"""
    try:
        with control_reading() as control:
            control.execute(sa.text("SELECT 1"))
    except sa.exc.OperationalError as error:
        raise Busy("the control database does not answer", retry_after_s=5) from error
    return {"status": "ok", "version": __version__, "storage": _storage()}


@blueprint.route("/stream")
@access("terminal_or_person", own_transaction=True)
@blueprint.response(200, {"type": "string"}, content_type="text/event-stream")
@blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
def show_stream() -> Response:
    """Hints as they happen: server-sent events until the browser leaves or is shut out"""
    return stream.answer(stream.hub_of(current_app), tenant.current())


def _storage() -> str:
    """Whether the disk of the databases still has room: `low` from LOW_FROM on."""
    disk = shutil.disk_usage(tenant.config().data)
    return "low" if disk.used >= LOW_FROM * (disk.used + disk.free) else "ok"


def _attach(app: Flask) -> None:
    app.register_blueprint(shell.pages)
    stream.attach(app)
