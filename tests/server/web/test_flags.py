"""Flags wait until someone has looked; rejected operations are kept whole."""

from flask.testing import FlaskClient

from server.core import flags
from server.core.ids import new_id
from server.core.inbox import RejectedOperation
from server.core.transaction import session, writing
from tests.server.catalog.conftest import World
from tests.server.conftest import NOW_MS


def test_open_flags_are_listed_and_settled_once(world: World, owner: object, client: FlaskClient) -> None:
    with writing():
        first = flags.raise_flag("negative_stock", "sale", "s1", {"item_id": 5})
        flags.raise_flag("price_differs", "sale", "s2")

    settled = client.post(f"/api/v1/flags/{first}/settle", json={"note": "Mal sonra gəldi"})
    again = client.post(f"/api/v1/flags/{first}/settle", json={"note": "Başqa söz"})
    waiting = client.get("/api/v1/flags").json["rows"]
    every = client.get("/api/v1/flags?open=false&kind=negative_stock").json["rows"]

    assert (settled.status_code, settled.json["note"], settled.json["settled_by"]) == (200, "Mal sonra gəldi", 1)
    assert again.json["note"] == "Mal sonra gəldi"
    assert [row["kind"] for row in waiting] == ["price_differs"]
    assert [(row["subject_id"], row["detail"]) for row in every] == [("s1", {"item_id": 5})]


def test_flags_page_by_cursor(world: World, owner: object, client: FlaskClient) -> None:
    with writing():
        flags.raise_flags([("price_differs", "sale", f"s{n}", {}) for n in range(5)])
    seen, cursor = [], ""

    while cursor is not None:
        page = client.get(f"/api/v1/flags?limit=2{cursor and '&cursor=' + cursor}").json
        seen += [row["subject_id"] for row in page["rows"]]
        cursor = page["next"]

    assert sorted(seen) == [f"s{n}" for n in range(5)]


def test_a_flag_that_is_not_there_is_not_found(world: World, owner: object, client: FlaskClient) -> None:
    assert client.post(f"/api/v1/flags/{new_id()}/settle", json={"note": "?"}).status_code == 404


def test_rejected_operations_are_shown_whole_until_settled(
    world: World, owner: object, terminal_id: int, client: FlaskClient
) -> None:
    operation_id = new_id()
    row = RejectedOperation(
        operation_id=operation_id,
        terminal_id=terminal_id,
        body={"kind": "sale", "body": {"total_minor": 5}},
        error={"code": "malformed", "params": {}},
        received_at=NOW_MS,
    )
    with writing():
        session().add(row)

    [shown] = client.get("/api/v1/flags/rejected").json["rows"]
    done = client.post(f"/api/v1/flags/rejected/{operation_id}/settle", json={"note": "Təkrar satıldı"})

    assert (shown["terminal"], shown["body"]["body"]) == ("Kassa 1", {"total_minor": 5})
    assert done.json["settled_at"] is not None
    assert client.get("/api/v1/flags/rejected").json["rows"] == []


def test_nobody_else_sees_them(world: World, nobody: object, client: FlaskClient) -> None:
    assert client.get("/api/v1/flags").status_code == 401
