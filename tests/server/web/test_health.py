"""Health is answered on every address, by every server that can reach its control database."""

import shutil
import types

import pytest
from flask.testing import FlaskClient

from server import __version__
from server.core.doors import App


def test_health_needs_no_shop(app: App) -> None:
    answer = app.test_client().get("/api/v1/health", base_url="http://127.0.0.1:8000")

    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["version"] == __version__


@pytest.mark.parametrize(("used", "storage"), [(84, "ok"), (85, "low"), (100, "low")])
def test_16_health_tells_when_the_disk_is_nearly_full(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, used: int, storage: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: types.SimpleNamespace(used=used, free=100 - used))

    assert client.get("/api/v1/health").json["storage"] == storage


def test_health_is_answered_on_a_shops_address_too(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").status_code == 200
