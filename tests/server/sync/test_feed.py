"""The feed: rows by cursor and topic, each once, for the terminal's branch; a new beginning where the past is gone."""

import orjson
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from server.catalog import operations
from server.catalog.operations import CategoryFields, NewPrice, Pack
from server.core import changes
from server.core.changes import ChangeSequence, CursorTooOld
from server.core.transaction import reading, session, writing
from server.stores.operations import create_branch, put_settings
from server.stores.queries import company
from server.sync import feed
from server.sync.schemas import ROWS
from tests.server.catalog.conftest import COLA, CountQueries, World

pytestmark = pytest.mark.pooled

EVERYTHING = list(feed.TOPICS)


def _since(cursor: int, terminal_id: int, *, topics: list[str] = EVERYTHING, limit: int = 500) -> dict:
    with reading():
        return feed.changes_since(cursor, topics, feed.receiver(terminal_id), limit=limit)


def test_a_row_that_changed_twice_comes_once_as_it_is_now(world: World, terminal_id: int) -> None:
    with writing():
        start = changes.head()
        item = operations.create_item(world.item())
        operations.change_item(item.id, world.item(name="Limonad"))

    page = _since(start, terminal_id)

    assert [(row["kind"], row["id"]) for row in page["changes"]] == [("price", item.id + 1), ("item", item.id)]
    assert page["changes"][1]["row"]["name"] == "Limonad"
    assert page["changes"][1]["row"]["barcodes"] == [[COLA, 1000]]
    assert (page["from"], page["to"], page["more"]) == (start, item.rev, False)


def test_pages_follow_each_other_until_the_head(world: World, terminal_id: int) -> None:
    with writing():
        start = changes.head()
        operations.create_items([world.item(sku=f"S{n}", barcodes=(), price_minor=None) for n in range(7)])
        head = changes.head()
    seen, cursor, more = [], start, True

    while more:
        page = _since(cursor, terminal_id, limit=3)
        seen += [row["row"]["sku"] for row in page["changes"]]
        cursor, more = page["to"], page["more"]

    assert seen == [f"S{n}" for n in range(7)]
    assert cursor == head


def test_a_terminal_gets_only_the_topics_it_asks_for(world: World, terminal_id: int) -> None:
    with writing():
        start = changes.head()
        put_settings([{"key": "till.sound", "value": True}], None)
        operations.create_category("Meyvə")

    assert [row["kind"] for row in _since(start, terminal_id, topics=["settings"])["changes"]] == ["setting"]
    assert [row["kind"] for row in _since(start, terminal_id, topics=["catalogue"])["changes"]] == ["category"]


def test_prices_of_another_branch_stay_away(world: World, terminal_id: int) -> None:
    with writing():
        item = operations.create_item(world.item())
        other = create_branch(company().id, "B2", "Filial")
        start = changes.head()
        operations.set_price(NewPrice(item.id, 99, branch_id=other.id))
        operations.set_price(NewPrice(item.id, 98, branch_id=world.branch_id))

    assert [row["row"]["amount_minor"] for row in _since(start, terminal_id)["changes"]] == [98]


def test_a_setting_comes_as_it_holds_in_the_branch(world: World, terminal_id: int) -> None:
    with writing():
        put_settings([{"key": "till.sound", "value": False}], world.branch_id)
        start = changes.head()
        put_settings([{"key": "till.sound", "value": True}], None)

    rows = [row["row"] for row in _since(start, terminal_id)["changes"]]

    assert [(row["key"], row["value"]) for row in rows] == [("till.sound", False)]


def test_a_cursor_older_than_what_is_kept_begins_anew(world: World, terminal_id: int) -> None:
    with writing():
        old = changes.head()
        operations.create_category("Meyvə")
        session().execute(sa.update(ChangeSequence).values(kept_from=changes.head()))

    with pytest.raises(CursorTooOld):
        _since(old, terminal_id)


def test_a_cursor_of_a_future_that_never_was_begins_anew(world: World, terminal_id: int) -> None:
    with reading():
        head = changes.head()

    with pytest.raises(CursorTooOld):
        _since(head + 1, terminal_id)


def test_the_feed_asks_one_query_a_kind_however_many_rows(
    world: World, terminal_id: int, count_queries: CountQueries
) -> None:
    with writing():
        start = changes.head()
        operations.create_items([world.item(sku=f"S{n}", barcodes=(Pack(f"X{n}"),)) for n in range(200)])

    few = count_queries(lambda: _since(start, terminal_id, limit=10))
    many = count_queries(lambda: _since(start, terminal_id, limit=500))

    assert many <= few + 1  # the longer page holds prices as well: one more kind


def test_rows_are_what_their_schemas_say(world: World, terminal_id: int) -> None:
    with writing():
        start = 0
        item = operations.create_item(world.item(plu=7, quick_position=3))
        operations.set_price(NewPrice(item.id, 99, kind="promotion"))
        operations.change_category(world.drinks, CategoryFields("Sular"), rev=None)
        operations.archive_item(operations.create_item(world.item(sku="C2", barcodes=())).id)
        put_settings([{"key": "till.sound", "value": True}], None)

    page = _since(start, terminal_id)

    kinds = {row["kind"] for row in page["changes"]}
    assert kinds >= {
        "item",
        "price",
        "category",
        "unit",
        "tax_class",
        "tax_rate",
        "label_template",
        "branch",
        "company",
    }
    for change in page["changes"]:
        if change["row"] is not None:
            assert orjson.loads(orjson.dumps(change["row"])) == ROWS[change["kind"]]().dump(change["row"])


def test_every_kind_of_the_feed_has_its_schema() -> None:
    assert set(feed.FEED) == set(ROWS)


def test_changes_are_answered_as_json_to_a_terminal_only(world: World, at_till: None, client: FlaskClient) -> None:
    answer = client.get("/api/v1/sync/changes?cursor=0&topics=catalogue&limit=5")

    assert answer.status_code == 200
    assert answer.json["from"] == 0
    assert len(answer.json["changes"]) == 5


def test_a_cursor_too_old_is_answered_410(world: World, at_till: None, client: FlaskClient) -> None:
    answer = client.get("/api/v1/sync/changes?cursor=9999999999999")

    assert (answer.status_code, answer.json["code"], answer.json["params"]) == (410, "reset", {"reset": True})


@pytest.mark.parametrize("query", ["", "cursor=-1", "cursor=x", "cursor=0&topics=weather", "cursor=0&limit=5000"])
def test_a_question_that_makes_no_sense_names_its_field(
    world: World, at_till: None, client: FlaskClient, query: str
) -> None:
    answer = client.get(f"/api/v1/sync/changes?{query}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] in ("cursor", "topics", "limit")


def test_a_person_without_a_terminal_gets_no_feed(world: World, owner: object, client: FlaskClient) -> None:
    assert client.get("/api/v1/sync/changes?cursor=0").status_code == 401
