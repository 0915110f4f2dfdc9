"""All event streams that are let in, open at once, and eight terminals that push: nobody waits for a thread."""

import contextlib
import threading
from collections.abc import Iterator, Sequence

from fixtures.gunicorn import Server, serving
from fixtures.streams import OpenStream
from fixtures.valkey import private_valkey
from server.cli.web import STREAMING_THREADS
from server.core import live
from server.core.config import STREAMS_AT_MOST
from tests.bench import shops
from tests.bench.frame import Bench
from tests.bench.pushing import Pushed, push_all
from tests.server.terminals import Terminal
from tests.server.worlds import World

SALES = 60
STARVED_MS = 500
"""A push that waits so much longer than twice the slowest without streams has waited for a thread."""
HINT_EVERY_S = 0.5


def run(bench: Bench) -> None:
    """Measure pushes without streams, then with all of them and hints that go to each."""
    with private_valkey() as valkey, shops.market("sqlite", redis_url=valkey.url) as world:
        tills = shops.terminals(world)
        with serving(world.app, workers=1, threads=STREAMING_THREADS) as server:
            alone = _push(server, world, tills)
        with serving(world.app, workers=1, threads=STREAMING_THREADS) as server, _streams(server, tills[0]) as streams:
            with _hints(world) as sent:
                beside = _push(server, world, tills)
            heard = min(_weights(one, sent[0]) for one in streams)
            refused = OpenStream.ask(server.port, _headers(tills[0]))
            refused.close()
    what = f"a sale alone, 8 terminals, beside {STREAMS_AT_MOST} streams"
    limit = 2 * alone.at(1) + STARVED_MS
    bench.figure(f"{what}: p95", beside.at(0.95), "ms", beside=("without streams", alone.at(0.95)))
    bench.figure(f"{what}: the slowest", beside.at(1), "ms", at_most=limit, beside=("without", alone.at(1)))
    bench.figure("messages that each stream heard", heard, "of all", at_least=sent[0], beside=("sent", sent[0]))
    bench.figure("answer to one stream more", refused.status, "status", at_least=503, at_most=503)


def _push(server: Server, world: World, tills: Sequence[Terminal]) -> Pushed:
    pushes = []
    for at, till in enumerate(tills):
        wares = shops.goods(world, shops.GOODS, at * shops.GOODS)
        pushes.append((till, shops.bodies(shops.sales(till, wares, SALES), 1)))
    return push_all(server, pushes, 1)


@contextlib.contextmanager
def _streams(server: Server, till: Terminal) -> Iterator[list[OpenStream]]:
    """As many open streams as are let in; each has heard its first word."""
    opened = [OpenStream.ask(server.port, _headers(till)) for _ in range(STREAMS_AT_MOST)]
    assert {one.next()[0] for one in opened} == {"hint"}
    yield opened
    for one in opened:
        one.close()


@contextlib.contextmanager
def _hints(world: World) -> Iterator[list[int]]:
    """A weight for every stream twice a second, as long as the block; the list holds how many were sent."""
    sent, over = [0], threading.Event()

    def send() -> None:
        with world.app.app_context():
            while not over.wait(HINT_EVERY_S):
                sent[0] += 1
                live.publish(world.shop, "weight", {"grams": sent[0]})

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield sent
    finally:
        over.set()
        sender.join()


def _weights(stream: OpenStream, wanted: int) -> int:
    """How many of so many weights a stream has heard, in their order."""
    found = 0
    while found < wanted:
        event, said = stream.next()
        if event == "weight":
            found += 1
            assert said == {"grams": found}
    return found


def _headers(till: Terminal) -> dict[str, str]:
    return {name: value for name, value in shops.headers(till).items() if name in ("Host", "Cookie")}
