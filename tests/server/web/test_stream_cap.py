"""As many streams as are let in, on a real gunicorn: all hear, requests go on, one more comes back when one leaves."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from fixtures.gunicorn import Server, serving
from fixtures.streams import OpenStream
from fixtures.valkey import Valkey
from fixtures.waiting import wait_for
from server.cli.web import STREAMING_THREADS
from server.core import live
from server.core.config import STREAMS_AT_MOST
from server.core.doors import App
from server.core.tenant import Tenant
from tests.server.worlds import Terminal, make_world

COMES_BACK_S = 60


@pytest.fixture
def till(app: App, shop: Tenant) -> Terminal:
    return make_world(app, shop).till()


@pytest.fixture
def server(app: App, till: Terminal, valkey: Valkey) -> Iterator[Server]:
    """The web server with its own number of threads, and Valkey beside it."""
    quiet = app.extensions["aisales_config"]
    app.extensions["aisales_config"] = dataclasses.replace(quiet, redis_url=valkey.url)
    app.extensions["aisales_redis"] = valkey.client()
    with serving(app, workers=1, threads=STREAMING_THREADS) as running:
        yield running
    del app.extensions["aisales_redis"]
    app.extensions["aisales_config"] = quiet


def headers(till: Terminal) -> dict[str, str]:
    return {"Host": till.browser.host, "Cookie": f"__Host-terminal={till.browser.cookie('__Host-terminal')}"}


def weigh(till: Terminal, grams: int) -> None:
    with till.world.app.app_context():
        live.publish(till.world.shop, "weight", {"grams": grams})


def heard(stream: OpenStream, wanted: str) -> Any:
    """The data of the next event of a kind; pings may come in between."""
    while True:
        event, found = stream.next()
        if event == wanted:
            return found


def test_the_last_stream_is_let_in_the_next_is_sent_away_and_comes_back(
    server: Server, till: Terminal, shop: Tenant
) -> None:
    streams = [OpenStream.ask(server.port, headers(till)) for _ in range(STREAMS_AT_MOST)]
    assert {one.status for one in streams} == {200}
    assert {one.next()[0] for one in streams} == {"hint"}

    refused = OpenStream.ask(server.port, headers(till))
    refused.close()
    assert (refused.status, refused.headers["retry-after"]) == (503, "30")

    # A stream more or less: requests find a thread.
    till.open()
    with server.connection(shop.slug, till.browser.cookie("__Host-terminal") or "") as connection:
        assert [row["verdict"] for row in connection.push(till.outbox)["results"]] == ["accepted"]
    weigh(till, 5)
    assert [heard(one, "weight") for one in streams] == [{"grams": 5}] * STREAMS_AT_MOST

    streams.pop().close()

    def comes_back() -> bool:
        weigh(till, 6)  # The server meets the closed end when it has something to say.
        again = OpenStream.ask(server.port, headers(till))
        is_in = again.status == 200
        again.close()
        return is_in

    wait_for(comes_back, timeout_s=COMES_BACK_S, what="a place for the stream")
    for one in streams:
        one.close()
