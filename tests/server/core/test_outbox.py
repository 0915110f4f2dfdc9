"""The outbox's slow walk: every tenant's turn comes, ten a second, however often it is asked."""

from typing import cast

import pytest

from server.core import clock
from server.core.outbox import Sweep
from server.core.tenant import Tenant

SHOPS = 1_000
TWO_MINUTES_S = 120.0


@pytest.mark.parametrize("pause_s", [0.01, 0.11, 0.25, 0.99, 1.5])
def test_among_a_thousand_tenants_each_has_its_turn_within_two_minutes(
    monkeypatch: pytest.MonkeyPatch, pause_s: float
) -> None:
    tenants = cast("list[Tenant]", list(range(SHOPS)))
    now_s = [0.0]
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s[0])
    sweep = Sweep()
    seen: set[Tenant] = set()

    while now_s[0] < TWO_MINUTES_S:
        now_s[0] += pause_s
        seen.update(sweep.next_batch(tenants))

    assert len(seen) == SHOPS


def test_what_was_missed_meanwhile_is_not_caught_up_with_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tenants = cast("list[Tenant]", list(range(SHOPS)))
    now_s = [0.0]
    monkeypatch.setattr(clock, "monotonic_s", lambda: now_s[0])
    sweep = Sweep()

    now_s[0] = 600.0

    assert len(sweep.next_batch(tenants)) == Sweep.AT_ONCE
    assert sweep.next_batch(tenants) == []
