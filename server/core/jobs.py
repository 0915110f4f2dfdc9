"""Background work by RQ: only what can be derived again from the database, so a wiped Redis loses nothing.

A job names its tenant and a function as text (`server.catalog.jobs:run_import`) with plain JSON arguments. The worker
enters the tenant's scope and a system actor; the function opens its own transactions.
"""

import importlib
import uuid
from typing import Any, cast

import structlog
from flask import Flask, current_app
from rq import Queue
from rq.serializers import JSONSerializer

from server.core import actor, tenant
from server.core.config import Config
from server.core.live import connection

QUEUE = "aisales"
TIME_LIMIT_S = 900

log = structlog.get_logger()
_app: Flask | None = None


def enqueue(name: str, *, job_id: str | None = None, **arguments: Any) -> bool:
    """Queue a job for the tenant in force; False where no queue runs (the caller may run it at once).

    `job_id` makes it one job however often it is asked for.
    """
    client = connection()
    if client is None:
        return False
    who = tenant.current()
    queue = Queue(QUEUE, connection=client, serializer=JSONSerializer)
    full_id = f"{who.id}:{job_id}".replace(":", "_") if job_id else None
    queue.enqueue(
        "server.core.jobs.run",
        args=[str(who.id), name, arguments],
        job_id=full_id,
        job_timeout=TIME_LIMIT_S,
        result_ttl=60,
    )
    return True


def run(tenant_id: str, name: str, arguments: dict[str, Any]) -> None:
    """The door of jobs: choose the tenant, act as the system, call. Logs a failure once and lets RQ keep it."""
    app = worker_app()
    with app.app_context():
        chosen = tenant.tenant_of_id(uuid.UUID(tenant_id))
    with tenant.tenant_scope(app, chosen), actor.acting(actor.SYSTEM):
        try:
            call(name, arguments)
        except Exception as error:
            log.error("job_failed", tenant=chosen.slug, job=name, error=repr(error))
            raise


def call(name: str, arguments: dict[str, Any]) -> Any:
    """Run a job's function here and now, in the tenant's scope that is already chosen."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)(**arguments)


def worker_app() -> Flask:
    """The application of this worker process, made once."""
    global _app
    if current_app:
        return cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    if _app is None:
        _app = importlib.import_module("server.app").create_app(Config.from_environment().in_background())
    return _app
