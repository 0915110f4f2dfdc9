"""One shop floods: imports, device commands and wrong PINs as fast as they go, and fifty others sell."""

import http.client
import json
import multiprocessing
import os
import queue
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from fixtures.browser import Browser
from fixtures.gunicorn import Server, serving
from fixtures.valkey import private_valkey
from tests.bench.frame import Bench
from tests.bench.many_shops import Selling, many_shops

OTHERS = 50
TELLERS = 10
"""Threads that send for the others, each for as many shops."""

SALES = 400
PAUSE_S = 0.04
"""Between two sales of all others together: twenty-five a second."""

FLOODERS = 96
"""More connections than the share of one shop."""

COMMANDS, PINS = 10_000, 500
FILE_ROWS = 200


def run(bench: Bench) -> None:
    """Sell alone, then beside the flood."""
    with private_valkey() as valkey, ExitStack() as ends:
        os.environ["AISALES_REDIS_URL"] = valkey.url
        many = ends.enter_context(many_shops(OTHERS + 1, selling=OTHERS + 1, redis_url=valkey.url))
        server = ends.enter_context(serving(many.app, workers=1, threads=320))
        flooder, others = many.selling[0], many.selling[1:]
        _sell(server, others, SALES // 4)
        idle = _sell(server, others, SALES)
        beside, answers = _beside_flood(server, flooder, others)
    p95_idle, p95_beside = _p95(idle), _p95(beside)
    bench.figure("a sale of one of 50 shops, p95: times idle", p95_beside / p95_idle, "x", at_most=2)
    bench.figure("a sale of one of 50 shops, p95", p95_beside, "ms", beside=("idle", p95_idle))
    bench.figure("the same, median", statistics.median(beside), "ms", beside=("idle", statistics.median(idle)))
    bench.figure("answers to the flooding shop in that time", sum(answers.values()), "answers")
    bench.figure("of these taken", sum(answers[status] for status in ("200", "201")), "answers", at_least=1)
    bench.figure("of these 503", answers["503"], "answers", at_least=1)
    bench.figure("of these 503 without Retry-After", answers["503 without Retry-After"], "answers", at_most=0)
    bench.figure("of these 500", answers["500"], "answers", at_most=0)


def _sell(server: Server, shops: Sequence[Selling], count: int) -> list[float]:
    """Push so many sales, one after another through all shops at an even pace; returns milliseconds for each."""
    took_ms: list[float] = []
    shares = [shops[first::TELLERS] for first in range(TELLERS)]
    began_s = time.monotonic()
    threads = [
        threading.Thread(target=_tell, args=(server, share, took_ms, count // TELLERS, began_s + number * PAUSE_S))
        for number, share in enumerate(shares)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took_ms) == count // TELLERS * TELLERS, "a sale was refused"
    return took_ms


def _tell(server: Server, shops: Sequence[Selling], took_ms: list[float], count: int, next_s: float) -> None:
    pace = threading.Event()
    with ExitStack() as ends:
        lines = [ends.enter_context(_connection(server, shop)) for shop in shops]
        for turn in range(count):
            pace.wait(max(0.0, next_s - time.monotonic()))
            next_s += PAUSE_S * TELLERS
            till, line = shops[turn % len(shops)].till, lines[turn % len(shops)]
            sale = till.sell([till.line("Tandır")])
            began_s = time.perf_counter()
            answer = line.push([sale])
            took_ms.append((time.perf_counter() - began_s) * 1_000)
            assert [row["verdict"] for row in answer["results"]] == ["accepted"], answer


def _connection(server: Server, shop: Selling) -> Any:
    cookie = shop.till.browser.cookie("__Host-terminal")
    assert cookie is not None
    return server.connection(shop.world.shop.slug, cookie)


def _beside_flood(server: Server, flooder: Selling, others: Sequence[Selling]) -> tuple[list[float], Counter[str]]:
    """The flood comes from a process of its own, so that it takes none of the lock of the one that measures."""
    spawn = multiprocessing.get_context("spawn")
    told: Any = spawn.Queue()
    stop = spawn.Event()
    flood = spawn.Process(target=pour, args=(_means(server, flooder), stop, told))
    flood.start()
    told.get()
    beside = _sell(server, others, SALES)
    stop.set()
    answers = told.get()
    flood.join()
    return beside, answers


@dataclass(frozen=True)
class Means:
    """What the flood needs to know."""

    port: int
    host: str
    terminal: str
    session: str
    printer_id: int
    person_id: int
    branch_id: int


def _means(server: Server, flooder: Selling) -> Means:
    world = flooder.world
    terminal = flooder.till.browser.cookie("__Host-terminal")
    signed_in = world.owner(Browser).cookie("__Host-session")
    assert terminal is not None
    assert signed_in is not None
    host = f"{world.shop.slug}.localhost"
    cashier = world.people[world.cashier]
    return Means(server.port, host, terminal, signed_in, flooder.printer_id, cashier, world.branch_id)


def pour(means: Means, stop: Any, told: Any) -> None:
    """Flood from many connections until told to stop; tells when it has begun, and the statuses at the end."""
    wanted: queue.Queue[str] = queue.Queue()
    for number in range(COMMANDS):
        wanted.put("print")
        if number % (COMMANDS // PINS) == 0:
            wanted.put("pin")
            wanted.put("import")
    statuses: Counter[str] = Counter()
    threads = [
        threading.Thread(target=_pour_one, args=(means, wanted, stop, statuses), daemon=True) for _ in range(FLOODERS)
    ]
    for thread in threads:
        thread.start()
    told.put("begun")
    stop.wait()
    for thread in threads:
        thread.join(15)
    told.put(statuses)


def _pour_one(means: Means, wanted: "queue.Queue[str]", stop: Any, statuses: Counter[str]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", means.port, timeout=60)
    while not stop.is_set():
        try:
            what = wanted.get_nowait()
        except queue.Empty:
            what = "print"
        path, body, kind = _asked(means, what)
        head = {
            "Host": means.host,
            "Origin": f"http://{means.host}",
            "X-AISales": "1",
            "Content-Type": kind,
            "Cookie": f"__Host-terminal={means.terminal}; __Host-session={means.session}",
        }
        line.request("POST", f"/api/v1{path}", body, head)
        answer = line.getresponse()
        answer.read()
        statuses[str(answer.status)] += 1
        if answer.status == 503 and not answer.headers["Retry-After"]:
            statuses["503 without Retry-After"] += 1


def _asked(means: Means, what: str) -> tuple[str, bytes, str]:
    if what == "pin":
        body = {"person_id": means.person_id, "pin": "0000"}
        return "/staff/sign-in", json.dumps(body).encode(), "application/json"
    if what == "import":
        salt = time.monotonic_ns()
        rows = [f"F{salt}-{row};Mal {row};əd;vat18;1,20" for row in range(FILE_ROWS)]
        file = "\n".join(["SKU;Ad;Vahid;ƏDV;Qiymət", *rows])
        head = '--x\r\nContent-Disposition: form-data; name="file"; filename="m.csv"\r\n\r\n'
        return "/catalog/imports", f"{head}{file}\r\n--x--\r\n".encode(), "multipart/form-data; boundary=x"
    return f"/devices/devices/{means.printer_id}/test-print", b"{}", "application/json"


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]
