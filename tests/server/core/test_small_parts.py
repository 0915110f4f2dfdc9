"""Plurals, fields with codes, cursors, keys that are answered twice, reactions that fail."""

import dataclasses
import uuid

import pytest
import sqlalchemy as sa
from flask import current_app
from marshmallow import ValidationError

from server.core import actor, announce, audit, changes, clock, flags, paging, transaction
from server.core.actor import Actor, Cap
from server.core.announce import ReactionDue
from server.core.audit import Audit
from server.core.errors import FieldError, Invalid, NotAllowed, NotSignedIn
from server.core.flags import Flag
from server.core.ids import new_id, repeatable
from server.core.schemas import Body, Text, Utc, field_errors, list_of, whole
from server.core.tenant import Tenant
from server.core.words import plural_category


@pytest.mark.parametrize(
    ("language", "n", "category"),
    [
        ("ru", 1, "one"),
        ("ru", 3, "few"),
        ("ru", 11, "many"),
        ("ru", 21, "one"),
        ("ru", 12, "many"),
        ("ru", 0, "many"),
        ("az", 1, "one"),
        ("az", 5, "other"),
        ("tr", 1, "one"),
        ("en", 0, "other"),
    ],
)
def test_plurals_follow_the_language(language: str, n: int, category: str) -> None:
    assert plural_category(language, n) == category


class Order(Body):
    name = Text(at_most=5, required=True)
    pieces = list_of(whole(1, 3), most=2, required=True)
    due_at = Utc()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"pieces": []}, FieldError("name", "required", {})),
        ({"name": "abcdef", "pieces": []}, FieldError("name", "length", {"least": "1", "most": "5"})),
        ({"name": "a\x1bp", "pieces": []}, FieldError("name", "control_characters", {})),
        ({"name": "a\x00", "pieces": []}, FieldError("name", "control_characters", {})),
        ({"name": "\ud800", "pieces": []}, FieldError("name", "not_text", {})),
        ({"name": "a", "pieces": [1, 9]}, FieldError("pieces.1", "out_of_range", {"least": "1", "most": "3"})),
        ({"name": "a", "pieces": [1.5]}, FieldError("pieces.0", "not_integer", {})),
        ({"name": "a", "pieces": [1, 1, 1]}, FieldError("pieces", "count", {"least": "0", "most": "2"})),
        ({"name": "a", "pieces": [], "due_at": "2026-11-24"}, FieldError("due_at", "not_instant", {})),
        ({"name": "a", "pieces": [], "colour": "red"}, FieldError("colour", "unknown_field", {})),
    ],
)
def test_a_faulty_field_is_named_with_what_is_allowed(body: dict[str, object], error: FieldError) -> None:
    with pytest.raises(ValidationError) as refused:
        Order().load(body)

    assert list(field_errors(refused.value.normalized_messages())) == [error]


def test_an_instant_is_milliseconds_inside_and_iso_outside() -> None:
    loaded = Order().load({"name": "a", "pieces": [], "due_at": "2026-11-24T20:00:00.250Z"})

    assert loaded["due_at"] % 1000 == 250
    assert Order().dump(loaded)["due_at"] == "2026-11-24T20:00:00.250Z"


def test_pages_hold_every_row_once_in_order(in_shop: Tenant) -> None:
    with transaction.writing():
        flags.raise_flags([("price_differs", "sale", str(number % 3), {}) for number in range(25)])

    seen, cursor = [], None
    with transaction.reading():
        while True:
            order = [(Flag.subject_id, True), (Flag.id, False)]
            rows, cursor = paging.page(sa.select(Flag), order, limit=4, cursor=cursor)
            seen.extend(rows)
            if cursor is None:
                break

    assert len({flag.id for flag in seen}) == len(seen) == 25
    assert [flag.subject_id for flag in seen] == sorted((flag.subject_id for flag in seen), reverse=True)


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "eyJhIjoxfQ", "WzFd"])
def test_a_cursor_that_was_not_made_here_is_refused(in_shop: Tenant, cursor: str) -> None:
    with transaction.reading(), pytest.raises(Invalid):
        paging.page(sa.select(Flag), [(Flag.subject_id, True), (Flag.id, False)], limit=4, cursor=cursor)


