"""The virtual shop over HTTP, on a loopback port, for the Counter page and for tests. JSON in and out.

    GET  /state                    {version, printers:[{device, profile, knobs, paper_out, cover_open, off,
                                    papers:[{n, id:"#7F3A.1"|null, at, cut, png:"/paper/<n>.png", text}]}],
                                    drawers:[{device, open, pulses:[{pin, on_ms, off_ms, at}]}],
                                    scales:[{device, grams, stable}], scanners:[{device}],
                                    displays:[{device, lines}], bells:[{device, ringing, rings}]}
    GET  /events?since=N&wait_ms=  the same once version > N, or after wait_ms (0 to 25000, default 4000)
    GET  /paper/<n>.png            a paper as picture; it grows until the paper is cut
    GET  /raw/<device>             the bytes that were printed or pulsed, without status questions; ?from=N skips N
    POST /scale/<device>           {grams, stable}          -20000 to 30000 grams
    POST /scan/<device>            {code, symbology?}       a name of scanner.AIM_IDS, or an AIM id itself
    POST /printer/<device>         {paper_out?, cover_open?, off?, mute?, die_after?, paper_out_after?}
    POST /drawer/<device>/close    {}

POST answers 200 with the state, 400 {"error"} for what cannot be, 404 for a device that is not there.
Only loopback connects, and a browser's request from a foreign page (an Origin header) is refused with 403: pages reach
this through the server's proxy.
"""

import json
import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from edge_agent.virtual.world import World

MAX_BODY = 65_536
MAX_WAIT_MS, USUAL_WAIT_MS = 25_000, 4_000
PAPER = re.compile(r"/paper/(\d{1,9})\.png\Z")
POST_PATH = re.compile(r"/(scale|scan|printer|drawer)/([a-z0-9-]{1,36})(/close)?\Z")


class SimServer:
    """Serves a world until it is stopped."""

    def __init__(self, world: World, port: int = 0) -> None:
        handler = type("Handler", (_Handler,), {"world": world})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="sim-http", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    world: World
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        paper = PAPER.match(split.path)
        if split.path == "/state":
            self._json(self.world.seen())
        elif split.path == "/events":
            self.world.wait_beyond(_number(query, "since", -1), min(MAX_WAIT_MS, _wait_ms(query)) / 1000)
            self._json(self.world.seen())
        elif paper:
            self._picture(int(paper.group(1)))
        elif split.path == f"/raw/{self.world.printer.device}":
            raw = bytes(self.world.printer.raw)[max(0, _number(query, "from", 0)) :]
            self._answer(HTTPStatus.OK, "application/octet-stream", raw)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "no such page")

    def do_POST(self) -> None:
        length = _number(dict(self.headers), "Content-Length", 0)
        if self.headers.get("Origin") or not 0 <= length <= MAX_BODY:
            self._refuse(HTTPStatus.FORBIDDEN if self.headers.get("Origin") else HTTPStatus.BAD_REQUEST, "not taken")
            return
        body = self.rfile.read(length)
        wish = POST_PATH.match(self.path)
        try:
            is_known = wish is not None and self._do(wish.group(1), wish.group(2), bool(wish.group(3)), _object(body))
        except (ValueError, KeyError, TypeError) as trouble:
            self._refuse(HTTPStatus.BAD_REQUEST, str(trouble))
            return
        if is_known:
            self._json(self.world.seen())
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "no such device")

    def _do(self, what: str, device: str, is_close: bool, wish: dict[str, Any]) -> bool:
        world = self.world
        match what:
            case "scale" if device == world.scale.device:
                world.scale.put(_grams(wish["grams"]), bool(wish.get("stable", True)))
            case "scan" if device == world.scanner.device:
                world.scanner.scan(str(wish["code"]), wish.get("symbology"))
            case "printer" if device == world.printer.device:
                world.printer.turn(**wish)
            case "drawer" if device == world.drawer.device and is_close:
                world.drawer.close()
            case _:
                return False
        return True

    def _picture(self, n: int) -> None:
        picture = self.world.printer.picture(n)
        if picture is None:
            self._refuse(HTTPStatus.NOT_FOUND, "no such paper")
        else:
            self._answer(HTTPStatus.OK, "image/png", picture)

    def _json(self, value: object) -> None:
        self._answer(HTTPStatus.OK, "application/json", json.dumps(value, ensure_ascii=False).encode())

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self.close_connection = True
        self._answer(status, "application/json", json.dumps({"error": why}).encode())

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a page that polls would fill the log."""


def _number(values: dict[str, str], name: str, otherwise: int) -> int:
    text = values.get(name, "")
    return int(text) if re.fullmatch(r"-?\d{1,12}", text) else otherwise


def _wait_ms(query: dict[str, str]) -> int:
    return max(0, _number(query, "wait_ms", USUAL_WAIT_MS))


def _object(body: bytes) -> dict[str, Any]:
    value = json.loads(body or b"{}")
    if not isinstance(value, dict):
        raise ValueError("an object is expected")
    return value


def _grams(value: object) -> int:
    if type(value) is not int or not -20_000 <= value <= 30_000:
        raise ValueError(f"grams: {value!r:.40}")
    return value
