"""A machine becomes an agent: the one-use token, the broker's credential, and what a crash in between leaves."""

from collections.abc import Callable

import pytest

from fixtures.browser import Browser
from server.core import clock
from server.core.tenant import Tenant
from server.devices import operations, queries
from server.devices.secrets import broker_password
from tests.server.devices.conftest import Edge
from tests.server.staff.conftest import Inside, World

ENROL = {"name": "Kassa", "model": "Raspberry Pi 5", "sw": "1.0"}


@pytest.fixture
def token(owner: Browser, world: World) -> str:
    """A token for one agent of the first branch."""
    made: str = owner.post("/devices/pairing-codes", {"kind": "agent", "branch_id": world.branch_id}).json["code"]
    return made


def make_credentials(inside: Inside) -> list[str]:
    """What the bridge does; returns the agents' keys."""
    with inside():
        wishes = operations.credentials_due()
        for wish in wishes:
            operations.credential_made(wish.agent_id, wish.wanted)
    return [wish.username for wish in wishes]


def test_an_agent_is_let_in_once_the_broker_knows_it(
    browser: Browser, token: str, inside: Inside, shop: Tenant
) -> None:
    early = browser.post("/devices/agents/enrol", {"token": token, **ENROL})
    (key,) = make_credentials(inside)
    answer = browser.post("/devices/agents/enrol", {"token": token, **ENROL})

    assert (early.status_code, early.json["code"], early.headers["Retry-After"]) == (503, "broker_not_ready", "1")
    assert answer.status_code == 200
    assert (answer.json["key"], answer.json["username"], answer.json["tenant"], answer.json["site"]) == (
        key,
        key,
        shop.slug,
        "b1",
    )
    assert answer.json["broker"] == {"host": "127.0.0.1", "port": 1883, "tls": False}


def test_repeating_the_token_gives_the_same_agent_and_password(browser: Browser, token: str, inside: Inside) -> None:
    browser.post("/devices/agents/enrol", {"token": token, **ENROL})
    make_credentials(inside)

    answers = [browser.post("/devices/agents/enrol", {"token": token, **ENROL}).json for _ in range(2)]

    assert answers[0] == answers[1]
    with inside():
        assert len(queries.agents()) == 1


def test_once_the_agent_was_seen_its_token_is_used_up(browser: Browser, token: str, inside: Inside) -> None:
    browser.post("/devices/agents/enrol", {"token": token, **ENROL})
    (key,) = make_credentials(inside)
    Edge(inside, key).presence("online")

    answer = browser.post("/devices/agents/enrol", {"token": token, **ENROL})

    assert (answer.status_code, answer.json["code"]) == (409, "enrol_token_used")


def test_a_token_ends_after_a_day_and_a_wrong_one_is_told_plainly(browser: Browser, token: str, now: int) -> None:
    wrong = browser.post("/devices/agents/enrol", {"token": "x" * 43, **ENROL})
    with clock.frozen(now + 86_400_000):
        late = browser.post("/devices/agents/enrol", {"token": token, **ENROL})

    assert [answer.json["code"] for answer in (wrong, late)] == ["enrol_token_unknown"] * 2


def test_a_program_enrols_without_the_marks_of_our_pages(browser: Browser, token: str) -> None:
    answer = browser.client.post(
        "/api/v1/devices/agents/enrol", base_url=browser.origin, json={"token": token, **ENROL}
    )

    assert answer.json["code"] == "broker_not_ready"


def test_a_terminals_code_lets_no_agent_in(owner: Browser, browser: Browser, world: World) -> None:
    code = owner.post("/devices/pairing-codes", {"kind": "terminal", "branch_id": world.branch_id}).json["code"]

    answer = browser.post("/devices/agents/enrol", {"token": code, **ENROL})

    assert answer.json["code"] == "enrol_token_unknown"


def test_a_disabled_agent_is_taken_off_the_broker_and_may_come_back(owner: Browser, edge: Edge, inside: Inside) -> None:
    (row,) = owner.get("/devices/agents").json["rows"]

    off = owner.post(f"/devices/agents/{row['id']}/disable").json
    with inside():
        (wish,) = operations.credentials_due()
        assert wish.wanted == "disabled"
        operations.credential_made(wish.agent_id, wish.wanted)
        assert operations.credentials_due() == []
        assert queries.keys_at_broker() == []
    on = owner.post(f"/devices/agents/{row['id']}/enable").json

    assert (row["is_online"], off["is_online"]) == (True, False)
    assert (off["disabled_at"] is None, on["disabled_at"]) == (False, None)
    with inside():
        assert [wish.wanted for wish in operations.credentials_due()] == ["enabled"]


def test_a_wish_that_changed_meanwhile_stays_due(owner: Browser, edge: Edge, inside: Inside) -> None:
    agent_id = owner.get("/devices/agents").json["rows"][0]["id"]
    owner.post(f"/devices/agents/{agent_id}/disable")
    with inside():
        (wish,) = operations.credentials_due()
    owner.post(f"/devices/agents/{agent_id}/enable")

    with inside():
        operations.credential_made(wish.agent_id, wish.wanted)
        assert [wish.wanted for wish in operations.credentials_due()] == ["enabled"]


def test_a_refusing_broker_is_asked_again_with_growing_pauses(
    browser: Browser, token: str, inside: Inside, now: int
) -> None:
    browser.post("/devices/agents/enrol", {"token": token, **ENROL})

    for pause_ms in (1_000, 5_000, 30_000):
        with clock.frozen(now), inside():
            (wish,) = operations.credentials_due()
            operations.credential_failed(wish.agent_id, "no answer " * 100)
        now += pause_ms
        with clock.frozen(now - 1), inside():
            assert operations.credentials_due() == []


def test_a_broker_that_was_wiped_learns_everyone_anew(edge: Edge, inside: Inside) -> None:
    with inside():
        assert operations.credentials_due() == []

        assert operations.make_all_again() == 1

        assert [wish.username for wish in operations.credentials_due()] == [edge.key]


def test_agents_are_for_who_manages_devices(till: Browser, browser: Browser, enrolled: Callable[[int], Edge]) -> None:
    assert [till.get("/devices/agents").status_code, browser.get("/devices/agents").status_code] == [401, 401]


def test_a_password_is_worked_out_from_the_servers_secret_alone() -> None:
    first = broker_password(b"secret", agent_key="a" * 12, number=1)

    assert first == broker_password(b"secret", agent_key="a" * 12, number=1)
    assert len({first, broker_password(b"secret", agent_key="b" * 12, number=1),
                broker_password(b"secret", agent_key="a" * 12, number=2),
                broker_password(b"other", agent_key="a" * 12, number=1)}) == 4  # fmt: skip
    with pytest.raises(ValueError, match="AISALES_SECRET_FILE"):
        broker_password(b"", agent_key="a" * 12, number=1)
