"""Leases of registers: one terminal at a time, a series each, taken over only with the right."""

import pytest

from server.cash.models import RegisterLease
from server.core.doors import App
from server.core.tenant import Tenant
from server.devices import operations as devices
from tests.server.worlds import StillBrowser, Terminal, World, make_world

BREAD = "Tandır çörəyi"


@pytest.fixture
def world(app: App, shop: Tenant) -> World:
    return make_world(app, shop)


@pytest.fixture
def till(world: World) -> Terminal:
    return world.till()


def test_a_register_is_leased_to_one_terminal_and_taken_over_only_with_the_right(world: World, till: Terminal) -> None:
    register_id = world.founded.registers["K1"]
    again = till.browser.post("/cash/leases", {"register_id": register_id}).json["lease"]
    other = _second_terminal(world)

    refused = other.post("/cash/leases", {"register_id": register_id})
    without = other.post("/cash/leases", {"register_id": register_id, "take_over": True})
    _sign_in(other, world, "owner")
    taken = other.post("/cash/leases", {"register_id": register_id, "take_over": True}).json["lease"]

    assert (again["epoch"], again["series"], again["id"]) == (1, "K1", str(till.till.lease_id))
    assert (refused.status_code, refused.json["code"]) == (409, "register_taken")
    assert (without.status_code, without.json["code"]) in ((403, "not_allowed"), (401, "not_signed_in"))
    assert (taken["epoch"], taken["series"], taken["next"]) == (2, "K1.2", {"sale": 1, "shift": 1, "z": 1})
    first = next(row for row in world.rows(RegisterLease) if row.epoch == 1)
    assert first.ended_by == world.people["owner"]


def test_whoever_had_a_register_learns_that_it_was_taken_over(world: World, till: Terminal) -> None:
    cursor = till.browser.get("/sync/bootstrap").json["cursor"]
    other = _second_terminal(world)
    _sign_in(other, world, "owner")
    other.post("/cash/leases", {"register_id": world.founded.registers["K1"], "take_over": True})

    rows = till.browser.get("/sync/changes", cursor=cursor).json["changes"]

    [row] = [row["row"] for row in rows if row["kind"] == "register"]
    assert (row["id"], row["lease_epoch"]) == (world.founded.registers["K1"], 2)


def test_sales_of_an_ended_lease_are_booked_under_their_own_series_and_flagged(world: World, till: Terminal) -> None:
    till.open(5_000)
    other = _second_terminal(world)
    _sign_in(other, world, "owner")
    other.post("/cash/leases", {"register_id": world.founded.registers["K1"], "take_over": True})
    till.sell([till.line(BREAD)])

    answer = till.push()

    assert answer["results"][1]["flags"] == ["ended_lease"]


def test_the_lease_knows_the_highest_numbers(world: World, till: Terminal) -> None:
    till.open(5_000)
    till.sell([till.line(BREAD)])
    till.sell([till.line(BREAD)])
    till.close()
    till.push()

    lease = till.browser.post("/cash/leases", {"register_id": world.founded.registers["K1"]}).json["lease"]

    assert lease["next"] == {"sale": 3, "shift": 2, "z": 2}


def _second_terminal(world: World) -> StillBrowser:
    paired = world.inside(
        lambda: devices.pair_here(branch_id=world.branch_id, name="Planşet", public_key="key-2"), mode="writing"
    )
    browser = StillBrowser(world.app, world.shop)
    browser.plant("__Host-terminal", paired.token)
    return browser


def _sign_in(browser: StillBrowser, world: World, person: str) -> None:
    answer = browser.post("/staff/sign-in", {"person_id": world.people[person], "pin": world.pin(person)})
    assert answer.status_code == 200, answer.json
