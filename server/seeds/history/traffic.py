"""What a shop's days leave behind besides its business: sessions, missed sign-ins, scans, repeated requests."""

import uuid
from random import Random
from typing import Any

from server.core.idempotency import RequestKey
from server.devices.models import DeviceEvent
from server.seeds.history.bulk import Bulk
from server.seeds.history.chain import Desk, Site
from server.staff.models import PersonSession, SignInMiss
from server.staff.operations.sign_in import PIN_SESSION_MS
from server.values.ids import RANDOM_BYTES, uuid7

MISSED, SCANNED_OF = 0.05, 3
KEYS_A_DAY = 5


class Traffic:
    """Writes it for days that retention has not passed yet."""

    def __init__(self, bulk: Bulk, chance: Random) -> None:
        self.bulk, self.chance = bulk, chance
        self.scans: dict[int, int] = {}

    def sign_in(self, desk: Desk, person_id: int, at: int) -> None:
        """A cashier types the PIN, now and then wrong at first."""
        if self.chance.random() < MISSED:
            self.bulk.add(SignInMiss.__table__, self._miss(desk, person_id, at - 10_000, at))
        session = {"id": self.chance.randbytes(32), "person_id": person_id, "terminal_id": desk.terminal_id}
        times = {"started_at": at, "expires_at": at + PIN_SESSION_MS, "ended_at": at + PIN_SESSION_MS // 2}
        self.bulk.add(PersonSession.__table__, session | times)

    def scan(self, site: Site, desk: Desk, lines: list[dict[str, Any]], at: int) -> None:
        """Some lines came from the counter's scanner."""
        for row in lines:
            if row["barcode"] and self.chance.randrange(SCANNED_OF) == 0:
                n = self.scans[site.agent_id] = self.scans.get(site.agent_id, 0) + 1
                self.bulk.add(DeviceEvent.__table__, self._event(site, desk, n, row["barcode"], at))

    def office(self, at: int) -> None:
        """The back office changed some things that day, each request with a key of its own."""
        for nth in range(self.chance.randint(0, KEYS_A_DAY)):
            answer = {"body": "{}", "status": 200, "mimetype": "application/json"}
            key = f"person:1:{uuid.UUID(bytes=self.chance.randbytes(16))}"
            row = {"key": key, "hash": self.chance.randbytes(32), "answer": answer, "answered_at": at + nth * 60_000}
            self.bulk.add(RequestKey.__table__, row)

    def _miss(self, desk: Desk, person_id: int, at: int, cleared_at: int) -> dict[str, Any]:
        id = uuid7(at_ms=at, randomness=self.chance.randbytes(RANDOM_BYTES))
        whose = {"person_id": person_id, "terminal_id": desk.terminal_id, "scope": f"pin:{desk.terminal_id}"}
        return {"id": id, "missed_at": at, "cleared_at": cleared_at} | whose

    def _event(self, site: Site, desk: Desk, n: int, code: str, at: int) -> dict[str, Any]:
        what = {"kind": "scan", "body": {"code": code, "symbology": "ean13"}, "device_id": desk.printer_id}
        whose = {"agent_id": site.agent_id, "boot_id": "history", "n": n, "event_id": f"{n}"}
        return whose | what | {"happened_at": at, "received_at": at + 40}
