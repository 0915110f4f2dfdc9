"""The catalogue's file: columns that agree with the rows, made once a cursor, found again, never changed."""

import gzip
import hashlib
import itertools
import json
from typing import Any

from flask.testing import FlaskClient

from server.catalog import operations
from server.catalog.models import Item
from server.catalog.operations import NewPrice
from server.core import changes, clock
from server.core.transaction import reading, session, writing
from server.sync import bootstrap, feed, snapshot
from tests.server.catalog.conftest import COLA, World
from tests.server.conftest import NOW_MS


def _content(branch_id: int) -> dict[str, Any]:
    """The file with every column as a list of values."""
    with reading():
        content, rows = snapshot.build(branch_id, 1)
    read = json.loads(content)
    counts = {
        "items": rows,
        "barcodes": len(_values(read["barcodes"]["item_id"])),
        "prices": len(_values(read["prices"]["id"])),
    }
    for table, count in counts.items():
        read[table] = {name: _values(column, count) for name, column in read[table].items()}
    return read


def _values(column: Any, count: int = 0) -> list[Any]:
    match column:
        case {"text": text}:
            return text.split("\n")
        case {"same": value}:
            return [value] * count
        case {"steps": steps}:
            return list(itertools.accumulate(steps))
    return column


def test_columns_hold_the_items_that_are_sold(world: World) -> None:
    with writing():
        kept = operations.create_item(world.item(quick_position=2))
        operations.archive_item(operations.create_item(world.item(sku="C2", barcodes=())).id)

    content = _content(world.branch_id)

    assert content["items"]["id"] == [kept.id]
    assert (content["items"]["sku"], content["items"]["by_name"]) == (["C1"], [0])
    assert (content["items"]["is_weighed"], content["items"]["quick_position"]) == ([0], [2])
    assert content["barcodes"] == {"code": [COLA], "item_id": [kept.id], "quantity_milli": [1000]}
    assert content["prices"]["amount_minor"] == [120]
    assert [row["name"] for row in content["categories"]] == ["İçkilər"]


def test_the_order_of_names_stands_beside_the_order_of_ids(world: World) -> None:
    names = ["Şorba", "Alma", "Çay", "Cem", "Əncir"]
    with writing():
        operations.create_items([world.item(sku=f"S{at}", name=name, barcodes=()) for at, name in enumerate(names)])

    items = _content(world.branch_id)["items"]

    assert items["name"] == names
    assert [items["name"][place] for place in items["by_name"]] == ["Alma", "Cem", "Çay", "Əncir", "Şorba"]


def test_items_stand_in_the_order_of_their_ids_however_they_were_changed(world: World) -> None:
    with writing():
        made = [operations.create_item(world.item(sku=f"S{at}", barcodes=())).id for at in range(3)]
    with writing():
        session().get_one(Item, made[0]).name = "Alma"

    items = _content(world.branch_id)["items"]

    assert (items["id"], items["name"][0], items["by_name"][0]) == (made, "Alma", 0)


def test_an_item_that_came_while_the_file_is_made_has_no_place_in_it(world: World) -> None:
    with writing():
        made = [operations.create_item(world.item(sku=f"S{at}", barcodes=())).id for at in range(3)]

    with reading():
        assert sorted(snapshot._by_name(made[:2])) == [0, 1]


def test_a_name_of_two_lines_moves_no_other_name(world: World) -> None:
    with writing():
        first = operations.create_item(world.item())
        operations.create_item(world.item(sku="C2", name="Alma", barcodes=()))
        session().get_one(Item, first.id).name = "Qazlı\niçki"

    assert _content(world.branch_id)["items"]["name"] == ["Qazlı içki", "Alma"]


def test_a_column_of_one_value_is_sent_as_that_value(world: World) -> None:
    with writing():
        operations.create_items([world.item(sku=f"S{n}", barcodes=()) for n in range(100)])

    with reading():
        sent = json.loads(snapshot.build(world.branch_id, 1)[0])

    assert sent["items"]["name"] == {"same": "Qazlı içki"}
    assert (sent["items"]["plu"], sent["prices"]["kind"]) == ({"same": None}, {"same": "regular"})
    assert sent["items"]["id"]["steps"][1:] == [1] * 99
    assert sent["barcodes"]["code"] == []


