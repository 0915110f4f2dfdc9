"""A TCP proxy that spoils what passes through it: a network as shops have it, on the loopback and by the seed.

    with ChaosProxy(server_port, by_request=True, seed=7) as network:
        network.weather = Weather(refuse=0.15, cut=0.25)      # from now on
        ...                                                   # a client of network.port
        network.weather = CALM

It spoils **connections** of any protocol, or with `by_request` single **HTTP requests**: it then asks the server to
close after each answer, so that one connection carries one request whatever the client wished to keep alive.

    refused     reset before anything of it reached the server
    cut         the server has done it and answers; some bytes of the answer pass, then the client sees a reset
    silenced    open on both sides and nothing passes (half-open); nobody is told
    passed      as it should be

What becomes of the n-th request of a path (or the n-th connection) depends on the seed, its name and n alone: neither
the clock nor what runs beside it has a say. Everything may be changed while it runs, from any thread.
"""

import asyncio
import contextlib
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal

Outcome = Literal["refused", "cut", "silenced", "passed"]
CONNECTION = "connection"
HEAD_MOST_BYTES = 64 * 1024
PIECE_BYTES = 64 * 1024
ANSWER_S = 10.0
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Weather:
    """Chances between 0 and 1; `cut` is a part of what was not refused. Delays hold for each piece, each way."""

    refuse: float = 0.0
    cut: float = 0.0
    silence: float = 0.0
    cut_after_bytes: tuple[int, int] = (0, 0)
    """How many bytes of the answer still pass: least and most."""
    delay_s: tuple[float, float] = (0.0, 0.0)
    bytes_per_s: float | None = None


CALM = Weather()


@dataclass(frozen=True)
class Fate:
    """What becomes of one request or connection."""

    outcome: Outcome
    cut_after: int
    delay_s: float


def fate_of(weather: Weather, seed: int, name: str, n: int) -> Fate:
    """The fate of the n-th of that name. The same in each run, and in any weather one roll of the same dice."""
    dice = random.Random(f"{seed} {name} {n}")
    refused, cut, silenced = dice.random(), dice.random(), dice.random()
    outcome: Outcome = "passed"
    if refused < weather.refuse:
        outcome = "refused"
    elif cut < weather.cut:
        outcome = "cut"
    elif silenced < weather.silence:
        outcome = "silenced"
    return Fate(outcome, dice.randint(*weather.cut_after_bytes), dice.uniform(*weather.delay_s))


class ChaosProxy:
    """Listens on `port` of the loopback and passes on to `upstream` as the weather allows. A context manager."""

    def __init__(
        self, upstream: int, *, seed: int = 0, by_request: bool = False, weather: Weather = CALM, port: int = 0
    ) -> None:
        self.upstream, self.seed, self.by_request, self.weather = upstream, seed, by_request, weather
        self.port = port
        self.outcomes: Counter[tuple[str, Outcome]] = Counter()
        self._numbers: Counter[str] = Counter()
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos-proxy", daemon=True)

    def count(self, outcome: Outcome, name: str = "") -> int:
        """How often that happened, to requests whose name ("POST /api/v1/sync/push") begins so."""
        return sum(count for (own, what), count in self.outcomes.items() if what == outcome and own.startswith(name))

    def reset_all(self) -> None:
        """Break every connection that is open now."""
        self._ask(self._reset_open)

    def fall_silent(self) -> None:
        """From now on nothing passes, on old connections and new ones, and nobody is told."""
        self._ask(self._speaks.clear)

    def speak(self) -> None:
        """Let pass again, also what has waited meanwhile."""
        self._ask(self._speaks.set)

    def __enter__(self) -> "ChaosProxy":
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_S)

    def _ask(self, act: Callable[[], None]) -> None:
        async def acting() -> None:
            act()

        self._run(acting())

    async def _listen(self) -> None:
        self._speaks = asyncio.Event()
        self._speaks.set()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=HEAD_MOST_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        for task in self._passing:
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)
        self._reset_open()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._pass(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            self._reset(writer)  # One of the two sides has gone.
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n") if self.by_request else b""
        fate = self._decide(_name(head) if head else CONNECTION)
        if fate.outcome == "refused":
            return self._reset(writer)
        if fate.outcome == "silenced":
            await asyncio.Event().wait()
        await self._speaks.wait()
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        self._open.add(up_writer)
        try:
            if head:
                await self._hold_up(len(head), fate)
                up_writer.write(_closing(head))
            await self._both_ways(_Side(reader, writer), _Side(up_reader, up_writer), fate)
        finally:
            self._open.discard(up_writer)
            up_writer.close()

    def _decide(self, name: str) -> Fate:
        self._numbers[name] += 1
        fate = fate_of(self.weather, self.seed, name, self._numbers[name])
        self.outcomes[name, fate.outcome] += 1
        return fate

    async def _both_ways(self, client: "_Side", server: "_Side", fate: Fate) -> None:
        """Until the server has said its last; what the client says does not end an answer that is under way."""
        asking = asyncio.ensure_future(self._ask_on(client, server, fate))
        try:
            await self._answer(server.reader, client.writer, fate)
        finally:
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await asking

    async def _ask_on(self, client: "_Side", server: "_Side", fate: Fate) -> None:
        try:
            await self._carry(client.reader, server.writer, fate)
        except OSError:
            self._reset(server.writer)  # A client that crashed is not one that said its last.

    async def _answer(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, fate: Fate) -> None:
        """Nothing passes before the server has begun to answer, so what is cut here is done there."""
        head = _closing(await source.readuntil(b"\r\n\r\n")) if self.by_request else await source.read(PIECE_BYTES)
        if fate.outcome != "cut":
            return await self._carry(source, to, fate, head)
        left = fate.cut_after
        piece = head
        while piece and left > 0:
            await self._hold_up(len(piece), fate)
            to.write(piece[:left])
            await to.drain()
            left -= len(piece)
            piece = await source.read(PIECE_BYTES) if left > 0 else b""
        self._reset(to)

    async def _carry(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, fate: Fate, first: bytes = b""
    ) -> None:
        while piece := first or await source.read(PIECE_BYTES):
            first = b""
            await self._hold_up(len(piece), fate)
            to.write(piece)
            await to.drain()
        if to.can_write_eof():
            to.write_eof()

    async def _hold_up(self, size: int, fate: Fate) -> None:
        slow_s = size / self.weather.bytes_per_s if self.weather.bytes_per_s else 0.0
        over = asyncio.Event()
        self._loop.call_later(fate.delay_s + slow_s, over.set)
        await over.wait()
        await self._speaks.wait()

    def _reset_open(self) -> None:
        for writer in list(self._open):
            self._reset(writer)

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        """Close as a crashed machine does: what is on its way is dropped, and the other side is told by a reset."""
        known = writer.get_extra_info("socket")
        if known is not None and known.fileno() >= 0:
            known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        writer.transport.abort()


@dataclass(frozen=True)
class _Side:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


def _name(head: bytes) -> str:
    """Method and path of a request, without its query."""
    method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
    return f"{method} {rest.partition(' ')[0].partition('?')[0]}"


def _closing(head: bytes) -> bytes:
    """The same head of a request or an answer, with the word that its connection ends after the answer."""
    lines = [line for line in head.split(b"\r\n")[:-2] if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close", b"", b""])
