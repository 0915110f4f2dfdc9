"""Two shops side by side on one application, with everything that the API may need around them."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.core import tenant
from server.core.doors import App
from server.tenants import provisioning
from tests.server.api.sites import Site, make_neighbour, make_site


class Sim(http.server.BaseHTTPRequestHandler):
    """A stand-in for the page of virtual hardware."""

    def do_GET(self) -> None:
        self._answer(b"{}")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def sim() -> Iterator[str]:
    """The address of the stand-in."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sim) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A browser app as if it were built."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "index.html").write_text("<!doctype html><title>AI Sales POS</title>")
    (folder / "icons").mkdir()
    (folder / "icons" / "icon-192.png").write_bytes(b"\x89PNG")
    return folder


@pytest.fixture(scope="module", autouse=True)
def surroundings(app: App, sim: str, built: Path) -> Iterator[None]:
    """A secret, virtual hardware and a built app for the application of this run."""
    before = app.extensions["aisales_config"]
    changed: dict[str, Any] = {"sim_url": sim, "static": built, "secret": b"of these tests"}
    app.extensions["aisales_config"] = type(before)(**{**vars(before), **changed})
    yield
    app.extensions["aisales_config"] = before


@pytest.fixture(scope="package")
def site(app: App, database: str) -> Site:
    """A shop."""
    return make_site(app, _shop(app, database, "own"))


@pytest.fixture(scope="package")
def neighbour(app: App, database: str) -> Site:
    """Another shop on the same application."""
    return make_neighbour(app, _shop(app, database, "neighbour"))


def _shop(app: App, database: str, name: str) -> tenant.Tenant:
    with app.app_context():
        return provisioning.create_database(name, name, placement_id=1 if database == "sqlite" else 2)
