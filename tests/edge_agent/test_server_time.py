"""The server's time, measured by what it answers."""

from hypothesis import given
from hypothesis import strategies as some

from edge_agent import wire
from edge_agent.server_time import ServerTime

TRUE_OFFSET = 1_795_550_400_000


def test_before_the_first_answer_nothing_is_known():
    assert ServerTime().at_most(1_000) is None


def test_an_answer_that_took_long_makes_the_server_later_never_earlier():
    time = ServerTime()

    time.learn(10_000, asked_ms=1_000, heard_ms=4_000)

    assert time.at_most(4_000) == 13_000


def test_a_quicker_answer_narrows_what_a_slower_one_left_open():
    time = ServerTime()
    time.learn(10_000, asked_ms=1_000, heard_ms=4_000)

    time.learn(14_010, asked_ms=5_000, heard_ms=5_020)

    assert time.at_most(5_020) == 14_020


def test_an_answer_after_the_servers_clock_was_set_holds_alone():
    time = ServerTime()
    time.learn(10_000, asked_ms=1_000, heard_ms=1_010)

    time.learn(3_610_000, asked_ms=2_000, heard_ms=2_010)
    time.learn(4_000, asked_ms=3_000, heard_ms=3_010)

    assert time.at_most(3_010) == 4_010


@given(some.lists(some.tuples(some.integers(1, 60_000), some.integers(0, 30_000), some.integers(0, 30_000))))
def test_the_server_is_never_taken_for_earlier_than_it_is(answers):
    time, boot_ms = ServerTime(), 0
    for pause_ms, there_ms, back_ms in answers:
        asked_ms = boot_ms + pause_ms
        boot_ms = asked_ms + there_ms + back_ms
        time.learn(TRUE_OFFSET + asked_ms + there_ms, asked_ms=asked_ms, heard_ms=boot_ms)

        assert time.at_most(boot_ms) >= TRUE_OFFSET + boot_ms


def test_the_answers_of_a_session_tell_an_agent_the_servers_time(shop):
    post = shop.agent._post
    assert post.server_time.at_most(0) is None

    shop.bridge.clock_ms = lambda: TRUE_OFFSET
    shop.bridge.send(shop.bridge.command("open", "drawer-1", wire.OpenArgs()))
    shop.bridge.wait(lambda: post.server_time.at_most(0) is not None)

    assert post.server_time.at_most(shop.agent.clock.boot_ms()) - TRUE_OFFSET < 15_000


def test_an_answer_of_an_earlier_session_says_nothing_of_the_time(shop):
    shop.bridge.clock_ms = lambda: TRUE_OFFSET
    shop.bridge.wait(lambda: shop.bridge._session, "the greeting")
    shop.bridge._session -= 1

    shop.bridge.send(job := shop.bridge.command("open", "drawer-1", wire.OpenArgs()))
    shop.bridge.wait_for_stage(job.id, "done")
    shop.bridge.wait(lambda: not shop.agent.spool.unconfirmed())

    assert shop.agent._post.server_time.at_most(0) is None
