"""Terminals that push to a running server: how long each push took, and what processor time it cost the server."""

import http.client
import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass

from fixtures.gunicorn import Server
from tests.bench import shops
from tests.bench.measuring import percentile, processor_ms
from tests.server.terminals import Terminal

TIMEOUT_S = 120
WARM = 3
"""Pushes of each terminal before the clock runs: connections, statements and reference data are there."""


@dataclass(frozen=True)
class Pushed:
    """What some pushes took: milliseconds of each, seconds of all, milliseconds of the server's processor."""

    sales: int
    took_ms: tuple[float, ...]
    whole_s: float
    processor_ms: float

    @property
    def processor_of_one(self) -> float:
        """Processor time of one sale, in milliseconds."""
        return self.processor_ms / self.sales

    @property
    def rate(self) -> float:
        """Sales a second."""
        return self.sales / self.whole_s

    def at(self, share: float) -> float:
        """A percentile of what a push took, in milliseconds."""
        return percentile(self.took_ms, share)


class Line:
    """The kept-alive connection of one terminal."""

    def __init__(self, server: Server, till: Terminal) -> None:
        self.raw = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_S)
        self.headers = shops.headers(till)

    def push(self, body: bytes) -> float:
        """Push a body and tell how many milliseconds it took. Raises AssertionError unless all of it was accepted."""
        start = time.perf_counter()
        self.raw.request("POST", "/api/v1/sync/push", body, self.headers)
        response = self.raw.getresponse()
        said = response.read()
        took_ms = 1000 * (time.perf_counter() - start)
        assert response.status == 200, said
        verdicts = {(result["verdict"], *result["flags"]) for result in json.loads(said)["results"]}
        assert verdicts == {("accepted",)}, verdicts
        return took_ms


@contextmanager
def line(server: Server, till: Terminal) -> Iterator[Line]:
    """A connection that is closed at the end."""
    opened = Line(server, till)
    with closing(opened.raw):
        yield opened


def push_all(server: Server, pushes: Sequence[tuple[Terminal, Sequence[bytes]]], size: int) -> Pushed:
    """Let each terminal push its bodies, all terminals at once; the first few of each are not measured."""
    ready = threading.Barrier(
        len(pushes), action=lambda: started.extend([time.perf_counter(), processor_ms(server.pid)])
    )
    started: list[float] = []

    def one(till: Terminal, parts: Sequence[bytes]) -> list[float]:
        with line(server, till) as opened:
            for part in parts[:WARM]:
                opened.push(part)
            ready.wait()
            return [opened.push(part) for part in parts[WARM:]]

    with ThreadPoolExecutor(len(pushes)) as pool:
        jobs = [pool.submit(one, *push) for push in pushes]
        took = [ms for job in jobs for ms in job.result()]
    whole_s = time.perf_counter() - started[0]
    return Pushed(len(took) * size, tuple(took), whole_s, processor_ms(server.pid) - started[1])
