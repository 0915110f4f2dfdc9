"""A thousand shops on one machine: making, memory, the first request of a cold one, the outbox, a migration of all."""

import http.client
import json
import os
import shutil
import signal
import statistics
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import redis
import sqlalchemy as sa
from rq import Queue
from rq.serializers import JSONSerializer

from fixtures.gunicorn import serving
from fixtures.mosquitto import private_mosquitto
from fixtures.private import private_folder, running
from fixtures.valkey import private_valkey
from fixtures.waiting import free_port, wait_for
from server import migrations
from server.app import create_app
from server.bridge import main as bridge
from server.bridge.dispatch import Dispatcher
from server.core.config import Config
from server.core.jobs import QUEUE
from server.core.outbox import DUE_KEY, Sweep
from server.core.tenant import TenantRow
from server.core.transaction import control_reading
from server.devices.models import DeviceJob
from server.tenants import migration, schema
from tests.bench.frame import Bench
from tests.bench.many_shops import SHOPS, ManyShops, Selling, many_shops
from tests.bench.processes import below, memory_mb

SELLING = 100
ROWS = 100
TICKS = 7
LINES = 8
SWEPT_S = 20
START_S = 300
LOOK_S = 2
"""How often it is looked whether the walk has found all: looking takes processor time from it."""

NEWER = '''"""A table and a column."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{before}", None, None


def upgrade() -> None:
    op.create_table("added", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("flag", sa.Column("added", sa.Integer(), nullable=True))
'''


def run(bench: Bench) -> None:
    """All of it on the same thousand shops, of which a hundred sell."""
    with private_valkey() as valkey, many_shops(SHOPS, selling=SELLING, redis_url=valkey.url) as many:
        bench.figure("a new tenant on SQLite, median", statistics.median(many.making_ms), "ms", at_most=10)
        bench.figure("a new tenant on SQLite, p95", _p95(many.making_ms), "ms")
        bench.figure("a new tenant on SQLite, processor time", many.making_cpu_ms, "ms")
        _cold(bench, many)
        _outbox(bench, many, valkey.client())
        many.app.extensions["aisales_engines"].dispose()
        data = str(many.app.extensions["aisales_config"].data)
        _memory(bench, Path(data))
        for name, value, limit in bench.apart(migrate_all, data):
            bench.figure(name, value, "s", at_most=limit)


def _cold(bench: Bench, many: ManyShops) -> None:
    """The first request to a shop in a process that has served others; then the same once more."""
    with serving(many.app, workers=1, threads=16) as server:
        first, again = [], []
        for number, shop in enumerate(many.selling):
            cookie = shop.till.browser.cookie("__Host-terminal") or ""
            with server.connection(shop.world.shop.slug, cookie) as line:
                took = [_get_ms(line.raw, line.host, cookie) for _ in range(2)]
            if number >= 5:
                first.append(took[0])
                again.append(took[1])
    beside = ("warm", statistics.median(again))
    bench.figure("a cold tenant's first request, median", statistics.median(first), "ms", beside=beside)
    bench.figure("a cold tenant's first request, p95", _p95(first), "ms", at_most=30, beside=("warm", _p95(again)))


def _get_ms(line: http.client.HTTPConnection, host: str, cookie: str) -> float:
    began_s = time.perf_counter()
    line.request("GET", "/api/v1/devices/devices", headers={"Host": host, "Cookie": f"__Host-terminal={cookie}"})
    answer = line.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
    return (time.perf_counter() - began_s) * 1_000


def _outbox(bench: Bench, many: ManyShops, valkey: "redis.Redis") -> None:
    with _dispatcher(many) as dispatcher:
        for shops in (10, 1, 100):
            took = [_tick_ms(dispatcher, many.selling[:shops], valkey) for _ in range(TICKS)]
            limit = 50 if shops == 10 else None
            bench.figure(f"a tick with {ROWS} due rows in {shops} of {SHOPS:,} shops", min(took), "ms", at_most=limit)
        bench.figure("shops opened by such a tick beside those", _opened_beside(dispatcher, many), "shops", at_most=0)
        for shop in many.selling:
            shop.done()
        found_s = _found_after_wipe_s(dispatcher, many, valkey)
    bench.figure("all due rows found after a wiped Valkey", found_s, "s", at_most=120)


@contextmanager
def _dispatcher(many: ManyShops) -> Iterator[Dispatcher]:
    """A dispatcher on a broker of its own; it is called instead of running by itself."""
    with private_mosquitto() as mosquitto:
        config: Config = many.app.extensions["aisales_config"]
        link = bridge.make_link(Config(config.data, config.control_url, mqtt_url=mosquitto.url))
        link.start()
        wait_for(link.is_up.is_set, what="the broker")
        yield Dispatcher(many.app, link, None)
        link.stop()


