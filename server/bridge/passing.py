"""What comes over Redis: nudges that something is due, and commands that no row is written for (displays, scales)."""

import threading

import orjson
import redis
import structlog
from flask import Flask

from edge_agent import wire
from server.bridge.dispatch import Dispatcher
from server.bridge.link import Link
from server.core.outbox import NUDGE_CHANNEL
from server.devices.live import EDGE_CHANNEL

WAIT_S = 0.5
RETRY_S = 1.0

log = structlog.get_logger()


class Passing:
    """Listens to Redis. Without it the dispatcher looks by itself, and a display waits for its next line."""

    def __init__(self, app: Flask, link: Link, dispatcher: Dispatcher) -> None:
        self._client: redis.Redis | None = app.extensions.get("aisales_redis")
        self._link = link
        self._dispatcher = dispatcher

    def run(self, stopping: threading.Event) -> None:
        """The loop; a Redis that is gone is asked again each second."""
        while not stopping.is_set():
            if self._client is None:
                stopping.wait(RETRY_S)
                continue
            try:
                self._listen(self._client, stopping)
            except redis.RedisError as error:
                log.warning("nudges_unheard", error=repr(error))
                stopping.wait(RETRY_S)

    def _listen(self, client: redis.Redis, stopping: threading.Event) -> None:
        with client.pubsub(ignore_subscribe_messages=True) as heard:
            heard.subscribe(NUDGE_CHANNEL, EDGE_CHANNEL)
            self._dispatcher.nudged.set()
            while not stopping.is_set():
                message = heard.get_message(timeout=WAIT_S)
                if message is None:
                    continue
                if message["channel"] == NUDGE_CHANNEL.encode():
                    self._dispatcher.nudged.set()
                else:
                    self._pass_on(message["data"])

    def _pass_on(self, envelope: bytes) -> None:
        try:
            said = orjson.loads(envelope)
            address = wire.Address(said["tenant"], said["site"], said["agent_key"])
            command = wire.Command.from_dict(said["message"])
        except (ValueError, KeyError, wire.WireError) as error:
            log.warning("edge_message_refused", error=repr(error))
            return
        self._link.publish(address.down("cmd"), command.to_json(), life_s=-(-command.ttl_ms // 1000))
