"""Items out of CSV files: what spreadsheets write is understood, faults are named by row, all is booked or nothing."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from fixtures.valkey import Valkey
from server.catalog import exports, operations, queries
from server.catalog.events import ItemsImported
from server.catalog.imports import running
from server.catalog.imports.reading import BadFile, read
from server.catalog.imports.running import File
from server.catalog.jobs import requeue_imports, run_import
from server.catalog.models import Category, Item, ItemImport, Price
from server.catalog.operations import Pack
from server.core import changes, clock
from server.core.doors import App
from server.core.errors import Invalid
from server.core.transaction import reading, session, writing
from server.stores.operations import create_branch
from server.stores.queries import company
from tests.server.catalog.conftest import COLA, World
from tests.server.conftest import NOW_MS

DATA = Path(__file__).parent / "data"
HEAD = "SKU;Ad;Kateqoriya;Vahid;ƏDV;Barkod;Qiymət;Maya dəyəri;Qalıq"


def sample(name: str) -> File:
    return File(name, (DATA / name).read_bytes(), None)


def rows(*lines: str, head: str = HEAD) -> File:
    return File("mallar.csv", "\n".join([head, *lines]).encode(), None)


def faults(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(error["row"], error["field"], error["code"]) for error in report["errors"]]


def counted() -> dict[str, int]:
    with reading():
        tables = (Item, Category, Price, ItemImport)
        numbers = [session().scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
        return dict(zip(("items", "categories", "prices", "imports"), numbers, strict=True)) | {"head": changes.head()}


@pytest.fixture
def opened(app: App, world: World) -> list[ItemsImported]:
    """What is announced about opening stock; booking it is stock's own matter."""
    heard: list[ItemsImported] = []
    before = app.extensions["aisales_reactions"]
    app.extensions["aisales_reactions"] = {ItemsImported: (heard.append,)}
    yield heard
    app.extensions["aisales_reactions"] = before


def test_a_spreadsheet_of_goods_is_booked_whole(world: World, opened: list[ItemsImported]) -> None:
    report = running.start(sample("items_good.csv"))

    assert (report["state"], report["rows"], report["created"], report["faults"]) == ("done", 41, 41, 0)
    with reading():
        item, code = queries.item_of_code("4760790948901")
        price = queries.current_prices([item.id], NOW_MS)[item.id]
        weighed = session().scalars(sa.select(Item).where(Item.is_weighed)).all()
    assert (item.name, item.sku, price.amount_minor, code.quantity_milli) == (
        "Tost çörəyi Təknəli ağ 400 q",
        "1001",
        185,
        1000,
    )
    assert all(item.plu for item in weighed)
    [event] = opened
    assert (event.branch_id, event.file_name) == (world.branch_id, "items_good.csv")
    assert (event.openings[0].quantity_milli, event.openings[0].cost_minor) == (120_000, 120 * 169)


def test_commas_and_points_say_the_same_as_semicolons_and_commas(world: World, opened: list[ItemsImported]) -> None:
    report = running.start(sample("items_good_comma.csv"))

    assert (report["state"], report["created"]) == ("done", 5)
    with reading():
        case = queries.item_of_code("4764068572911")[1]
    assert case.quantity_milli == 12_000


def test_a_dry_run_reports_every_faulty_row_and_writes_nothing(world: World) -> None:
    before = counted()
    file = sample("items_faulty.csv")
    notes = {
        number: cells[11]
        for number, cells in enumerate(
            csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"), start=1
        )
        if len(cells) > 11
    }

    report = running.try_out(file)

    faulty = {row for row, _, _ in faults(report)}
    assert counted() == before
    assert {number for number, note in notes.items() if note == "none"} & faulty == set()
    assert {number for number, note in notes.items() if note not in ("none", "Qeyd")} - faulty == set()
    assert report["state"] == "checked"


def test_each_fault_says_what_is_allowed(world: World) -> None:
    report = running.try_out(sample("items_faulty.csv"))
    named = {error["row"]: error for error in report["errors"]}

    found = {error["code"] for error in report["errors"]}
    assert found == {
        *("required", "length", "control_characters", "twice", "not_amount", "out_of_range", "unit_unknown"),
        *("tax_unknown", "wrong_check_digit", "not_a_code", "code_spoilt", "pack_of_nothing", "not_yes_or_no"),
        *("weighed_needs_decimals", "not_integer", "not_quantity", "too_many_decimals", "too_many_cells"),
    }
    assert named[17]["params"]["choices"] == "ədəd, kq, l, m"
    [digit] = [error for error in report["errors"] if error["code"] == "wrong_check_digit"]
    assert (digit["field"], digit["params"]) == ("barcodes", {"code": "4760790948902", "expected": 1})


