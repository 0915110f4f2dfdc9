"""Enrolment against a server that answers well, badly, or not at all."""

import http.server
import json
import os
import threading

import pytest

from edge_agent import wire
from edge_agent.enrol import FILE, EnrolmentFailed, enrol, identity_in
from fixtures.waiting import free_port

ANSWER = {
    "agent_id": 7, "key": "a1b2c3d4e5f6", "tenant": "market", "site": "m1",
    "username": "a1b2c3d4e5f6", "password": "secret",
    "broker": {"host": "127.0.0.1", "port": 1883, "tls": False},
}  # fmt: skip


class Server:
    """Answers the enrolment with a status and a body, and keeps what it was asked."""

    def __init__(self):
        self.status, self.answer, self.asked = 201, json.dumps(ANSWER).encode(), []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(outer.status)
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def server():
    one = Server()
    yield one
    one.close()


def test_a_token_becomes_an_identity_that_is_kept_for_its_owner_only(server, tmp_path):
    identity = enrol(tmp_path, server.url, "token-1", name="kassa", host_header="market.localhost:8000")

    assert identity.address == wire.Address("market", "m1", "a1b2c3d4e5f6")
    assert (identity.broker.host, identity.broker.port, identity.broker.client_id) == (
        "127.0.0.1",
        1883,
        "a1b2c3d4e5f6",
    )
    assert identity_in(tmp_path) == identity
    assert os.stat(tmp_path / FILE).st_mode & 0o777 == 0o600


def test_it_asks_as_the_contract_says_with_the_host_that_is_meant(server, tmp_path):
    enrol(tmp_path, server.url, "token-1", name="kassa", host_header="market.localhost:8000")

    [(path, headers, body)] = server.asked
    assert path == "/api/v1/devices/agents/enrol"
    assert headers["Host"] == "market.localhost:8000"
    assert headers["X-AISales"] == "1"
    assert set(body) == {"token", "name", "model", "sw"}
    assert (body["token"], body["name"]) == ("token-1", "kassa")


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, b'{"code":"token_used"}'),
        (500, b"oops"),
        (201, b"<html>"),
        (201, b"[]"),
        (201, json.dumps(ANSWER | {"tenant": "Market/../x"}).encode()),
        (201, json.dumps({key: ANSWER[key] for key in ANSWER if key != "password"}).encode()),
    ],
)
def test_an_answer_that_cannot_be_used_leaves_nothing_behind(server, tmp_path, status, answer):
    server.status, server.answer = status, answer

    with pytest.raises(EnrolmentFailed):
        enrol(tmp_path, server.url, "token-1", name="kassa")

    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_told(tmp_path):
    with pytest.raises(EnrolmentFailed, match="refused"):
        enrol(tmp_path, f"http://127.0.0.1:{free_port()}", "token-1", name="kassa")


def test_a_broken_identity_is_told_and_not_written_over(tmp_path):
    (tmp_path / FILE).write_text("{")

    with pytest.raises(EnrolmentFailed, match=r"identity\.json"):
        identity_in(tmp_path)
    assert (tmp_path / FILE).read_text() == "{"
