"""A shop in a crash test: a till that keeps what is not acknowledged, a virtual printer and drawer, what they saw."""

import http.client
import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from edge_agent.profiles import printer_profile
from edge_agent.virtual.printer import VirtualDrawer, VirtualPrinter
from edge_agent.wire import utc_text
from fixtures.waiting import wait_for
from server.cash.operations import take_lease
from server.core import actor, ids, tenant
from server.core.actor import Actor
from server.core.doors import App
from server.core.tenant import Tenant
from server.core.transaction import reading, writing
from server.devices import operations as devices
from server.devices.models import Agent, Device, DeviceJob
from server.seeds import operations as seeds
from server.seeds.founding import Founded
from server.seeds.till import Head, Operation, Pay, Sold, Till
from server.sync.blueprint import NOW_HEADER, SENT_HEADER
from server.tenants import provisioning
from server.values import times

REGISTER, CASHIER, GOODS = "K1", "aysel", "Tandır çörəyi"
TIMEZONE, CUT_OFF_MIN = "Asia/Baku", 300
SETTLE_S = 60.0
"""Long enough for a machine that does ten other things; a quiet one needs a second or two."""
OVER = ("done", "failed", "expired", "rejected", "uncertain")


@dataclass
class Rung:
    """A sale at the counter: when its person wanted it, and what the server said."""

    operation: Operation
    at_ms: int
    at_s: float
    acknowledged: str = ""

    @property
    def id(self) -> str:
        return str(self.operation["id"])

    @property
    def number(self) -> str:
        """The receipt's number; for anything but a sale, what it is."""
        return str(self.operation["body"].get("number", self.operation["kind"]))


