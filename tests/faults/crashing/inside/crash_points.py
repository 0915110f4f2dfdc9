"""The crash points of the product: every place where something is committed, published, spooled or written to a device.

A point is a function of the product (or of a library at its very edge) that a fault test can have killed before or
after it: `commit.before`, `commit.after`. The product knows nothing of this. `sitecustomize.py` beside this file wraps
the functions in processes that a test starts with this folder in PYTHONPATH; it imports this list, so this list imports
nothing of the product. `tests/faults/crashing/test_crash_points.py` holds it against the sources.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SERVER = ("web", "bridge", "worker")
STATUS_QUESTION = b"\x10\x04"
PROBE = b"PRB?"
FRESH_START = b"\x1b@"


@dataclass(frozen=True)
class Point:
    """A function where a process of the product may die. `label` names one call of it, or none that counts."""

    name: str
    where: str
    """`module:qualified name`."""
    processes: tuple[str, ...]
    label: Callable[[str, Sequence[Any], Mapping[str, Any]], str | None] = lambda name, args, kwargs: name
    counts: Callable[[Any], bool] = lambda answer: True
    """Whether a call that answered so did anything at all."""

    @property
    def module(self) -> str:
        return self.where.partition(":")[0]

    @property
    def path(self) -> list[str]:
        return self.where.partition(":")[2].split(".")


def by_database(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Commits of a shop apart from those of the control database, which notes who was active."""
    raw = args[1]
    if not hasattr(raw, "execute") or "psycopg" in type(getattr(raw, "dbapi_connection", raw)).__module__:
        return name
    file = raw.execute("PRAGMA database_list").fetchone()[2]
    return f"{name}-control" if file.endswith("control.db") else name


def by_stage(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """`spool.advance(id, stage, …)`: each stage is a point of its own."""
    return f"{name}-{args[2]}"


def by_kind(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """`publish(topic, …)` by the last part of its topic: cmd, sync, ack, state … A request to the broker is `admin`."""
    topic = args[1] if isinstance(args[1], str) else args[1].topic
    return f"{name}-admin" if topic.startswith("$CONTROL") else f"{name}-{topic.rpartition('/')[2]}"


def with_effect(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str | None:
    """Bytes that print or pulse; questions, and what fills up a command that broke off, change nothing in the world."""
    data = bytes(args[1]).lstrip(b"\0")
    return None if data.startswith(STATUS_QUESTION) or PROBE in data or data in (b"", FRESH_START) else name


POINTS = (
    Point("commit", "sqlalchemy.engine.default:DefaultDialect.do_commit", SERVER, by_database),
    Point("hint", "server.core.outbox:hint", ("web", "bridge")),
    Point("due", "server.core.outbox:due_tenants", ("bridge",), counts=bool),
    Point("live", "server.core.live:publish", ("web", "bridge")),
    Point("enqueue", "server.core.jobs:enqueue", ("web",)),
    Point("answer", "gunicorn.http.wsgi:Response.write", ("web",)),
    Point("job", "server.core.jobs:run", ("worker",)),
    Point("publish", "server.bridge.link:Link.publish", ("bridge",), by_kind),
    Point("taken", "paho.mqtt.client:Client.ack", ("bridge",)),
    Point("spool-take", "edge_agent.spool:Spool.take", ("agent",)),
    Point("spool", "edge_agent.spool:Spool.advance", ("agent",), by_stage),
    Point("spool-keep", "edge_agent.spool:Spool.keep", ("agent",)),
    Point("spool-confirm", "edge_agent.spool:Spool.confirm", ("agent",)),
    Point("spool-remember", "edge_agent.spool:Spool.remember", ("agent",)),
    Point("report", "edge_agent.transport:Transport.publish", ("agent",), by_kind),
    Point("device", "edge_agent.drivers.files:FileLink._write_some", ("agent",), with_effect),
)
