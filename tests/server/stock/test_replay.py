"""Replays against known answers of textbooks and other systems, and against the slow model on any history."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.stock.replay import Event, Issued, Outcome, Received, Returned, Revalued, ValueChanged, recost, replay
from tests.server.stock import slow_model
from tests.server.stock.events import CASES, identifier, named, product_events

METHODS = ("fifo", "lifo", "average")


def layers_of(outcome: Outcome) -> list[list[int]]:
    return [[layer.left_milli, layer.left_minor] for layer in outcome.shelf.layers]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_known_answer(case: dict[str, Any]) -> None:
    outcome = replay(product_events(case["events"]), method=case["method"])

    assert named(outcome.costs) == case["costs"]
    assert (outcome.shelf.value_minor, layers_of(outcome)) == (case["value_minor"], case["layers"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_slow_model_knows_the_same_answer(case: dict[str, Any]) -> None:
    shelf = slow_model.run(case["events"], case["method"])

    assert shelf.costs == case["costs"]
    assert (shelf.value_minor, shelf.layers) == (case["value_minor"], case["layers"])


@pytest.mark.parametrize("case", [case for case in CASES if "late" in case], ids=lambda case: case["name"])
def test_what_comes_late_corrects_what_is_booked(case: dict[str, Any]) -> None:
    booked = [event for event in case["events"] if event["id"] not in case["late"]]
    recorded = replay(product_events(booked), method=case["method"]).costs

    corrections = recost(recorded, product_events(case["events"]), method=case["method"])

    assert named(recorded) == case["recorded"]
    for name, cost in case["costs"].items():
        assert case["recorded"].get(name, 0) + corrections.get(identifier(name), 0) == cost


def test_the_cases_are_many_and_each_has_its_source() -> None:
    assert len(CASES) >= 35
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert all(case["source"] for case in CASES)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], str]:
    """Events of a few thousandths each, for every piece is an object of the slow model."""
    events: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 14))):
        event = _next(draw, events) | {"id": f"{number:02}", "at": number // 2}
        events.append(event)
    return events, draw(st.sampled_from(METHODS))


def _next(draw: st.DrawFn, events: list[dict[str, Any]]) -> dict[str, Any]:
    ids = {kind: [event["id"] for event in events if event["kind"] == kind] for kind in ("receipt", "issue", "return")}
    kinds = ["receipt", "issue", "issue", "loose", "method"]
    kinds += ["return"] * 2 * bool(ids["issue"]) + ["change"] * 2 * bool(ids["receipt"])
    kind, quantity = draw(st.sampled_from(kinds)), draw(st.integers(1, 9))
    match kind:
        case "receipt":
            return {"kind": kind, "quantity_milli": quantity, "value_minor": draw(st.integers(0, 200))}
        case "issue":
            return {"kind": kind, "quantity_milli": quantity}
        case "return":
            return {"kind": kind, "quantity_milli": quantity, "of": draw(st.sampled_from(ids["issue"]))}
        case "loose":
            return {"kind": "return", "quantity_milli": quantity, "value_minor": draw(st.none() | st.integers(0, 50))}
        case "change":
            changed = draw(st.sampled_from(ids["receipt"] + ids["return"]))
            return {"kind": kind, "of": changed, "amount_minor": draw(st.integers(-120, 120))}
        case _:
            return {"kind": "revaluation", "method": draw(st.sampled_from(METHODS))}


def came(events: list[dict[str, Any]]) -> int:
    """All value that came: receipts and what their prices changed by."""
    return sum(event["value_minor"] for event in events if event["kind"] == "receipt") + sum(
        event["amount_minor"] for event in events if event["kind"] == "change"
    )


@settings(max_examples=300)
@given(histories(), st.integers(-40, 60))
def test_any_history_is_that_of_the_slow_model(history: tuple[list[dict[str, Any]], str], gain: int) -> None:
    events, method = history
    slow = slow_model.run(events, method)
    on_the_shelf = sum(worth for _, worth in slow.layers)
    if slow.layers:
        revalued = {"kind": "revaluation", "amount_minor": max(gain, -on_the_shelf), "id": "zz", "at": 99}
        sold = {"kind": "issue", "quantity_milli": 5, "id": "zzz", "at": 100}
        events = [*events, revalued, sold]
        slow = slow_model.run(events, method)

    outcome = replay(product_events(events), method=method)

    assert named(outcome.costs) == slow.costs
    assert layers_of(outcome) == slow.layers
    assert (outcome.shelf.quantity_milli, outcome.shelf.value_minor) == (slow.on_hand_milli, slow.value_minor)
    assert [(owed.take_id, owed.left_milli) for owed in outcome.shelf.owed] == [
        (identifier(name), milli) for name, milli in slow.owed
    ]
    assert outcome.method == slow.method
    assert outcome.revalued_minor == slow.revalued
    if slow.last is not None:
        assert outcome.shelf.last_minor == slow.last * outcome.shelf.last_milli
    assert came(events) + outcome.revalued_minor == sum(outcome.costs.values()) + outcome.shelf.value_minor
    assert all(layer.left_milli > 0 and layer.left_minor >= 0 for layer in outcome.shelf.layers)
    owed = {owed.take_id: owed.provisional(owed.left_milli) for owed in outcome.shelf.owed}
    for id, takes in outcome.takes.items():
        assert outcome.costs[id] == sum(take.value_minor for take in takes) + owed.get(id, 0)


@settings(max_examples=150)
@given(histories(), st.randoms(use_true_random=False))
def test_books_corrected_as_events_come_are_those_of_a_rebuild(
    history: tuple[list[dict[str, Any]], str], chance: random.Random
) -> None:
    """Each event comes at a random moment, those that it speaks of before it, and every arrival is booked."""
    events, method = history
    books: dict[Any, int] = {}
    arrived: list[dict[str, Any]] = []
    for event in _arrivals(events, chance):
        arrived.append(event)
        given_ = product_events(arrived)
        for id, correction in recost(books, given_, method=method).items():
            books[id] = books.get(id, 0) + correction
        stock = replay(given_, method=method).shelf.value_minor

        assert recost(books, given_, method=method) == {}
        assert came(arrived) == sum(books.values()) + stock

    rebuilt = replay(product_events(events), method=method).costs
    assert {id: cost for id, cost in books.items() if cost} == {id: cost for id, cost in rebuilt.items() if cost}


def _arrivals(events: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    waiting, arrived = list(events), []
    while waiting:
        known = {event["id"] for event in arrived}
        ready = [event for event in waiting if event.get("of") is None or event["of"] in known]
        event = chance.choice(ready)
        waiting.remove(event)
        arrived.append(event)
    return arrived


def test_a_cost_is_explained_by_its_layers() -> None:
    case = next(case for case in CASES if case["name"] == "68 at 15.00 and 26 at 15.50")

    takes = replay(product_events(case["events"])).takes[identifier("mar09")]

    assert [(take.layer_id, take.quantity_milli, take.value_minor) for take in takes] == [
        (identifier("mar01"), 68_000, 102_000),
        (identifier("mar05"), 26_000, 40_300),
    ]


def test_events_are_put_in_order_whatever_order_they_come_in() -> None:
    first, second = Received(identifier("a"), 1, 2_000, 300), Received(identifier("b"), 1, 2_000, 500)
    sold = Issued(identifier("c"), 2, 2_000)

    assert replay([sold, second, first]) == replay([first, second, sold])
    assert named(replay([sold, second, first]).costs) == {"c": 300}


def test_what_is_recorded_and_did_not_happen_gets_its_cost_back() -> None:
    received = Received(identifier("a"), 1, 2_000, 300)

    assert named(recost({identifier("x"): 150}, [received])) == {"x": -150}


def test_a_price_taken_off_that_nobody_can_bear_is_a_cost_of_its_own() -> None:
    """10.00 were written down to 4.00 before the supplier took 7.00 off: 3.00 more than the goods are worth."""
    life = [
        Received(identifier("a"), 1, 1_000, 1_000),
        Revalued(identifier("b"), 2, -600),
        ValueChanged(identifier("c"), 3, identifier("a"), -700),
    ]

    outcome = replay(life)

    assert named(outcome.costs) == {"c": -300}
    assert outcome.shelf.value_minor == 0


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Returned(identifier("z"), 9, 1_000, identifier("never")), "came back"),
        (ValueChanged(identifier("z"), 9, identifier("never"), 5), "does not stand before"),
        (Revalued(identifier("z"), 9, -301), "worth less"),
        (Issued(identifier("z"), 9, 0), "positive"),
    ],
)
def test_what_cannot_have_happened_is_refused(event: Event, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replay([Received(identifier("a"), 1, 2_000, 300), event])


def test_nothing_on_hand_cannot_be_revalued() -> None:
    with pytest.raises(ValueError, match="nothing"):
        replay([Revalued(identifier("z"), 9, 100)])


def test_only_events_of_a_shelf_are_replayed() -> None:
    with pytest.raises(TypeError, match="no event"):
        replay([Event(identifier("z"), 1)])