def test_one_faulty_row_keeps_all_others_out(world: World) -> None:
    before = counted()

    report = running.start(sample("items_faulty.csv"))

    after = counted()
    assert report["state"] == "refused"
    assert after | {"imports": 0, "head": 0} == before | {"imports": 0, "head": 0}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("items_empty.csv", "file_empty"),
        ("items_headers_only.csv", "file_without_rows"),
        ("items_headers_twice.csv", "column_twice"),
        ("items_without_price_column.csv", "columns_missing"),
        ("items_unclosed_quote.csv", "quote_not_closed"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(world: World, name: str, code: str) -> None:
    report = running.try_out(sample(name))

    assert [(field, found) for _, field, found in faults(report)] == [("file", code)]


def test_bytes_that_are_no_text_name_their_row(world: World) -> None:
    assert faults(running.try_out(sample("items_not_utf8.csv"))) == [(2, "file", "not_utf8")]


def test_a_nul_is_a_fault_of_its_row(world: World) -> None:
    found = faults(running.try_out(sample("items_with_nul.csv")))

    assert found
    assert {code for _, _, code in found} == {"control_characters"}


def test_a_missing_column_is_named(world: World) -> None:
    report = running.try_out(sample("items_without_price_column.csv"))

    assert report["errors"][0]["params"] == {"columns": "Qiymət"}


@pytest.mark.parametrize(
    ("encoding", "head", "row"),
    [
        ("cp1251", "Артикул;Название;Ед.;НДС;Цена", "M1;Молоко свежее;шт;18;1,90"),
        ("cp1254", "Stok kodu;Ürün adı;Birim;KDV;Fiyat", "M1;Süt şişede;adet;18;1,90"),
        ("utf-16", "SKU\tName\tUnit\tVAT\tPrice", "M1\tMilk\tpcs\t18 %\t1.90"),
        ("utf-8", "kod,malın adı,vahid,vergi,satış qiyməti", 'M1,"Süd, təzə",ədəd,ƏDV 18 %,"1,90 ₼"'),
    ],
)
def test_old_encodings_and_four_languages_are_understood(world: World, encoding: str, head: str, row: str) -> None:
    running.start(File("x.csv", f"{head}\r\n{row}\r\n".encode(encoding), None))

    with reading():
        item = session().scalars(sa.select(Item).where(Item.sku == "M1")).one()
        price = queries.current_prices([item.id], NOW_MS)[item.id]
    assert item.name in {"Молоко свежее", "Süt şişede", "Milk", "Süd, təzə"}
    assert (price.amount_minor, item.unit_id, item.tax_class_id) == (190, world.pcs, world.vat18)


def test_the_same_file_is_booked_once(world: World, opened: list[ItemsImported]) -> None:
    first = running.start(rows("A1;Alma;Meyvə;kq;azad;;2,50;1,5;10"))
    before = counted()

    again = running.start(rows("A1;Alma;Meyvə;kq;azad;;2,50;1,5;10"))

    assert again["id"] == first["id"]
    assert counted() | {"head": 0} == before | {"head": 0}
    assert len(opened) == 1


def test_a_refused_file_may_come_again(world: World) -> None:
    with writing():
        made = operations.create_item(world.item())
    file = rows(f"A1;Alma;;kq;azad;{COLA};2,50;;")
    refused = running.start(file)
    with writing():
        operations.change_item(made.id, world.item(barcodes=()))

    assert faults(refused) == [(2, "barcodes", "code_taken")]
    assert refused["errors"][0]["params"]["item"] == "Qazlı içki"
    assert running.start(file)["state"] == "done"


def test_known_items_are_changed_and_keep_what_the_file_does_not_say(world: World, opened: list[ItemsImported]) -> None:
    with writing():
        made = operations.create_item(world.item(plu=7, quick_position=3))

    report = running.start(rows("C1;Kola;;ədəd;18;5449000000996*6;1,50;1;9"))

    assert (report["created"], report["changed"], report["opening_skipped"]) == (0, 1, 1)
    assert opened == []
    with reading():
        item = queries.item(made.id)
        codes = [(row.code, row.quantity_milli) for row in queries.barcodes_of([made.id])[made.id]]
        price = queries.current_prices([made.id], clock.now_ms())[made.id]
    assert (item.name, item.plu, item.quick_position, item.category_id) == ("Kola", 7, 3, world.drinks)
    assert codes == [(COLA, 1000), ("5449000000996", 6000)]
    assert price.amount_minor == 150


def test_an_unchanged_item_makes_no_change(world: World) -> None:
    with writing():
        operations.create_item(world.item())
    before = counted()

    report = running.start(rows("C1;Qazlı içki;İçkilər;ədəd;18;;1,20;;"))

    assert report["changed"] == 0
    assert counted()["prices"] == before["prices"]


def test_categories_are_made_level_by_level_and_found_again(world: World) -> None:
    running.start(
        rows("A1;Alma;Meyvə/Yerli;kq;azad;;2,50;;", "A2;Armud;meyvə/YERLİ;kq;azad;;3;;", "A3;Kola;İçkilər;ədəd;18;;1;;")
    )

    with reading():
        names = {row.id: (row.name, row.parent_id) for row in session().scalars(sa.select(Category))}
        items = {item.sku: item.category_id for item in session().scalars(sa.select(Item))}
    assert sorted(name for name, _ in names.values()) == ["Meyvə", "Yerli", "İçkilər"]
    assert names[items["A1"]][0] == "Yerli"
    assert items["A1"] == items["A2"]
    assert items["A3"] == world.drinks


def test_opening_stock_needs_a_branch_where_there_are_several(world: World, opened: list[ItemsImported]) -> None:
    with writing():
        create_branch(company().id, "B2", "Filial")
    file = rows("A1;Alma;;kq;azad;;2,50;1,255;10,5")

    unsaid = running.try_out(file)
    running.start(File(file.name, file.content, world.branch_id))

    assert faults(unsaid) == [(1, "branch_id", "branch_needed")]
    assert opened[0].openings[0].cost_minor == 1318  # 10.5 at 1.255


def test_a_branch_that_is_not_there_is_refused_before_the_file_is_read(world: World) -> None:
    file = File("x.csv", b"", 5)

    with pytest.raises(Invalid) as tried:
        running.try_out(file)
    with pytest.raises(Invalid) as started:
        running.start(file)

    assert [error.errors[0].code for error in (tried.value, started.value)] == ["not_found", "not_found"]


def test_an_item_without_a_sku_is_known_by_its_first_code(world: World) -> None:
    running.start(rows(f"Kola;ədəd;18;{COLA};1,20", head="Ad;Vahid;ƏDV;Barkod;Qiymət"))

    with reading():
        assert queries.item_of_code(COLA)[0].sku == COLA


def test_a_formula_in_a_name_is_text_and_comes_back_as_it_went(world: World) -> None:
    running.start(rows('A1;"=HYPERLINK(""x"")";;ədəd;18;;1,20;;', "A2;-Endirim;;ədəd;18;;2;;"))

    with reading():
        file = exports.items_as_csv("az")
    report = running.try_out(File("y.csv", file, None))

    assert b"'=HYPERLINK" in file
    assert b"'-Endirim" in file
    assert (report["faults"], report["created"], report["changed"]) == (0, 0, 2)


@pytest.mark.parametrize("language", ["az", "en", "ru", "tr"])
def test_what_is_exported_in_any_language_comes_back_in(world: World, language: str) -> None:
    with writing():
        operations.create_item(world.item(barcodes=(Pack(COLA), Pack("5449000000996", 6000))))
        operations.create_item(
            world.item(sku="K1", name="Pendir", unit_id=world.kg, is_weighed=True, plu=5, barcodes=())
        )
    with reading():
        file = exports.items_as_csv(language)

    before = counted()
    report = running.start(File("z.csv", file, None))

    assert (report["state"], report["changed"]) == ("done", 0)
    assert counted()["items"] == before["items"]


def test_more_rows_than_the_limit_are_refused_by_name() -> None:
    with pytest.raises(BadFile) as refused:
        read(b"a;b\n" + b"1;2\n" * 50_001)

    assert (refused.value.code, refused.value.params) == ("too_many_rows", {"most": 50_000})


def test_thousands_of_rows_are_booked_in_one_go(world: World, opened: list[ItemsImported]) -> None:
    report = running.start(rows(*[f"S{n};Mal {n};Rəf {n % 30};ədəd;18;X{n};{n % 90 + 1},50;1;3" for n in range(3_000)]))

    assert (report["state"], report["created"]) == ("done", 3_000)
    assert len(opened[0].openings) == 3_000


def test_a_long_file_is_a_job_with_progress_where_a_queue_runs(app: App, world: World, valkey: Valkey) -> None:
    app.extensions["aisales_redis"] = valkey.client()
    file = rows(*[f"S{n};Mal {n};;ədəd;18;;1,50;;" for n in range(2_100)])

    queued = running.start(file)
    run_import(str(queued["id"]))
    run_import(str(queued["id"]))
    with reading():
        done = running.show(queued["id"])
    requeue_imports()
    del app.extensions["aisales_redis"]

    assert (queued["state"], queued["rows_done"]) == ("queued", 0)
    assert (done["state"], done["created"], done["rows_done"]) == ("done", 2_100, 2_100)


def test_a_file_is_sent_as_a_form(world: World, owner: object, client: FlaskClient) -> None:
    def send(query: str) -> Any:
        form = {"file": (io.BytesIO(rows("A1;Alma;;kq;azad;;2,50;;").content), "mallar.csv")}
        return client.post(f"/api/v1/catalog/imports{query}", data=form, content_type="multipart/form-data")

    tried, booked = send("?dry_run=true"), send("")
    shown = client.get(f"/api/v1/catalog/imports/{booked.json['id']}")
    exported = client.get("/api/v1/catalog/exports/items.csv")

    assert (tried.status_code, tried.json["state"], tried.json["id"]) == (200, "checked", None)
    assert (booked.json["state"], shown.json) == ("done", booked.json)
    assert exported.mimetype == "text/csv"
    assert "Alma" in exported.text


def test_a_request_without_a_file_names_it(world: World, owner: object, client: FlaskClient) -> None:
    answer = client.post("/api/v1/catalog/imports", data={}, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json["errors"]] == [("file", "required")]
