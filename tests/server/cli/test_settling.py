"""A loaded web process looks through what it has loaded no more."""

import gc
from collections.abc import Iterator

import pytest
from gunicorn.app.wsgiapp import WSGIApplication

from server.cli import web


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_gunicorn_is_told_to_settle_before_the_first_request(monkeypatch: pytest.MonkeyPatch, thawed: None) -> None:
    told: list[str] = []
    monkeypatch.setattr(web.os, "execv", lambda _program, words: told.extend(words))
    web.run(web.argparse.Namespace(bind="127.0.0.1:0", workers=1, threads=8))
    monkeypatch.setattr("sys.argv", told[2:])

    WSGIApplication("%(prog)s [OPTIONS]").cfg.post_worker_init(None)

    assert gc.get_freeze_count() > 0