def _tick_ms(dispatcher: Dispatcher, shops: Sequence[Selling], valkey: "redis.Redis") -> float:
    for shop in shops:
        shop.post(ROWS // len(shops))
    began_s = time.perf_counter()
    sent = dispatcher.send_due()
    took_ms = (time.perf_counter() - began_s) * 1_000
    assert sent == len(shops), sent
    for shop in shops:
        shop.done()
    valkey.delete(DUE_KEY)
    return took_ms


def _opened_beside(dispatcher: Dispatcher, many: ManyShops) -> int:
    engines = many.app.extensions["aisales_engines"]
    due = many.selling[:10]
    for shop in due:
        shop.post(ROWS // len(due))
    engines.dispose()
    dispatcher.send_due()
    pool = engines.of(due[0].world.shop).pool
    return len(set(pool._idle) - {shop.world.shop.id for shop in due})


def _found_after_wipe_s(dispatcher: Dispatcher, many: ManyShops, valkey: "redis.Redis") -> float:
    """How long the slow walk takes until no shop has a row that was never sent."""
    for shop in many.selling:
        shop.post(1)
    valkey.flushall()
    stopping = threading.Event()
    walk = threading.Thread(target=dispatcher.run, args=(stopping,))
    began_s = time.monotonic()
    walk.start()
    unsent = list(many.selling)
    while unsent and time.monotonic() < began_s + 2 * SHOPS / Sweep.PER_SECOND:
        unsent = [shop for shop in unsent if shop.world.rows(DeviceJob, DeviceJob.seq.is_(None))]
        stopping.wait(LOOK_S)
    took_s = time.monotonic() - began_s
    stopping.set()
    walk.join()
    assert not unsent
    return took_s


def _memory(bench: Bench, data: Path) -> None:
    """The whole product, when its web server has served all shops, its bridge has walked, its worker has worked."""
    port = free_port()
    command = [sys.executable, "-m", "server.cli", "up", "--port", str(port), "--data", str(data)]
    with running(command, data / "up.log", how=signal.SIGTERM) as product:
        wait_for(lambda: "Ready." in (data / "up.log").read_text(), START_S, "the product")
        environment = json.loads((data / "environment.json").read_text())
        _ask_all(port)
        _let_work(environment["AISALES_REDIS_URL"])
        threading.Event().wait(SWEPT_S)
        _ask_all(port)
        costs = {pid: (command, memory_mb(pid)) for pid, command in below(product.process.pid).items()}
    web = [cost for command, cost in costs.values() if "server.app:create_app" in command]
    bench.figure(f"memory of the web process, {SHOPS:,} shops served", max(web), "MB", at_most=150)
    bench.figure("memory of all of aisales up", sum(cost for _, cost in costs.values()), "MB", at_most=450)


def _ask_all(port: int) -> None:
    with ThreadPoolExecutor(LINES) as lines:
        list(lines.map(lambda first: _ask(port, range(first, SHOPS, LINES)), range(LINES)))


def _ask(port: int, numbers: Sequence[int]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in numbers:
        line.request("GET", "/api/v1/staff/me", headers={"Host": f"shop{number}.localhost"})
        answer = line.getresponse()
        assert answer.read()
        assert answer.status == 401, answer.status  # the shop's own word: nobody is signed in
    line.close()


def _let_work(redis_url: str) -> None:
    queue = Queue(QUEUE, connection=redis.Redis.from_url(redis_url), serializer=JSONSerializer)
    job = queue.enqueue("server.tenants.jobs.purge_removed_shops")
    wait_for(lambda: job.get_status(refresh=True) == "finished", 60, "the worker")


def migrate_all(data: str) -> list[tuple[str, float, float]]:
    """One revision for all shops: interrupted by a kill at a third, and resumed; then once more with nothing to do."""
    app = create_app(Config(Path(data), f"sqlite:///{data}/control.db"))
    with private_folder() as trees, app.app_context():
        shutil.copytree(migrations.FOLDER, trees / "trees", ignore=shutil.ignore_patterns("__pycache__"))
        newer = NEWER.format(before=schema.head("tenant"))
        (trees / "trees" / "tenant" / "versions" / "9999_newer.py").write_text(newer)
        migrations.FOLDER = trees / "trees"
        cut_s = _cut_short()
        done = _at("9999")
        began_s = time.monotonic()
        outcomes = migration.migrate_all()
        resumed_s = time.monotonic() - began_s
        assert not [outcome for outcome in outcomes if outcome.error]
        assert 0 < done < SHOPS <= _at("9999")
        began_s = time.monotonic()
        assert migration.migrate_all() == []
        return [
            (f"{SHOPS:,} shops migrated, killed at {SHOPS // 3} and resumed", cut_s + resumed_s, 20.0),
            ("the same with nothing left to do", time.monotonic() - began_s, 1.0),
        ]


def _cut_short() -> float:
    began_s = time.monotonic()
    run = get_context("fork").Process(target=migration.migrate_all)
    run.start()
    wait_for(lambda: _at("9999") >= SHOPS // 3, 120, "a third of the shops")
    assert run.pid is not None
    os.kill(run.pid, signal.SIGKILL)
    run.join()
    return time.monotonic() - began_s


def _at(revision: str) -> int:
    query = sa.select(sa.func.count()).select_from(TenantRow).where(TenantRow.schema_revision == revision)
    with control_reading() as control:
        return control.scalar(query) or 0


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