def test_only_prices_that_count_or_will_count_are_in_it(world: World) -> None:
    hour = 3_600_000
    with writing():
        item = operations.create_item(world.item())
        operations.set_price(NewPrice(item.id, 130))
        operations.set_price(NewPrice(item.id, 140, from_at=NOW_MS + hour))
        operations.set_price(NewPrice(item.id, 90, kind="promotion", until_at=NOW_MS + hour))
        operations.set_price(NewPrice(item.id, 125, branch_id=world.branch_id))

    assert _content(world.branch_id)["prices"]["amount_minor"] == [130, 140, 90, 125]
    assert _content(world.branch_id + 1)["prices"]["amount_minor"] == [130, 140, 90]
    with clock.frozen(NOW_MS + 2 * hour):
        assert _content(world.branch_id)["prices"]["amount_minor"] == [140, 125]


def test_an_empty_catalogue_has_empty_columns(world: World) -> None:
    content = _content(world.branch_id)

    assert content["items"]["id"] == content["prices"]["id"] == content["barcodes"]["code"] == []


def test_the_file_is_made_once_and_used_until_much_has_changed(world: World) -> None:
    with reading():
        first = snapshot.newest(world.branch_id)
    with writing():
        operations.create_item(world.item())
    with reading():
        again = snapshot.newest(world.branch_id)
    with writing():
        operations.create_items([world.item(sku=f"S{n}", barcodes=()) for n in range(300)])
    with reading():
        later = snapshot.newest(world.branch_id)
        head = changes.head()

    assert again == first
    assert (later.cursor, later.rows) == (head, 301)
    assert first.path.exists()


def test_bootstrap_and_changes_together_are_the_whole_truth(world: World, terminal_id: int) -> None:
    with reading():
        snapshot.newest(world.branch_id)
    with writing():
        item = operations.create_item(world.item())

    with reading():
        first_day = bootstrap.bootstrap(feed.receiver(terminal_id))
        page = feed.changes_since(first_day["cursor"], feed.TOPICS, feed.receiver(terminal_id), limit=500)

    assert [row["id"] for row in page["changes"] if row["kind"] == "item"] == [item.id]


def test_a_terminal_is_filled_from_bootstrap_and_file(world: World, at_till: None, client: FlaskClient) -> None:
    with writing():
        operations.create_item(world.item())

    first_day = client.get("/api/v1/sync/bootstrap?schema=2").json
    file = client.get(first_day["catalogue"]["url"], headers={"Accept-Encoding": "gzip"})

    content = gzip.decompress(file.data)
    assert file.headers["Content-Encoding"] == "gzip"
    assert "immutable" in file.headers["Cache-Control"]
    assert hashlib.sha256(content).hexdigest() == first_day["catalogue"]["sha256"]
    assert json.loads(content)["cursor"] == first_day["cursor"]
    assert first_day["catalogue"]["rows"] == 1
    assert first_day["branch"]["name"] == "Xoşnar Market"
    assert first_day["server_at"] == "2026-11-24T20:00:00.000Z"
    assert [rate["rate_bp"] for rate in first_day["tax_rates"]] == [1800, 0, 0]


def test_a_client_that_takes_no_gzip_gets_plain_json(world: World, at_till: None, client: FlaskClient) -> None:
    url = client.get("/api/v1/sync/bootstrap").json["catalogue"]["url"]

    plain = client.get(url, headers={"Accept-Encoding": "identity"})

    assert plain.json["items"]["id"] == []
    assert "Content-Encoding" not in plain.headers


def test_a_file_that_is_gone_says_so(world: World, at_till: None, client: FlaskClient) -> None:
    answer = client.get("/api/v1/sync/snapshot/77.json")

    assert (answer.status_code, answer.json["code"]) == (404, "snapshot_gone")
