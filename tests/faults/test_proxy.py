"""The instrument itself: each weather does what it says, by the seed, and may change while connections stand."""

import http.client
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from fixtures.waiting import wait_for
from tests.faults.proxy import CALM, ChaosProxy, Weather, fate_of

BODY = b"receipt " * 100


class Shop(BaseHTTPRequestHandler):
    """Answers everything, keeps connections alive, and counts what it has done."""

    protocol_version = "HTTP/1.1"
    done: list[str] = []

    def do_GET(self) -> None:
        """Does it, then answers."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.done.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class Echo(socketserver.BaseRequestHandler):
    """Says again what it hears, and remembers how it ended."""

    ends: list[str] = []

    def handle(self) -> None:
        """Until the client has gone."""
        try:
            while heard := self.request.recv(1024):
                self.request.sendall(heard)
            self.ends.append("said its last")
        except ConnectionResetError:
            self.ends.append("crashed")


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[int]:
    """The port of a server that runs as long as the block."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop() -> Iterator[int]:
    """A web server that has done nothing yet."""
    Shop.done = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    with serving(server) as port:
        yield port


@pytest.fixture
def echo() -> Iterator[int]:
    """A server of some other protocol."""
    Echo.ends = []
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    with serving(server) as port:
        yield port


def ask(port: int, path: str = "/push", body: bytes = b"{}") -> bytes | None:
    """One request; None when no whole answer came."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as raw:
        try:
            raw.request("POST", path, body)
            return raw.getresponse().read()
        except (OSError, http.client.HTTPException):
            return None


def connected(port: int, timeout_s: float = 5.0) -> socket.socket:
    """A raw connection."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout_s)


def test_in_calm_weather_everything_passes(shop: int) -> None:
    with ChaosProxy(shop, by_request=True) as proxy:
        assert [ask(proxy.port) for _ in range(3)] == [BODY] * 3
        assert proxy.count("passed", "POST /push") == 3


def test_a_refused_request_reaches_nobody(shop: int) -> None:
    with ChaosProxy(shop, by_request=True, weather=Weather(refuse=1)) as proxy:
        assert ask(proxy.port) is None
        assert Shop.done == []
        assert proxy.count("refused") == 1


@pytest.mark.parametrize("passing", [0, 10, 300])
def test_a_cut_reply_is_cut_after_the_server_has_done_it(shop: int, passing: int) -> None:
    weather = Weather(cut=1, cut_after_bytes=(passing, passing))
    with ChaosProxy(shop, by_request=True, weather=weather) as proxy, connected(proxy.port) as client:
        client.sendall(b"POST /push HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\n{}")
        heard = b""
        with pytest.raises(ConnectionResetError):
            while piece := client.recv(4096):
                heard += piece
            raise AssertionError("the answer ended as if it were whole")

    assert Shop.done == ["/push"]
    assert len(heard) <= passing


def test_requests_on_one_kept_alive_connection_have_fates_of_their_own(shop: int) -> None:
    with ChaosProxy(shop, by_request=True, seed=3, weather=Weather(refuse=0.3)) as proxy:
        with closing(http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)) as raw:
            answered = 0
            for _ in range(40):
                try:
                    raw.request("GET", "/changes?cursor=7")
                    answered += raw.getresponse().read() == BODY
                except (OSError, http.client.HTTPException):
                    raw.close()

        assert proxy.count("passed", "GET /changes") == answered == len(Shop.done)
        assert proxy.count("refused", "GET /changes") == 40 - answered > 0


def test_the_same_seed_makes_the_same_fates_whatever_runs_beside(shop: int) -> None:
    def fates(*beside: str) -> list[bool]:
        answered = []
        with ChaosProxy(shop, by_request=True, seed=11, weather=Weather(refuse=0.15, cut=0.25)) as proxy:
            for _ in range(20):
                for path in beside:
                    ask(proxy.port, path)
                answered.append(ask(proxy.port) is not None)
        return answered

    assert fates() == fates("/bootstrap", "/changes")
    assert fates().count(False) > 0


def test_chances_hold_over_many_requests() -> None:
    weather = Weather(refuse=0.15, cut=0.25)
    outcomes = [fate_of(weather, 1, "POST /push", n).outcome for n in range(10_000)]

    assert outcomes.count("refused") == pytest.approx(1_500, abs=150)
    assert outcomes.count("cut") == pytest.approx(0.25 * 8_500, abs=200)


def test_the_weather_changes_while_it_runs(shop: int) -> None:
    with ChaosProxy(shop, by_request=True, weather=Weather(refuse=1)) as proxy:
        assert ask(proxy.port) is None
        proxy.weather = CALM
        assert ask(proxy.port) == BODY


def test_a_dead_server_is_a_reset_and_a_new_one_is_found_again(shop: int) -> None:
    with ChaosProxy(1, by_request=True) as proxy:
        assert ask(proxy.port) is None
        proxy.upstream = shop
        assert ask(proxy.port) == BODY


def test_a_silenced_connection_stands_open_and_nothing_passes(echo: int) -> None:
    with ChaosProxy(echo, weather=Weather(silence=1)) as proxy, connected(proxy.port, timeout_s=0.2) as client:
        client.sendall(b"hello")

        with pytest.raises(TimeoutError):
            client.recv(10)
        assert proxy.count("silenced") == 1


def test_silence_falls_over_connections_that_stand_and_what_waited_passes_after_it(echo: int) -> None:
    with ChaosProxy(echo) as proxy, connected(proxy.port) as client:
        client.sendall(b"one")
        assert client.recv(10) == b"one"

        proxy.fall_silent()
        client.sendall(b"two")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(10)
        proxy.speak()
        client.settimeout(5)
        assert client.recv(10) == b"two"


def test_a_reset_breaks_every_connection_that_stands(echo: int) -> None:
    with ChaosProxy(echo) as proxy, connected(proxy.port) as client:
        client.sendall(b"one")
        assert client.recv(10) == b"one"

        proxy.reset_all()

        with pytest.raises(ConnectionResetError):
            client.recv(10)
        with connected(proxy.port) as next_one:
            next_one.sendall(b"two")
            assert next_one.recv(10) == b"two"


def test_delay_and_bandwidth_hold_up_what_passes(echo: int) -> None:
    def seconds(weather: Weather) -> float:
        with ChaosProxy(echo, weather=weather) as proxy, connected(proxy.port) as client:
            began = time.monotonic()
            client.sendall(b"x" * 500)
            heard = b""
            while len(heard) < 500:
                heard += client.recv(500)
            return time.monotonic() - began

    assert seconds(Weather(delay_s=(0.1, 0.1))) >= 0.2
    assert seconds(Weather(bytes_per_s=5_000)) >= 0.2


def test_what_the_client_ends_the_server_hears_and_nothing_stays_behind(echo: int) -> None:
    with ChaosProxy(echo) as proxy:
        with connected(proxy.port) as client:
            client.sendall(b"last words")
            client.shutdown(socket.SHUT_WR)
            assert client.recv(100) == b"last words"
            assert client.recv(100) == b""

        wait_for(lambda: not proxy._open, what="closed connections")
        assert Echo.ends == ["said its last"]


def test_a_client_that_crashes_is_a_reset_at_the_server(echo: int) -> None:
    with ChaosProxy(echo) as proxy:
        client = connected(proxy.port)
        client.sendall(b"one")
        assert client.recv(10) == b"one"

        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()

        assert wait_for(lambda: Echo.ends) == ["crashed"]
