"""The shop of the staff tests with an agent in it, whose devices have announced themselves."""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from edge_agent import wire
from fixtures.browser import Browser
from server.core.doors import App
from server.core.tenant import Tenant
from server.devices import operations, queries
from server.devices.models import Agent
from server.devices.operations import Outgoing
from server.devices.operations.enrolment import BrokerNotReady
from tests.server.staff.conftest import Inside, World, browser, inside, now, owner, till, world

__all__ = ["browser", "inside", "now", "owner", "till", "world"]

DEVICES: dict[str, tuple[str, ...]] = {
    "printer": ("print", "status"),
    "drawer": ("open",),
    "scale": ("watch",),
    "scanner": (),
    "display": ("show",),
    "bell": ("ring",),
}


@dataclass
class Edge:
    """An agent as the bridge sees it: it reports, and the server records. Each call is a transaction of its own."""

    inside: Inside
    key: str
    boot_id: str = "boot-1"
    session: int = 1
    n: int = 0

    def agent(self) -> Agent:
        """Its row, inside a transaction."""
        found = queries.agent_of_key(self.key)
        assert found is not None
        return found

    def presence(self, state: str, *, session: int | None = None) -> bool:
        """It comes or goes."""
        said = wire.Presence.from_dict(
            {
                "state": state,
                "boot_id": self.boot_id,
                "session": session or self.session,
                "sent_at": "2026-11-24T20:00:00.000Z",
            }
        )
        with self.inside():
            return operations.record_presence(self.agent(), said)

    def announce(self, name: str, device_class: str) -> int:
        """A device of it is there; returns the device's id."""
        said = {"device": name, "class": device_class, "driver": "virtual", "ops": list(DEVICES[device_class])}
        with self.inside():
            return operations.record_device_announce(self.agent(), wire.DeviceAnnounce.from_dict(said)).id

    def event(self, device: str, event: str, *, n: int, age_ms: int = 0, **body: object) -> list[operations.Hint]:
        """Something happened at a device."""
        said = wire.DeviceEvent(
            n=n,
            event_id=str(uuid.UUID(int=n)),
            device=device,
            event=event,
            boot_id=self.boot_id,
            session=self.session,
            happened_at="2026-11-24T20:00:00.000Z",
            age_ms=age_ms,
            body=dict(body),
        )
        with self.inside():
            return operations.record_device_event(self.agent(), said)

    def report(self, job_id: uuid.UUID, stage: str, *, n: int, attempt: int = 1, **more: object) -> None:
        """A stage of a job."""
        said = {
            "cmd_id": str(job_id),
            "stage": stage,
            "n": n,
            "attempt": attempt,
            "boot_id": self.boot_id,
            "session": self.session,
        }
        with self.inside():
            operations.record_stage(self.agent(), wire.Ack.from_dict(said | more))

    def sent(self) -> list[Outgoing]:
        """What the bridge would send now."""
        with self.inside():
            return operations.mark_sent(operations.due_jobs())


@pytest.fixture(autouse=True)
def secret(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has its secret."""
    config = app.extensions["aisales_config"]
    monkeypatch.setitem(app.extensions, "aisales_config", type(config)(**{**vars(config), "secret": b"of this test"}))


@pytest.fixture
def enrolled(inside: Inside, world: World) -> Callable[[int], Edge]:
    """Make an agent of a branch."""

    def enrol(branch_id: int) -> Edge:
        with inside():
            token = operations.make_enrol_token(branch_id)
        with inside():
            with contextlib.suppress(BrokerNotReady):
                operations.enrol(token=token, name="Kassa", model="Raspberry Pi 5", sw="1.0")
            (wish,) = operations.credentials_due()
            operations.credential_made(wish.agent_id, wish.wanted)
        return Edge(inside, wish.username)

    return enrol


@pytest.fixture
def edge(enrolled: Callable[[int], Edge], world: World) -> Edge:
    """An agent that is online, without devices yet."""
    made = enrolled(world.branch_id)
    made.presence("online")
    return made


@pytest.fixture
def hardware(edge: Edge, till: Browser, app: App, shop: Tenant) -> dict[str, int]:
    """One device of each class, bound to the till by first come: class -> id."""
    return {name: edge.announce(f"{name}-1", name) for name in DEVICES}
