"""Pushed sales of three lines and one tender, with stock and cash in the same transaction, beside a bare loop.

PostgreSQL is the private instance of the tests, which does not wait for the disk; SQLite does, at each commit. The web
server is gunicorn with one process, as `aisales up` starts it, and starts anew for each figure.
"""

import threading
from collections.abc import Iterable, Iterator

from fixtures.gunicorn import serving
from server.cli.web import STREAMING_THREADS
from tests.bench import bare, shops
from tests.bench.frame import Bench
from tests.bench.measuring import percentile
from tests.bench.pushing import Line, Pushed, line, push_all
from tests.server.worlds import World

ALONE_MS, BATCHED_MS = 5.0, 2.0
SHARE_OF_BARE = 1 / 3
SHARE_OF_OWN = 0.9
TAIL = 5
BESIDE_MS = 50
SIZE = 50
BACKLOG = 1_000
SMALL = 60
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def run(bench: Bench) -> None:
    """Measure on both databases."""
    for kind in shops.KINDS:
        with shops.market(kind) as world:
            measured = _Measured(bench, world)
            measured.alone(1, 400)
            measured.alone(shops.TILLS, 100)
            measured.batched(1, 1_500)
            measured.batched(shops.TILLS, 500)
            measured.shared(1, 100)
            measured.shared(SIZE, 500)
            measured.small_beside_backlog()


class _Measured:
    """The figures of one shop."""

    def __init__(self, bench: Bench, world: World) -> None:
        self.bench, self.world, self.tills = bench, world, shops.terminals(world)
        self.name = NAMES[world.shop.kind]

    def alone(self, terminals: int, count: int) -> None:
        """Pushes of one sale each."""
        pushed = self._push(terminals, count, 1)
        self._usual(f"{self.name}, a sale alone, {_terminals(terminals)}", pushed, ALONE_MS)

    def batched(self, terminals: int, count: int) -> None:
        """Pushes of fifty; the rate beside a bare loop over the same rows."""
        pushed = self._push(terminals, count, SIZE)
        looped = bare.loop(self.world, min(500, pushed.sales))
        what = f"{self.name}, batches of {SIZE}, {_terminals(terminals)}"
        self._usual(what, pushed, BATCHED_MS)
        self.bench.figure(
            f"{what}: rate",
            pushed.rate,
            "sales/s",
            at_least=looped.rate * SHARE_OF_BARE,
            beside=(f"bare, {looped.rows_of_one:.0f} rows each", looped.rate),
        )

    def shared(self, size: int, count: int) -> None:
        """Eight terminals that sell the same goods beside eight that have goods of their own."""
        own = self._push(shops.TILLS, count, size)
        same = self._push(shops.TILLS, count, size, same_goods=True)
        self.bench.figure(
            f"{self.name}, {_batches(size)}, the same {shops.GOODS} goods at {shops.TILLS} terminals: rate",
            same.rate,
            "sales/s",
            at_least=own.rate * SHARE_OF_OWN,
            beside=("goods of their own", own.rate),
        )

    def small_beside_backlog(self) -> None:
        """An event of one till while another brings a thousand sales."""
        seller, other = self.tills[:2]
        backlog = shops.bodies(shops.sales(seller, shops.goods(self.world, shops.GOODS), BACKLOG), SIZE)
        events = shops.bodies([other.does("till_event", {"kind": "cart_cancelled"}) for _ in range(10 * SMALL)], 1)
        other.outbox = []
        with serving(self.world.app, workers=1, threads=STREAMING_THREADS) as server:
            with line(server, seller) as busy, line(server, other) as small:
                alone = [small.push(body) for body in events[:SMALL]]
                pushing = threading.Thread(target=lambda: [busy.push(body) for body in backlog])
                pushing.start()
                beside = list(_pushed_while(pushing, small, events[SMALL:]))
                pushing.join()
        alone_ms = percentile(alone, 0.95)
        self.bench.figure(
            f"{self.name}, an event beside a backlog of {BACKLOG:,} sales: p95",
            percentile(beside, 0.95),
            "ms",
            at_most=2 * alone_ms + BESIDE_MS,
            beside=("alone", alone_ms),
        )

    def _push(self, terminals: int, count: int, size: int, *, same_goods: bool = False) -> Pushed:
        """Each of some terminals pushes so many sales, in bodies of a size, to a server that has just started."""
        pushes = []
        for at, till in enumerate(self.tills[:terminals]):
            wares = shops.goods(self.world, shops.GOODS, 0 if same_goods else at * shops.GOODS)
            pushes.append((till, shops.bodies(shops.sales(till, wares, count), size)))
        with serving(self.world.app, workers=1, threads=STREAMING_THREADS) as server:
            return push_all(server, pushes, size)

    def _usual(self, what: str, pushed: Pushed, at_most_ms: float) -> None:
        self.bench.figure(f"{what}: processor time of a sale", pushed.processor_of_one, "ms", at_most=at_most_ms)
        median = pushed.at(0.5)
        self.bench.figure(
            f"{what}: p99 of a push", pushed.at(0.99), "ms", at_most=TAIL * median, beside=("p50", median)
        )


def _pushed_while(other: threading.Thread, small: Line, events: Iterable[bytes]) -> Iterator[float]:
    for body in events:
        if not other.is_alive():
            break
        yield small.push(body)


def _terminals(count: int) -> str:
    return "1 terminal" if count == 1 else f"{count} terminals"


def _batches(size: int) -> str:
    return "a sale alone" if size == 1 else f"batches of {size}"