def test_a_right_is_asked_of_who_acts(in_shop: Tenant) -> None:
    cashier = Actor(kind="person", person_id=7, rights={"sale.ring": Cap(), "sale.discount_line": Cap(bp=500)})

    with actor.acting(cashier):
        assert actor.require("sale.ring").person_id == 7
        with pytest.raises(NotAllowed):
            actor.require("stock.adjust")
    with actor.acting(actor.NOBODY), pytest.raises(NotSignedIn):
        actor.require("sale.ring")
    assert cashier.rights["sale.discount_line"].covers(bp=500)
    assert not cashier.rights["sale.discount_line"].covers(bp=501)


def test_the_audit_trail_never_holds_a_secret(in_shop: Tenant) -> None:
    with transaction.writing():
        audit.write("person.changed", "person", 1, before={"name": "A"}, after={"name": "B", "pin_hash": "x"})

    with transaction.reading() as session:
        row = session.scalars(sa.select(Audit)).one()
    assert row.after == {"name": "B"}


def test_changes_come_by_topic_and_branch(in_shop: Tenant) -> None:
    with transaction.writing():
        first = changes.record("catalogue", "item", 1)
        changes.record("people", "person", 2)
        changes.record("catalogue", "price", 3, branch_id=8)
        changes.record("catalogue", "price", 4, branch_id=9)

    with transaction.reading():
        rows, more = changes.since(first - 1, ["catalogue"], branch_id=8, limit=10)
    assert [row.id for row in rows] == ["1", "3"]
    assert not more


def test_a_cursor_below_what_is_kept_asks_for_a_snapshot(in_shop: Tenant) -> None:
    with transaction.writing() as session:
        session.execute(sa.update(changes.ChangeSequence).values(kept_from=5))
    with transaction.reading(), pytest.raises(changes.CursorTooOld):
        changes.since(4, ["catalogue"], branch_id=None, limit=1)


def test_ids_repeat_when_time_and_randomness_do() -> None:
    with repeatable(3):
        first = [new_id(1000), new_id(1000)]
    with repeatable(3):
        again = [new_id(1000), new_id(1000)]

    assert first == again
    assert first[0] != first[1]


@dataclasses.dataclass(frozen=True)
class SomethingHappened:
    """An event of this test."""

    id: uuid.UUID


is_mended = False


def react(event: SomethingHappened) -> None:
    """A reaction that fails until its cause is mended."""
    if not is_mended:
        raise RuntimeError("the cause is still there")
    flags.raise_flag("paid_twice", "event", str(event.id))


def test_a_failing_reaction_leaves_a_pushed_fact_booked_and_is_done_later(
    in_shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(current_app.extensions, "aisales_reactions", {SomethingHappened: (react,)})
    with transaction.writing(), announce.pushed_facts():
        flags.raise_flag("price_differs", "sale", "the fact")
        announce.announce(SomethingHappened(new_id()))

    with transaction.reading() as session:
        assert set(session.scalars(sa.select(Flag.kind))) == {"price_differs", "reaction_failed"}
    later = clock.now_ms() + announce.PAUSES_MS[0]
    with transaction.writing():
        assert announce.retry_due(later) == 0
    monkeypatch.setattr(f"{__name__}.is_mended", True)
    with transaction.writing() as session:
        due = session.scalars(sa.select(ReactionDue.due_at)).one()
        assert announce.retry_due(due) == 1

    with transaction.reading() as session:
        assert session.scalars(sa.select(ReactionDue.id)).all() == []
        assert session.scalars(sa.select(Flag).where(Flag.kind == "reaction_failed")).one().settled_at is not None
        assert session.scalar(sa.select(sa.func.count()).where(Flag.kind == "paid_twice")) == 1


def test_a_failing_reaction_refuses_a_request(in_shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.extensions, "aisales_reactions", {SomethingHappened: (react,)})
    monkeypatch.setattr(f"{__name__}.is_mended", False)

    with pytest.raises(RuntimeError, match="still there"), transaction.writing():
        announce.announce(SomethingHappened(new_id()))
