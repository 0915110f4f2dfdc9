"""The app's files are served as the build made them; every other address is a screen; the bare address leads on."""

import dataclasses
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.app import create_app
from server.core.config import Config
from server.core.doors import App
from server.core.tenant import Tenant
from server.tenants import provisioning


@pytest.fixture
def built(app: App, tmp_path: Path) -> Iterator[Path]:
    """A small build in place of the real one."""
    before = app.extensions["aisales_config"]
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<p>app</p>")
    (tmp_path / "sw.js").write_text("// worker")
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    (tmp_path / "assets" / "app-abc123.js").write_text("let a = 1;")
    (tmp_path / "assets" / "app-abc123.js.gz").write_bytes(gzip.compress(b"let a = 1;"))
    app.extensions["aisales_config"] = dataclasses.replace(before, static=tmp_path)
    yield tmp_path
    app.extensions["aisales_config"] = before


def test_a_shops_address_leads_to_its_app(shop: Tenant, client: FlaskClient, built: Path) -> None:
    assert client.get("/").headers["Location"].endswith("/app/")
    assert client.get("/app").headers["Location"].endswith("/app/")
    assert client.get("/app/").text == "<p>app</p>"


@pytest.mark.parametrize("path", ["till", "office/items/12", "sign-in"])
def test_every_screens_address_serves_the_app(shop: Tenant, client: FlaskClient, built: Path, path: str) -> None:
    answer = client.get(f"/app/{path}")

    assert (answer.status_code, answer.text) == (200, "<p>app</p>")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_hashed_files_are_kept_for_ever_and_sent_compressed(shop: Tenant, client: FlaskClient, built: Path) -> None:
    answer = client.get("/app/assets/app-abc123.js", headers={"Accept-Encoding": "gzip, br"})

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.mimetype == "text/javascript"
    assert gzip.decompress(answer.data) == b"let a = 1;"
    assert client.get("/app/assets/app-abc123.js").text == "let a = 1;"


def test_the_icon_is_kept_for_a_day(shop: Tenant, client: FlaskClient, built: Path) -> None:
    (built / "icons").mkdir()
    (built / "icons" / "icon.svg").write_text("<svg/>")

    assert client.get("/app/icons/icon.svg").headers["Cache-Control"] == "public, max-age=86400"


def test_the_worker_is_asked_for_anew_each_time(shop: Tenant, client: FlaskClient, built: Path) -> None:
    answer = client.get("/app/sw.js")
    again = client.get("/app/sw.js", headers={"If-None-Match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["assets/gone-1.js", "manifest.json", "../config.py", "%2e%2e/%2e%2e/pyproject.toml"])
def test_what_is_no_file_of_the_app_is_not_found(shop: Tenant, client: FlaskClient, built: Path, path: str) -> None:
    assert client.get(f"/app/{path}").status_code == 404


def test_an_app_that_was_not_built_says_so(shop: Tenant, client: FlaskClient, built: Path) -> None:
    (built / "index.html").unlink()

    answer = client.get("/app/")

    assert (answer.status_code, answer.json["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "10"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[App]:
    """A server without any shop yet."""
    made = create_app(Config(data=tmp_path, control_url=f"sqlite:///{tmp_path}/control.db"))
    with made.app_context():
        provisioning.prepare_control()
    yield made
    made.extensions["aisales_engines"].dispose()


def test_the_bare_address_leads_to_the_only_shop(empty: App) -> None:
    with empty.app_context():
        provisioning.create_database("market", "Xoşnar Market")

    answer = empty.test_client().get("/", base_url="http://localhost:8000")

    assert answer.headers["Location"] == "http://market.localhost:8000/app/"


def test_of_several_shops_the_bare_address_asks_for_the_name(empty: App) -> None:
    with empty.app_context():
        provisioning.create_database("market", "Xoşnar Market")
        provisioning.create_database("cafe", "Kafe")
    browser = empty.test_client()

    asked = browser.get("/", base_url="http://localhost:8000", headers={"Accept-Language": "en"})
    named = browser.get("/?shop=Kafe", base_url="http://localhost:8000")
    wrong = browser.get("/?shop=<b>", base_url="http://localhost:8000")

    assert "Name of the shop" in asked.text
    assert "style-src 'sha256-" in asked.headers["Content-Security-Policy"]
    assert named.headers["Location"] == "http://cafe.localhost:8000/app/"
    assert wrong.status_code == 404
    assert "&lt;b&gt;" in wrong.text
    assert "<b>" not in wrong.text


def test_nothing_is_sold_at_the_bare_address(empty: App) -> None:
    browser = empty.test_client()

    assert browser.get("/app/till", base_url="http://localhost:8000").headers["Location"].endswith("/")
    assert browser.get("/api/v1/sync/bootstrap", base_url="http://localhost:8000").status_code == 404
