"""How long a push was under way counts as age: measured by the server's own clock, as the terminal last heard it."""

import pytest

from server.core.doors import App
from server.core.tenant import Tenant
from server.devices.models import DeviceJob
from tests.server.worlds import Terminal, World, make_world


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    opened = world.till()
    world.give_devices(opened.id)
    opened.open()
    opened.push()
    return opened


def pushed(till: Terminal, *, age_ms: int, sent_ms_ago: int | str) -> None:
    """A cash sale of some age, in a push that says when it was sent."""
    till.sell([till.line("Tandır")], age_ms=age_ms)
    till.browser.now_ms = till.now_ms
    told = sent_ms_ago if isinstance(sent_ms_ago, str) else str(till.now_ms - sent_ms_ago)
    answer = till.browser.post("/sync/push", {"ops": till.outbox}, **{"X-AISales-Sent-At": told})
    assert [row["verdict"] for row in answer.json["results"]] == ["accepted"]


def drawer_lives_ms(world: World) -> list[int]:
    return [job.expires_at - job.created_at for job in world.rows(DeviceJob, DeviceJob.op == "open")]


def test_a_push_that_was_under_way_for_long_opens_no_drawer(world: World, till: Terminal) -> None:
    pushed(till, age_ms=200, sent_ms_ago=4_800)

    assert drawer_lives_ms(world) == []


def test_what_a_push_was_under_way_is_taken_off_the_life_of_a_drawer_kick(world: World, till: Terminal) -> None:
    pushed(till, age_ms=500, sent_ms_ago=1_500)

    assert drawer_lives_ms(world) == [3_000]


@pytest.mark.parametrize("told", ["", "soon", "-5", "1.5", "9" * 16, "٣"])
def test_what_is_no_time_says_nothing(world: World, till: Terminal, told: str) -> None:
    pushed(till, age_ms=500, sent_ms_ago=told.encode().decode("latin-1") if told == "٣" else told)

    assert drawer_lives_ms(world) == [4_500]


def test_a_terminal_that_believes_in_a_later_time_is_no_younger(world: World, till: Terminal) -> None:
    pushed(till, age_ms=500, sent_ms_ago=-60_000)

    assert drawer_lives_ms(world) == [4_500]


def test_every_answer_of_the_sync_tells_what_the_servers_clock_shows(till: Terminal) -> None:
    answer = till.browser.get("/sync/changes", cursor=till.till.catalogue_cursor)

    assert answer.headers["X-AISales-Now"] == str(till.browser.now_ms)
