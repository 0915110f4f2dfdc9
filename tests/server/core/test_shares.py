"""A tenant's share of the threads: beyond it come again, beside others few at work, and who waits steps aside."""

import contextlib
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, g

from fixtures.waiting import wait_for
from server.core import clock, shares
from server.core.doors import App
from server.core.errors import Busy
from server.core.shares import (
    AT_WORK_ALONE,
    AT_WORK_BESIDE_OTHERS,
    BESIDE_FOR_S,
    BETWEEN_S,
    LINGER_S,
    Shares,
    give_way,
    stepping_aside,
)
from server.core.tenant import Tenant
from server.tenants import provisioning

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def other(app: App, shop: Tenant) -> Tenant:
    with app.app_context():
        return provisioning.create_database(f"{shop.slug}-other", "Other")


class Requests:
    """Requests of shops that stay in until they are told to go."""

    def __init__(self, app: Flask, of: Shares) -> None:
        self.app, self.shares = app, of
        self.at_work: list[int] = []
        self.refused: list[int] = []
        self._go: dict[int, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def come(self, shop: Tenant) -> int:
        """Another request of a shop; its number is the order of its coming."""
        number = len(self._threads)
        self._go[number] = threading.Event()
        thread = threading.Thread(target=self._stay, args=(shop, number))
        self._threads.append(thread)
        thread.start()
        wait_for(lambda: number in self.at_work or number in self.refused or self._waits(shop, number), what="it")
        return number

    def go(self, number: int) -> None:
        """Let one end."""
        self._go[number].set()
        self._threads[number].join(10)

    def go_all(self) -> None:
        """Let all end."""
        for number in self._go:
            self._go[number].set()
        for thread in self._threads:
            thread.join(10)

    def _waits(self, shop: Tenant, number: int) -> bool:
        share = self.shares._shares.get(shop.id)
        inside = number - len(self.refused) + 1
        return share is not None and len(share.waiting) > 0 and inside >= share.inside

    def _stay(self, shop: Tenant, number: int) -> None:
        with self.app.app_context():
            try:
                with self.shares.one_of(shop):
                    self.at_work.append(number)
                    self._go[number].wait(10)
            except Busy:
                self.refused.append(number)


@contextlib.contextmanager
def requests(app: App, at_most: int) -> Iterator[Requests]:
    made = Requests(app, Shares(at_most))
    try:
        yield made
    finally:
        made.go_all()


def go_once_somebody_waits(made: Requests, number: int) -> None:
    wait_for(lambda: len(made.shares._none_at_work._waiters) > 0, what="who gives way")
    made.go(number)


def test_a_tenant_beyond_its_share_is_told_to_come_again(app: App, shop: Tenant, other: Tenant) -> None:
    with requests(app, at_most=2) as made:
        first, _, third = (made.come(shop) for _ in range(3))
        neighbour = made.come(other)
        made.go(first)
        fourth = made.come(shop)

        assert made.refused == [third]
        assert {neighbour, fourth} <= set(made.at_work)


def test_few_refused_requests_linger_and_the_others_are_refused_at_once(
    app: App, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingered = []
    monkeypatch.setattr(shares, "LINGERERS_AT_MOST", 1)
    monkeypatch.setattr(shares.time, "sleep", lambda seconds: (lingered.append(seconds), refused_beside()))
    own = Shares(at_most=0)

    def refused_beside() -> None:
        with pytest.raises(Busy), app.app_context(), own.one_of(shop):
            pass

    refused_beside()

    assert lingered == [shares.LINGER_S]


def test_refused_requests_are_answered_one_after_another(
    app: App, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    lingered: list[float] = []
    monkeypatch.setattr(clock, "monotonic_s", lambda: 100.0)
    monkeypatch.setattr(shares.time, "sleep", lingered.append)
    own = Shares(at_most=0)

    for _ in range(3):
        with pytest.raises(Busy), app.app_context(), own.one_of(shop):
            pass

    assert lingered == pytest.approx([LINGER_S, LINGER_S + BETWEEN_S, LINGER_S + 2 * BETWEEN_S])


def test_alone_a_tenant_works_on_many_at_once(app: App, shop: Tenant) -> None:
    with requests(app, at_most=64) as made:
        for _ in range(AT_WORK_ALONE + 3):
            made.come(shop)

        assert made.at_work == list(range(AT_WORK_ALONE))


def test_beside_others_few_of_a_tenant_work_and_the_next_in_line_follows(app: App, shop: Tenant, other: Tenant) -> None:
    with requests(app, at_most=64) as made:
        made.go(made.come(other))
        for _ in range(AT_WORK_BESIDE_OTHERS + 3):
            made.come(shop)
        neighbour = made.come(other)
        at_first = made.at_work[1:]
        made.go(at_first[0])
        wait_for(lambda: made.at_work[-1] == 3, what="the next in line")

        assert at_first == [1, 2, neighbour]


def test_of_a_tenant_that_crowds_beside_others_one_works(
    app: App, shop: Tenant, other: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "CROWD", 1)
    with requests(app, at_most=64) as made:
        made.go(made.come(other))
        first, second, _ = (made.come(shop) for _ in range(3))
        made.go(first)
        wait_for(lambda: second in made.at_work, what="the next in line")

        assert made.at_work[1:] == [first, second]


def test_once_the_others_are_silent_a_tenant_works_on_many_again(
    app: App, shop: Tenant, other: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [clock.monotonic_s()]
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s[0])
    with requests(app, at_most=64) as made:
        made.go(made.come(other))
        now_s[0] += BESIDE_FOR_S + 0.1
        for _ in range(AT_WORK_ALONE):
            made.come(shop)

        assert len(made.at_work) == 1 + AT_WORK_ALONE


def test_a_tenant_that_crowds_gives_way_to_one_that_does_not(
    app: App, shop: Tenant, other: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "CROWD", 1)
    monkeypatch.setattr(shares, "GIVE_WAY_AT_MOST_S", 10.0)
    with requests(app, at_most=64) as made, app.app_context(), made.shares.one_of(shop):
        made.come(shop)
        neighbour = made.come(other)
        ends = threading.Thread(target=go_once_somebody_waits, args=(made, neighbour))
        ends.start()
        give_way()
        ends.join(10)

        assert made.shares._quiet_at_work == 0
        assert g.place_at_work.gave_way_s > 0


def test_a_request_gives_way_for_so_long_and_no_longer(
    app: App, shop: Tenant, other: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "CROWD", 0)
    monkeypatch.setattr(shares, "GIVE_WAY_AT_MOST_S", 0.01)
    own = Shares(64)
    with app.app_context(), own.one_of(shop):
        own._quiet_at_work = 1  # somebody of another shop, who never ends
        give_way()
        gave_way_s = g.place_at_work.gave_way_s
        give_way()

        assert g.place_at_work.gave_way_s == gave_way_s >= 0.01
        own._quiet_at_work = 0


def test_a_quiet_tenant_gives_way_to_nobody(app: App, shop: Tenant, other: Tenant) -> None:
    with requests(app, at_most=64) as made, app.app_context(), made.shares.one_of(shop):
        made.come(other)
        give_way()

        assert g.place_at_work.gave_way_s == 0


def test_who_waits_for_a_lock_steps_aside_and_comes_back_first(app: App, shop: Tenant) -> None:
    own = Shares(64)
    with app.app_context(), own.one_of(shop):
        with stepping_aside(is_next_after=True):
            assert own._shares[shop.id].at_work == 0
        assert own._shares[shop.id].at_work == 1

    assert own._shares == {}


def test_whose_turn_does_not_come_is_told_to_come_again_and_leaves_no_trace(
    app: App, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "WAIT_AT_MOST_S", 0.01)
    with requests(app, at_most=64) as made:
        for _ in range(AT_WORK_ALONE):
            made.come(shop)
        late = made.come(shop)
        wait_for(lambda: made.refused == [late], what="its refusal")

        assert made.shares._shares[shop.id].inside == AT_WORK_ALONE

    assert made.shares._shares == {}
