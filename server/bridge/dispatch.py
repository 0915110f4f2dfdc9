"""Due rows of hinted tenants go out; a slow sweep over all tenants makes up for hints that Redis forgot.

A row is marked as sent and committed before it is published: a crash in between only sends it again, and the agent
knows a second copy by its id.
"""

import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import structlog
from flask import Flask

from server.bridge.link import Link
from server.bridge.security import BrokerRefused, Security
from server.core import actor, announce, clock, outbox, tenant
from server.core.tenant import Tenant, all_tenants
from server.core.transaction import control_reading, reading, waiting_at_most, writing
from server.devices import operations as devices
from server.devices import queries
from server.devices.operations import CredentialWish, Outgoing

LOOK_S = 0.25
"""How long the dispatcher sleeps when nobody nudges it."""

AGAIN_MS = 1_000
"""The soonest that a tenant is looked at again without a nudge."""

AFTER_FAILURE_MS = 5_000
"""When a tenant is looked at again whose look failed: its hint was taken off before."""

LOCK_WAIT_S = 0.25
"""How long a look waits for a tenant's write lock: the other tenants' drawers wait behind it."""

LOOKS_AT_ONCE = 4
"""Tenants that are looked at side by side: each waits for its own commit to reach the disk."""

TENANTS_KNOWN_MS = 60_000

log = structlog.get_logger()


def publish(link: Link, outgoing: Iterable[Outgoing]) -> None:
    """Publish commands; what does not get out is due again by its row."""
    for one in outgoing:
        life_s = -(-one.command.ttl_ms // 1000)
        link.publish(one.address.down("cmd"), one.command.to_json(), life_s=life_s)


class Dispatcher:
    """Looks at tenants that have something due, and slowly at all of them."""

    def __init__(self, app: Flask, link: Link, security: Security | None) -> None:
        self._app = app
        self._link = link
        self._security = security
        self._sweep = outbox.Sweep()
        self._known: tuple[int, list[Tenant]] = (0, [])
        self._generations: dict[uuid.UUID, int] = {}
        self.nudged = threading.Event()

    def run(self, stopping: threading.Event) -> None:
        """The loop; a tenant that fails is logged and does not hold up the others."""
        while not stopping.is_set():
            self.nudged.wait(LOOK_S)
            self.nudged.clear()
            self.send_due()
            self.sweep()

    def send_due(self) -> int:
        """Look at each tenant that was hinted to have something due now; returns how many."""
        due = self._due()
        if len(due) > 1:
            with ThreadPoolExecutor(min(len(due), LOOKS_AT_ONCE)) as looks:
                list(looks.map(lambda one: self._guarded(one, is_hinted=True), due))
        else:
            for one in due:
                self._guarded(one, is_hinted=True)
        return len(due)

    def sweep(self) -> None:
        """Look at the tenants whose turn it is in the slow walk over all of them."""
        for one in self._swept():
            self._guarded(one, is_hinted=False)

    def _guarded(self, one: Tenant, *, is_hinted: bool) -> None:
        try:
            self.look_at(one, is_hinted=is_hinted)
        except Exception as error:
            log.error("dispatch_failed", tenant=one.slug, error=repr(error))
            with self._app.app_context():
                outbox.hint(one, clock.now_ms() + AFTER_FAILURE_MS)

    def look_at(self, one: Tenant, *, is_hinted: bool) -> None:
        """Send what is due of one tenant, and hint when it is due next."""
        self._notice_restore(one)
        with tenant.tenant_scope(self._app, one), actor.acting(actor.SYSTEM):
            if not is_hinted and not self._has_due(one):
                return
            with waiting_at_most(LOCK_WAIT_S), writing():
                outgoing, wishes = self._take_due()
                following = devices.next_due_at()
            publish(self._link, outgoing)
            for wish in wishes:
                self._fulfil(wish)
            if following is not None:
                outbox.hint(one, max(following, clock.now_ms() + AGAIN_MS))

    def _notice_restore(self, one: Tenant) -> None:
        """An older backup knows nothing of agents that came since: the broker tells again who is there."""
        before = self._generations.get(one.id, one.generation)
        self._generations[one.id] = max(before, one.generation)
        if before < one.generation:
            self._link.ask_again()

    def _take_due(self) -> tuple[list[Outgoing], list[CredentialWish]]:
        now, seen = clock.now_ms(), devices.outlook()
        if seen.is_over:
            devices.expire_jobs()
        if announce.has_due(now):
            with announce.pushed_facts():
                announce.retry_due(now)
        is_up = self._link.is_up.is_set()
        outgoing = devices.mark_sent(devices.due_jobs()) if is_up and seen.is_sendable else []
        return outgoing, devices.credentials_due() if self._security and seen.is_wish_due else []

    def _has_due(self, one: Tenant) -> bool:
        """For the sweep: a look that locks nothing. A broker that forgot the tenant's agents gets them again."""
        now = clock.now_ms()
        with reading():
            following = devices.next_due_at()
            is_due = (following is not None and following <= now) or announce.has_due(now)
            is_due = is_due or bool(devices.credentials_due(1))
            is_forgotten = self._security is not None and self._security.misses(queries.keys_at_broker())
        if is_forgotten:
            log.warning("broker_forgot_agents", tenant=one.slug)
            with writing():
                devices.make_all_again()
        return is_due or is_forgotten

    def _fulfil(self, wish: CredentialWish) -> None:
        assert self._security is not None
        try:
            if wish.wanted == "enabled":
                self._security.admit(wish.address, wish.password)
            else:
                self._security.shut_out(wish.username)
        except BrokerRefused as refusal:
            with writing():
                devices.credential_failed(wish.agent_id, str(refusal))
            return
        with writing():
            devices.credential_made(wish.agent_id, wish.wanted)

    def _due(self) -> list[Tenant]:
        with self._app.app_context():
            return tenant.tenants_of_ids(outbox.due_tenants(clock.now_ms()))

    def _swept(self) -> list[Tenant]:
        now = clock.now_ms()
        if now - self._known[0] > TENANTS_KNOWN_MS or not self._known[1]:
            with self._app.app_context(), control_reading() as control:
                self._known = (now, [one for one in all_tenants(control) if one.state not in ("deleting", "archived")])
        return self._sweep.next_batch(self._known[1]) if self._known[1] else []
