"""Hints to browsers: what was published here reaches the open event streams of one tenant, or is lost without harm.

Channel `t:<tenant id>:live`; a message names its terminal, or none for all. Redis may be absent or wiped at any
moment: data always comes from the database, a hint only says that a look is worth while.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
import redis
import structlog
from flask import current_app

from server.core.tenant import Tenant

log = structlog.get_logger()


def key(tenant_id: uuid.UUID, name: str) -> str:
    """The only maker of Redis keys and channels that belong to a tenant."""
    return f"t:{tenant_id}:{name}"


def connection() -> redis.Redis | None:
    """The app's Redis client, or None where no address is set."""
    return current_app.extensions.get("aisales_redis")


def publish(tenant: Tenant, event: str, message: Mapping[str, Any], *, terminal_id: int | None = None) -> None:
    """Send a hint to a tenant's streams. Never raises: a hint may be lost."""
    client = connection()
    if client is None:
        return
    body = {"tenant": str(tenant.id), "terminal": terminal_id, "event": event, "data": dict(message)}
    try:
        client.publish(key(tenant.id, "live"), orjson.dumps(body))
    except redis.RedisError as error:
        log.warning("hint_lost", tenant=tenant.slug, error=repr(error))
