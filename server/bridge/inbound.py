"""What agents say becomes operations of `devices`, in the tenant that the topic names, and then hints to browsers.

Arrivals of one agent that wait together share a transaction, each in a savepoint. A message is acknowledged to the
broker after the commit; reports and events are acknowledged to the agent itself (`down/sync`), which keeps them until
then. So a crash at any line only brings a second copy, and a second copy changes nothing.
"""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from flask import Flask

from edge_agent import wire
from server.bridge.dispatch import LOCK_WAIT_S, publish
from server.bridge.link import Arrival, Link
from server.bridge.twins import Twins
from server.core import activity, actor, clock, live, outbox, tenant
from server.core.actor import Actor
from server.core.errors import Busy, Locked, Trouble
from server.core.tenant import Tenant
from server.core.transaction import reading, savepoint, waiting_at_most, writing
from server.devices import operations as devices
from server.devices import queries
from server.devices.models import Agent
from server.devices.operations import Hint
from server.devices.queries import Route

TOGETHER_AT_MOST = 50
WAIT_S = 0.2
TRIES = 3
ROUTE_KNOWN_MS = 5_000

log = structlog.get_logger()


@dataclass(frozen=True)
class Said:
    """One message with its topic taken apart."""

    topic: wire.Topic
    arrival: Arrival


class Inbound:
    """Takes arrivals off the link, in their order, until it is stopped."""

    def __init__(self, app: Flask, link: Link) -> None:
        self._app = app
        self._link = link
        self._routes: dict[tuple[str, str, str], tuple[int, Route | None]] = {}
        self._twins = Twins()

    def run(self, stopping: threading.Event) -> None:
        """The loop."""
        while not stopping.is_set():
            self.take_waiting()

    def take_waiting(self) -> None:
        """Take what waits from one agent: the door of bridge messages. It logs a failure once, and the agent's own
        copy is not lost by it."""
        waiting = self._next()
        try:
            self._take(waiting)
        except Locked:  # the other shops' agents are heard meanwhile
            for said in waiting:
                self._link.arrivals.put(said.arrival)
            return
        except Exception as error:
            log.error("bridge_message_failed", topics=[said.arrival.topic for said in waiting], error=repr(error))
        for said in waiting:
            said.arrival.done()

    def _next(self) -> list[Said]:
        """What waits from one agent, in order; nothing where nothing came for a moment."""
        try:
            first = self._parsed(self._link.arrivals.get(timeout=WAIT_S))
        except queue.Empty:
            return []
        taken = [first] if first else []
        while taken and len(taken) < TOGETHER_AT_MOST:
            with self._link.arrivals.mutex:
                following = self._link.arrivals.queue[0] if self._link.arrivals.queue else None
            if following is None or not following.topic.startswith(taken[0].topic.address.prefix + "/"):
                break
            said = self._parsed(self._link.arrivals.get())
            if said:
                taken.append(said)
        return taken

    def _parsed(self, arrival: Arrival) -> Said | None:
        try:
            return Said(wire.parse_topic(arrival.topic), arrival)
        except wire.WireError as error:
            log.warning("bridge_topic_refused", error=str(error))
            arrival.done()
            return None

    def _take(self, waiting: Sequence[Said]) -> None:
        if not waiting:
            return
        address = waiting[0].topic.address
        with self._app.app_context():
            try:
                one = tenant.tenant_of_slug(address.tenant)
            except Trouble:
                log.warning("bridge_tenant_unknown", tenant=address.tenant)
                return
        with tenant.tenant_scope(self._app, one), actor.acting(Actor(kind="device")):
            lasting = [said for said in waiting if said.topic.kind != "device_live"]
            for said in waiting:
                if said.topic.kind == "device_live":
                    self._pass_weight(one, said)
            if lasting:
                activity.note(one)
                with waiting_at_most(LOCK_WAIT_S):
                    _retried(lambda: self._book(one, lasting))

    def _book(self, one: Tenant, waiting: Sequence[Said]) -> None:
        address = waiting[0].topic.address
        hints: list[Hint] = []
        stored: list[int] = []
        sync: wire.SyncUp | None = None
        answer: wire.SyncDown | None = None
        with writing():
            agent = queries.agent_of_key(address.agent)
            if agent is None or agent.disabled_at is not None:
                log.warning("bridge_agent_refused", tenant=one.slug, agent=address.agent)
                return
            if self._has_twin(waiting):
                log.error("bridge_agent_has_twin", tenant=one.slug, agent=address.agent)
                devices.shut_out_twins(agent)
                self._twins.forget(address.agent)
                return
            for said in waiting:
                try:
                    with savepoint():
                        hints += _record(agent, said, stored)
                        sync = _sync_of(said) or sync
                except wire.WireError as error:
                    log.warning("bridge_message_refused", topic=said.arrival.topic, error=str(error))
            if stored or sync is not None:
                forget = devices.forgettable(agent, [job.id for job in sync.open]) if sync else []
                told_at = wire.utc_text(clock.now_ms())
                answer = wire.SyncDown(
                    session=agent.session, acked=tuple(stored), forget=tuple(forget), sent_at=told_at
                )
            outgoing = devices.mark_sent(devices.jobs_to_resend(agent)) if sync else []
            if outgoing and (following := devices.next_due_at()) is not None:
                outbox.posted(following)
        for hint in hints:
            live.publish(one, hint.event, hint.body, terminal_id=hint.terminal_id)
        if answer is not None:
            self._link.publish(address.down("sync"), answer.to_json())
        publish(self._link, outgoing)

    def _has_twin(self, waiting: Sequence[Said]) -> bool:
        """Whether what was said just now, not what the broker had kept, shows two machines of one identity."""
        said_now = [said for said in waiting if said.topic.kind == "presence" and not said.arrival.is_retained]
        return any(self._shows_twin(said) for said in said_now)

    def _shows_twin(self, said: Said) -> bool:
        try:
            presence = wire.Presence.from_json(said.arrival.payload)
        except wire.WireError:  # refused, and told, where it is recorded
            return False
        return self._twins.noticed(said.topic.address.agent, presence, clock.now_ms())

    def _pass_weight(self, one: Tenant, said: Said) -> None:
        """A live weight writes no row: it goes to the terminals of the scale, if any looks."""
        weight = wire.LiveWeight.from_json(said.arrival.payload)
        route = self._route(one, said.topic)
        if route is None or route.device_class != "scale":
            return
        body = {"grams": weight.grams, "stable": weight.stable, "status": weight.status, "device_id": route.device_id}
        for terminal_id in route.terminal_ids:
            live.publish(one, "weight", body, terminal_id=terminal_id)

    def _route(self, one: Tenant, topic: wire.Topic) -> Route | None:
        key = (one.slug, topic.address.agent, topic.device or "")
        known = self._routes.get(key)
        now = clock.now_ms()
        if known is None or now - known[0] > ROUTE_KNOWN_MS:
            with reading():
                agent = queries.agent_of_key(topic.address.agent)
                route = queries.route_of(agent.id, key[2]) if agent and agent.disabled_at is None else None
            known = self._routes[key] = (now, route)
        return known[1]


