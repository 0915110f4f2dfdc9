"""Health is answered on every address, by every server that can reach its control database."""

from flask.testing import FlaskClient

from server import __version__
from server.core.doors import App


def test_health_needs_no_shop(app: App) -> None:
    answer = app.test_client().get("/api/v1/health", base_url="http://127.0.0.1:8000")

    assert (answer.status_code, answer.json) == (200, {"status": "ok", "version": __version__})


def test_health_is_answered_on_a_shops_address_too(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").status_code == 200
