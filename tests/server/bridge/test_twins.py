"""Two machines that live under one identity are noticed; one machine that starts again, however often, is not."""

from edge_agent import wire
from server.bridge.twins import RETURNS, WITHIN_MS, Twins

NOW_MS = 1_795_550_400_000


def presence(boot_id: str, state: str = "online") -> wire.Presence:
    return wire.Presence(state=state, boot_id=boot_id, session=1, sent_at=wire.utc_text(NOW_MS))  # type: ignore[arg-type]


def noticed(boots: str, *, every_ms: int = 1_000, twins: Twins | None = None) -> list[bool]:
    """What is made of boots (a letter each) that report one after another."""
    known = twins or Twins()
    return [known.noticed("agent", presence(boot), NOW_MS + at * every_ms) for at, boot in enumerate(boots)]


def test_twins_that_push_each_other_out_are_noticed_after_some_turns() -> None:
    assert noticed("ababab") == [False, False, False, False, True, True]
    assert RETURNS == 3


def test_a_machine_that_starts_again_and_again_has_no_twin() -> None:
    assert not any(noticed("abcdefghijklmnopqrstuvwxyz"))


def test_a_machine_that_connects_again_and_again_has_no_twin() -> None:
    assert not any(noticed("aaaaaaaaaa"))


def test_messages_that_come_twice_make_no_twin() -> None:
    assert not any(noticed("abab"))


def test_returns_that_lie_hours_apart_make_no_twin() -> None:
    assert not any(noticed("abababab", every_ms=WITHIN_MS))


def test_a_last_will_is_no_life() -> None:
    twins = Twins()

    assert not any(twins.noticed("agent", presence(boot, "offline"), NOW_MS) for boot in "abababab")


def test_agents_are_not_mixed_up() -> None:
    twins = Twins()

    assert not any(twins.noticed(f"agent{turn % 3}", presence(f"boot{turn % 3}"), NOW_MS) for turn in range(30))


def test_after_both_were_shut_out_it_begins_anew() -> None:
    twins = Twins()
    assert any(noticed("ababab", twins=twins))

    twins.forget("agent")

    assert noticed("ab", twins=twins) == [False, False]
