"""The event stream: hints that reach one browser, as server-sent events, for as long as it stays.

One listener a process hears Redis for all shops and hands each message to the streams of its own. An open stream holds
a thread and a queue, but no database connection and no app context. A hint may be lost: data always comes from `sync`,
and without Redis the streams look at the change log each second.
"""

import queue
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
import redis
import structlog
from flask import Flask, Response

from server.core import actor, changes, clock
from server.core.actor import Actor
from server.core.errors import Busy
from server.core.tenant import Tenant, tenant_scope
from server.core.transaction import reading
from server.web.guests import may_stay

PING_S = 15
POLL_S = 1
WAITING_AT_MOST = 100
"""Messages that wait for a slow browser; what is more is dropped, and the next look at the head makes up for it."""

RECONNECT_MS = 2_000
FULL_RETRY_S = 30
EXTENSION = "aisales_streams"

log = structlog.get_logger()


@dataclass(eq=False)
class Stream:
    """One browser's stream: whose it is, and what waits to be sent."""

    tenant: Tenant
    who: Actor
    waiting: "queue.Queue[tuple[str, Any]]" = field(default_factory=lambda: queue.Queue(WAITING_AT_MOST))

    def next(self, timeout_s: float) -> tuple[str, Any] | None:
        """The next message, or none when none came in time."""
        try:
            return self.waiting.get(timeout=timeout_s) if timeout_s else self.waiting.get_nowait()
        except queue.Empty:
            return None

    def offer(self, event: str, data: Any) -> None:
        """Put a message into the queue, or drop it where the browser is too slow."""
        try:
            self.waiting.put_nowait((event, data))
        except queue.Full:
            log.info("hint_dropped", tenant=self.tenant.slug)


class Hub:
    """Every open stream of this process, and the one listener that feeds them."""

    def __init__(self, app: Flask, at_most: int) -> None:
        self.app = app
        self.at_most = at_most
        self.ping_s: float = PING_S
        self.poll_s: float = POLL_S
        self.client: redis.Redis | None = app.extensions.get("aisales_redis")
        self.is_heard = False
        self._streams: dict[uuid.UUID, set[Stream]] = defaultdict(set)
        self._count = 0
        self._lock = threading.Lock()
        self._listener: threading.Thread | None = None
        self._stopping = threading.Event()

    def open(self, stream: Stream) -> None:
        """Let a stream in. Raises Busy (503 with Retry-After) when there are as many as threads allow."""
        with self._lock:
            if self._count >= self.at_most:
                raise Busy("too many open streams", retry_after_s=FULL_RETRY_S)
            self._count += 1
            self._streams[stream.tenant.id].add(stream)
            self._start()

    def close(self, stream: Stream) -> None:
        """Forget a stream. Safe to repeat."""
        with self._lock:
            if stream in self._streams[stream.tenant.id]:
                self._streams[stream.tenant.id].remove(stream)
                self._count -= 1
            if not self._streams[stream.tenant.id]:
                del self._streams[stream.tenant.id]

    def pass_on(self, message: bytes) -> None:
        """Hand a message to the streams of its shop and terminal."""
        said = orjson.loads(message)
        with self._lock:
            found = list(self._streams.get(uuid.UUID(said["tenant"]), ()))
        for stream in found:
            if said["terminal"] in (None, stream.who.terminal_id):
                stream.offer(said["event"], said["data"])

    def stop(self) -> None:
        """End the listener, and wait until it has ended."""
        self._stopping.set()
        if self._listener is not None:
            self._listener.join()

    def _start(self) -> None:
        if self.client is not None and self._listener is None:
            self._listener = threading.Thread(target=self._listen, name="streams", daemon=True)
            self._listener.start()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._hear()
            except (redis.RedisError, ValueError, KeyError) as error:
                self.is_heard = False
                log.warning("hints_unheard", error=repr(error))
                self._stopping.wait(POLL_S)

    def _hear(self) -> None:
        assert self.client is not None
        with self.client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.psubscribe("t:*:live")
            self.is_heard = True
            while not self._stopping.is_set():
                message = heard.get_message(timeout=POLL_S)
                if message is not None:
                    self.pass_on(message["data"])


def attach(app: Flask) -> None:
    """Give the app its hub."""
    app.extensions[EXTENSION] = Hub(app, app.extensions["aisales_config"].streams_at_most)


def hub_of(app: Flask) -> Hub:
    """The hub of the running app."""
    return app.extensions[EXTENSION]


def answer(hub: Hub, tenant: Tenant) -> Response:
    """The stream of whoever asks. Raises Busy."""
    stream = Stream(tenant, actor.current())
    hub.open(stream)
    response = Response(events(hub, stream), mimetype="text/event-stream")
    response.call_on_close(lambda: hub.close(stream))
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def events(hub: Hub, stream: Stream) -> Iterator[bytes]:
    """What the browser reads: a hint at once, then messages and pings, until its terminal or session is shut out."""
    yield b"retry: %d\n\n" % RECONNECT_MS
    head = _look(hub.app, stream)
    if head is None:
        return
    yield _said("hint", {"cursor": head})
    pinged = clock.monotonic_s()
    while True:
        rest_s = hub.ping_s - (clock.monotonic_s() - pinged)
        message = stream.next(max(0.0, rest_s if hub.is_heard else min(rest_s, hub.poll_s)))
        if message is not None:
            yield _said(*message)
        is_due = clock.monotonic_s() - pinged >= hub.ping_s
        if not (is_due or message is None or message[0] == "hint"):
            continue
        seen = _look(hub.app, stream)
        if seen is None:
            return
        if seen > head and not hub.is_heard:
            yield _said("hint", {"cursor": seen})
        head = seen
        if is_due:
            pinged = clock.monotonic_s()
            yield _said("ping", {})


def _look(app: Flask, stream: Stream) -> int | None:
    """The change log's head; none when the browser may not stay."""
    with tenant_scope(app, stream.tenant), reading():
        return changes.head() if may_stay(stream.who) else None


def _said(event: str, data: Any) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), orjson.dumps(data))