def _record(agent: Agent, said: Said, stored: list[int]) -> list[Hint]:
    """Hand one message to its operation; `stored` collects the numbers that the agent may forget."""
    payload, kind = said.arrival.payload, said.topic.kind
    if not payload:
        return []
    if kind == "presence":
        devices.record_presence(agent, wire.Presence.from_json(payload))
    elif kind == "announce":
        devices.record_announce(agent, wire.AgentAnnounce.from_json(payload))
    elif kind == "device_announce":
        devices.record_device_announce(agent, wire.DeviceAnnounce.from_json(payload))
    elif kind == "device_state":
        devices.record_device_state(agent, wire.DeviceState.from_json(payload))
    elif kind == "ack":
        ack = wire.Ack.from_json(payload)
        devices.record_stage(agent, ack)
        stored.append(ack.n)
    elif kind == "device_event":
        event = wire.DeviceEvent.from_json(payload)
        stored.append(event.n)
        return devices.record_device_event(agent, event)
    return []


def _sync_of(said: Said) -> wire.SyncUp | None:
    return wire.SyncUp.from_json(said.arrival.payload) if said.topic.kind == "sync" else None


def _retried(call: Callable[[], None]) -> None:
    """Once more when the shop's database did not answer; who waits for its lock makes room for the other shops."""
    for attempt in range(TRIES):
        try:
            call()
            return
        except Locked:
            raise
        except Busy:
            if attempt == TRIES - 1:
                raise