@dataclass
class CrashShop:
    """One shop."""

    app: App
    tenant: Tenant
    founded: Founded
    folder: Path
    port: int
    printer: VirtualPrinter
    drawer: VirtualDrawer
    cookie: str = ""
    till: Till | None = None
    server_ahead_ms: int | None = None
    """Of our monotonic clock, at least."""
    outbox: list[Rung] = field(default_factory=list)
    sales: list[Rung] = field(default_factory=list)

    @classmethod
    def found(cls, app: App, data: Path, slug: str, placement_id: int, port: int) -> "CrashShop":
        """Found the small market, with a token for its agent, in a database of that placement."""
        with app.app_context():
            made = provisioning.create_database(slug, slug, placement_id=placement_id)
        folder = data / slug
        folder.mkdir()
        drawer = VirtualDrawer("drawer-1", lambda: None)
        profile = printer_profile("virtual")
        printer = VirtualPrinter(
            "receipt-1", profile, drawer, now=lambda: utc_text(time.time_ns() // 1_000_000), changed=lambda: None
        )
        with tenant.tenant_scope(app, made), actor.acting(actor.SYSTEM), writing():
            founded = seeds.seed_small()
            token = devices.make_enrol_token(founded.branch_id)
        shop = cls(app, made, founded, folder, port, printer, drawer)
        shop.token_file.write_text(token)
        shop.state_folder.mkdir()
        shop.agent_file.write_text(
            'schema = 1\n[device.receipt-1]\nclass = "printer"\nprofile = "virtual"\npoll_ms = 500\n'
            f'link = {{ kind = "tcp", host = "127.0.0.1", port = {printer.port} }}\n'
            '[device.receipt-1.drawer]\nname = "drawer-1"\nopen_level = "high"\n'
        )
        return shop

    @property
    def slug(self) -> str:
        return self.tenant.slug

    @property
    def agent(self) -> str:
        """The name of its agent's process."""
        return f"agent-{self.slug}"

    @property
    def token_file(self) -> Path:
        return self.folder / "token"

    @property
    def agent_file(self) -> Path:
        return self.folder / "agent.toml"

    @property
    def state_folder(self) -> Path:
        return self.folder / "agent"

    def inside(self, work: Callable[[Any], Any]) -> Any:
        """Look into the shop's database."""
        with tenant.tenant_scope(self.app, self.tenant), actor.acting(actor.SYSTEM), reading() as opened:
            return work(opened)

    def open(self) -> None:
        """Pair the till, take the register, wait for its devices, and begin the day."""
        branch_id, register_id = self.founded.branch_id, self.founded.registers[REGISTER]
        with tenant.tenant_scope(self.app, self.tenant):
            with actor.acting(actor.SYSTEM), writing():
                paired = devices.pair_here(branch_id=branch_id, name=REGISTER, public_key=f"key of {self.slug}")
                self.cookie, terminal_id = paired.token, paired.terminal.id
            with actor.acting(Actor(kind="device", terminal_id=terminal_id)), writing():
                lease = take_lease(register_id)
        self.till = Till(
            register_id=register_id,
            lease_id=lease.id,
            series=lease.series,
            drawer_id=self.founded.drawers[REGISTER],
            cash_types=frozenset({self.founded.tender_types["cash"]}),
            new_id=ids.new_id,
            person_id=self.founded.people[CASHIER],
            catalogue_cursor=self.founded.cursor,
        )
        wait_for(lambda: self.inside(_has_devices), SETTLE_S, what=f"the devices of {self.slug}")
        now_ms = _now_ms()
        day = times.business_day(now_ms, TIMEZONE, CUT_OFF_MIN)
        opened = Rung(self.till.open_shift(now_ms, day, 5_000), now_ms, time.monotonic())
        self.outbox.append(opened)
        wait_for(self.push, SETTLE_S, "the opened shift")

    # The till

    def ring(self) -> Rung:
        """Sell a loaf for cash: a receipt is wanted, the drawer, which was shut again, is to open."""
        assert self.till is not None
        self.drawer.close()
        ware = next(one for one in self.founded.wares.values() if one.name.startswith(GOODS))
        at_ms = _now_ms()
        cash = Pay(self.founded.tender_types["cash"])
        rung = Rung(self.till.sale(at_ms, [Sold(ware)], [cash], Head(prints=True)), at_ms, time.monotonic())
        self.outbox.append(rung)
        self.sales.append(rung)
        return rung

    def shut_drawer(self) -> None:
        """Push the drawer in, and wait until the agent has told of it; else a pulse at once is no news."""
        self.drawer.close()
        details = sa.select(Device.details).where(Device.name == "drawer-1")
        wait_for(lambda: not self.inside(lambda opened: opened.scalar(details))["open"], SETTLE_S, "the shut drawer")

    def want_copy(self, rung: Rung) -> Rung:
        """Ask for a copy of a receipt."""
        assert self.till is not None
        at_ms = _now_ms()
        body = {"sale_id": rung.id}
        wanted = Rung(self.till.operation("receipt_copy", body, at_ms), at_ms, time.monotonic())
        self.outbox.append(wanted)
        return wanted

    def push(self) -> bool:
        """Send what waits, once; whether nothing waits any more. A server that is gone changes nothing."""
        if not self.outbox:
            return True
        now_s = time.monotonic()
        sent = [dict(rung.operation, age_ms=int((now_s - rung.at_s) * 1000)) for rung in self.outbox]
        with suppress(OSError, http.client.HTTPException, json.JSONDecodeError):
            status, answer = self._post("/api/v1/sync/push", {"batch": uuid.uuid4().hex[:8], "ops": sent})
            if status == 200:
                self._take(answer["results"])
        return not self.outbox

    def _post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        """One request, with what the server's clock shows at least, as far as its answers have told."""
        host = f"{self.slug}.localhost"
        headers = {
            "Host": host,
            "Origin": f"http://{host}",
            "Content-Type": "application/json",
            "X-AISales": "1",
            "Cookie": f"__Host-terminal={self.cookie}",
        }
        if self.server_ahead_ms is not None:
            headers[SENT_HEADER] = str(_mono_ms() + self.server_ahead_ms)
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=SETTLE_S)) as raw:
            raw.request("POST", path, json.dumps(body), headers)
            response = raw.getresponse()
            told = response.headers[NOW_HEADER]
            self.server_ahead_ms = int(told) - _mono_ms() if told else self.server_ahead_ms
            return response.status, json.loads(response.read())

    def _take(self, results: list[dict[str, Any]]) -> None:
        verdicts = {row["id"]: row["verdict"] for row in results}
        for rung in self.outbox:
            rung.acknowledged = verdicts[rung.id]
            assert rung.acknowledged in ("accepted", "duplicate"), results
        self.outbox.clear()

    # What became of it

    def jobs_of(self, rung: Rung) -> dict[str, str]:
        """The stages of a fact's device jobs, by their op."""
        query = sa.select(DeviceJob.op, DeviceJob.stage).where(DeviceJob.cause_id == rung.id)
        return {row.op: row.stage for row in self.inside(lambda opened: opened.execute(query).all())}

    def sends_of(self, rung: Rung) -> list[int]:
        """How often each of a fact's commands was sent."""
        query = sa.select(DeviceJob.sends).where(DeviceJob.cause_id == rung.id)
        return list(self.inside(lambda opened: opened.scalars(query).all()))

    def is_settled(self, rung: Rung) -> bool:
        """Whether the server knows the end of every job of a fact, or asks a person about it."""
        stages = self.jobs_of(rung)
        return bool(stages) and all(stage in OVER for stage in stages.values())

    def has_told_all(self) -> bool:
        """Whether the agent has nothing more to report and nothing under way."""
        return not any(self.spooled())

    def spooled(self) -> tuple[int, int]:
        """How many reports the agent has to give, and how many jobs under way."""
        open_jobs = "SELECT count(*) FROM command WHERE settled_at_ms IS NULL AND stage <> 'uncertain'"
        with closing(sqlite3.connect(f"file:{self.state_folder}/spool.db?mode=ro", uri=True)) as spool:
            reports, jobs = (spool.execute(query).fetchone()[0] for query in ("SELECT count(*) FROM up", open_jobs))
        return reports, jobs

    def help_printer(self) -> None:
        """Give it paper and power."""
        self.printer.turn(off=False, paper_out=False, paper_out_after=None)


def _has_devices(opened: Any) -> bool:
    names = opened.scalars(sa.select(Device.name).join(Agent).where(Agent.is_online)).all()
    return {"receipt-1", "drawer-1"} <= set(names)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000
