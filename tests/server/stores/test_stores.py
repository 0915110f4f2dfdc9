"""Company, branches, warehouses and settings: who may change them, and what the feed says of it."""

import pytest
import sqlalchemy as sa

from fixtures.browser import Browser
from server.core import changes
from server.core.audit import Audit
from server.core.transaction import session
from server.stores import operations, queries
from server.stores.operations import BranchCodeTaken, LastBranch
from tests.server.staff.conftest import Inside, World, browser, inside, now, owner, sign_in, till, world

__all__ = ["browser", "inside", "now", "owner", "till", "world"]


def test_the_company_stands_as_it_was_founded_and_can_be_changed(owner: Browser) -> None:
    shown = owner.get("/stores/company").json
    body = {"name": "Yeni ad MMC", "tax_id": "1234567891", "tax_regime": "simplified", "rev": shown["rev"]}

    changed = owner.put("/stores/company", body)

    assert shown["name"] == "Xoşnar Market MMC"
    assert changed.status_code == 200
    assert owner.get("/stores/company").json == changed.json
    assert owner.put("/stores/company", body).json["code"] == "changed_meanwhile"


def test_a_branch_comes_with_its_warehouse(owner: Browser, inside: Inside) -> None:
    answer = owner.post("/stores/branches", {"code": "B7", "name": "Gəncə", "cut_off_min": 0, "language": "ru"})

    assert answer.status_code == 201
    with inside():
        assert queries.warehouse_of(answer.json["id"]).name == "Gəncə"
    assert (answer.json["timezone"], answer.json["cut_off_min"], answer.json["language"]) == ("Asia/Baku", 0, "ru")


def test_a_branch_code_is_unique_whatever_its_case(owner: Browser) -> None:
    answer = owner.post("/stores/branches", {"code": "b1", "name": "İkinci"})

    assert (answer.status_code, answer.json["code"], answer.json["params"]) == (
        409,
        "branch_code_taken",
        {"code": "b1"},
    )


def test_a_branch_changes_but_its_code_stays(owner: Browser, world: World) -> None:
    path = f"/stores/branches/{world.branch_id}"

    changed = owner.put(
        path, {"name": "Yasamal", "address": "Çinarbağı küç. 27", "receipt_foot": "Sağ olun!\nGözləyirik"}
    )
    with_code = owner.put(path, {"name": "Yasamal", "code": "X"})

    assert (changed.json["code"], changed.json["name"], changed.json["receipt_foot"]) == (
        "B1",
        "Yasamal",
        "Sağ olun!\nGözləyirik",
    )
    assert with_code.json["errors"][0]["code"] == "unknown_field"


def test_an_unknown_branch_and_a_wrong_time_zone_are_told_plainly(owner: Browser, world: World) -> None:
    unknown = owner.put("/stores/branches/77", {"name": "Heç yer"})
    wrong = owner.put(f"/stores/branches/{world.branch_id}", {"name": "A", "timezone": "Mars/Olympus"})

    assert (unknown.status_code, unknown.json["code"]) == (404, "not_found")
    assert wrong.json["errors"][0]["code"] == "not_a_timezone"


def test_only_who_may_changes_the_shop(till: Browser, world: World) -> None:
    sign_in(till, world, "manager")

    answers = [
        till.put("/stores/company", {"name": "A", "tax_id": "1"}),
        till.post("/stores/branches", {"code": "B9", "name": "A"}),
        till.put(f"/stores/branches/{world.branch_id}", {"name": "A"}),
        till.put("/stores/settings", {"settings": [{"key": "a", "value": 1}]}),
    ]

    assert [(answer.status_code, answer.json["params"]) for answer in answers] == [
        (403, {"right": "settings.manage"})
    ] * 4
    assert till.get("/stores/branches").status_code == 200


def test_a_setting_of_a_branch_goes_before_the_shops(owner: Browser, world: World, inside: Inside) -> None:
    owner.put(
        "/stores/settings",
        {"settings": [{"key": "receipt.print", "value": True}, {"key": "sale.quick", "value": [5, 10]}]},
    )
    body = {"branch_id": world.branch_id, "settings": [{"key": "receipt.print", "value": False}]}

    answer = owner.put("/stores/settings", body)

    assert answer.status_code == 200
    assert len(owner.get("/stores/settings", branch_id=world.branch_id).json["rows"]) == 3
    with inside():
        assert queries.settings_of(world.branch_id) == {"receipt.print": False, "sale.quick": [5, 10]}
        assert queries.settings_of(world.other_branch_id) == {"receipt.print": True, "sale.quick": [5, 10]}


def test_setting_the_same_again_is_no_news(inside: Inside, world: World) -> None:
    with inside():
        first = operations.put_setting("receipt.print", True)
        cursor = changes.head()

        again = operations.put_setting("receipt.print", True)

        assert (again.id, again.rev, changes.head()) == (first.id, first.rev, cursor)


def test_settings_take_plain_values_only(owner: Browser) -> None:
    for value in ({"a": 1}, 1.5, [[1]], "a\x00b", 2**60, ["x"] * 51):
        answer = owner.put("/stores/settings", {"settings": [{"key": "a", "value": value}]})
        assert (answer.status_code, answer.json["code"]) == (422, "invalid"), value


def test_every_change_is_in_the_feed_with_its_number(inside: Inside) -> None:
    with inside():
        company = operations.create_company(name="A", tax_id="1")
        branch = operations.create_branch(company.id, "C1", "Mərkəz")
        changed = operations.change_branch(branch, {"name": "Yeni"})

        rows, _ = changes.since(0, ["settings"], branch_id=None, limit=20)

        assert [(row.kind, int(row.id)) for row in rows][-4:] == [
            ("company", company.id),
            ("branch", branch.id),
            ("warehouse", queries.warehouse_of(branch.id).id),
            ("branch", branch.id),
        ]
        assert rows[-1].rev == changed.rev


def test_the_last_branch_stays_open(inside: Inside, world: World) -> None:
    with inside():
        operations.archive_branch(queries.branch(world.other_branch_id))

        with pytest.raises(LastBranch):
            operations.archive_branch(queries.branch(world.branch_id))

        assert [branch.id for branch in queries.branches()] == [world.branch_id]
        assert len(queries.branches(archived=True)) == 2


def test_a_taken_code_is_refused_before_the_database_says_so(inside: Inside, world: World) -> None:
    with inside(), pytest.raises(BranchCodeTaken):
        operations.create_branch(queries.company().id, "B2", "Yenə")


def test_who_changed_the_shop_is_in_the_audit_trail(owner: Browser, world: World, inside: Inside) -> None:
    owner.put(f"/stores/branches/{world.branch_id}", {"name": "Yasamal"})

    with inside():
        row = session().scalars(sa.select(Audit).where(Audit.verb == "change_branch")).one()
        assert (row.actor_kind, row.actor_id) == ("person", world.people["owner"])
        assert (row.before["name"], row.after["name"]) == ("Xoşnar Market", "Yasamal")
