"""Items are made, changed and archived; codes belong to one item; each change is in the log."""

import pytest
import sqlalchemy as sa

from server.catalog import operations, queries
from server.catalog.models import Item
from server.catalog.operations import Pack
from server.core import changes
from server.core.audit import Audit
from server.core.errors import Conflict, Invalid, NotFound
from server.core.transaction import reading, session, writing
from tests.server.catalog.conftest import COLA, WATER, CountQueries, World


def _problems(error: Invalid) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.errors]


def _listed(q: str = "", cursor: str | None = None) -> tuple[list[Item], str | None]:
    return queries.items(q=q, category_id=None, is_archived=False, sort="name", limit=10, cursor=cursor)


def test_an_items_id_is_the_number_of_the_change_that_made_it(world: World) -> None:
    with writing():
        item = operations.create_item(world.item())
        log, _ = changes.since(item.id - 1, ["catalogue"], branch_id=None, limit=10)

    assert [(row.kind, row.id) for row in log] == [("item", str(item.id)), ("price", str(item.id + 1))]
    assert log[0].seq == item.id == item.rev


def test_search_and_sort_keys_are_folded_for_every_database(world: World) -> None:
    with writing():
        item = operations.create_item(world.item(name="Çörək İrevan", sku="ÇÖR-7"))

        assert (item.search_key, item.sort_key) == ("corek irevan cor-7", item.sort_key)
        assert queries.items(q="cor ire", category_id=None, is_archived=False, sort="name", limit=5, cursor=None)[
            0
        ] == [item]


def test_names_sort_by_the_azerbaijani_alphabet(world: World) -> None:
    with writing():
        names = ["Əncir", "Zeytun", "Çay", "Dondurma", "Corab"]
        operations.create_items([world.item(sku=name, name=name, barcodes=()) for name in names])

        rows, _ = _listed()

    assert [row.name for row in rows] == ["Corab", "Çay", "Dondurma", "Əncir", "Zeytun"]


def test_a_wrong_check_digit_is_named_with_the_right_one(world: World) -> None:
    with pytest.raises(Invalid) as refused, writing():
        operations.create_item(world.item(barcodes=(Pack("4006381333930"),)))

    assert _problems(refused.value) == [("barcodes.0.code", "wrong_check_digit")]
    assert refused.value.errors[0].params == {"code": "4006381333930", "expected": 1}


def test_a_taken_code_names_the_item_that_has_it(world: World) -> None:
    with writing():
        operations.create_item(world.item())

    with pytest.raises(Invalid) as refused, writing():
        operations.create_item(world.item(sku="C2", name="Başqa içki"))

    assert _problems(refused.value) == [("barcodes.0.code", "code_taken")]
    assert refused.value.errors[0].params == {"code": COLA, "item": "Qazlı içki"}


def test_a_upc_and_its_ean_are_one_code(world: World) -> None:
    with writing():
        operations.create_item(world.item(barcodes=(Pack("0036000291452"),)))
        assert queries.item_of_code("036000291452")[0].sku == "C1"

    with pytest.raises(Invalid) as refused, writing():
        operations.create_item(world.item(sku="C2", barcodes=(Pack("036000291452"),)))

    assert _problems(refused.value) == [("barcodes.0.code", "code_taken")]


def test_sku_and_plu_belong_to_one_item(world: World) -> None:
    with writing():
        operations.create_item(world.item(plu=101))

    with pytest.raises(Invalid) as refused, writing():
        operations.create_item(world.item(plu=101, barcodes=()))

    assert _problems(refused.value) == [("sku", "sku_taken"), ("plu", "plu_taken")]


def test_doubles_within_one_list_are_found_by_their_place(world: World) -> None:
    with pytest.raises(Invalid) as refused, writing():
        operations.create_items([world.item(), world.item(sku="C2"), world.item(barcodes=())])

    assert _problems(refused.value) == [("1.barcodes.0.code", "twice"), ("2.sku", "twice")]


def test_an_unknown_unit_tax_class_or_category_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as refused, writing():
        operations.create_item(world.item(unit_id=7, tax_class_id=8, category_id=9))

    assert _problems(refused.value) == [
        ("unit_id", "not_found"),
        ("tax_class_id", "not_found"),
        ("category_id", "not_found"),
    ]


def test_a_change_keeps_the_items_own_codes_and_moves_its_rev(world: World) -> None:
    with writing():
        made = operations.create_item(world.item())
        before = made.rev

        changed = operations.change_item(made.id, world.item(name="Limonad", barcodes=(Pack(COLA), Pack(WATER, 6000))))

        assert changed.rev > before
        assert [(row.code, row.quantity_milli) for row in queries.barcodes_of([made.id])[made.id]] == [
            (COLA, 1000),
            (WATER, 6000),
        ]
        log = session().scalars(sa.select(Audit).where(Audit.verb == "change_item")).one()

    assert (log.before["name"], log.after["name"]) == ("Qazlı içki", "Limonad")


def test_a_change_of_an_older_state_is_a_conflict(world: World) -> None:
    with writing():
        made = operations.create_item(world.item())
        stale = made.rev
        operations.change_item(made.id, world.item(name="Limonad"), rev=stale)

    with pytest.raises(Conflict), writing():
        operations.change_item(made.id, world.item(name="Kola"), rev=stale)


def test_an_archived_item_leaves_the_list_and_comes_back(world: World) -> None:
    with writing():
        made = operations.create_item(world.item())
        operations.archive_item(made.id)
        operations.archive_item(made.id)
        gone = _listed()[0]
        operations.restore_item(made.id)
        back = _listed()[0]

    assert (gone, [row.id for row in back]) == ([], [made.id])


def test_items_are_found_by_code_and_page_without_gaps(world: World) -> None:
    with writing():
        ids = operations.create_items([world.item(sku=f"S{n:03}", name="Eyni ad", barcodes=()) for n in range(25)])
        operations.create_item(world.item())
    seen: list[int] = []
    cursor = None

    with reading():
        while True:
            rows, cursor = queries.items(
                q="eyni", category_id=None, is_archived=False, sort="name", limit=10, cursor=cursor
            )
            seen += [row.id for row in rows]
            if cursor is None:
                break
        by_code = _listed(COLA)[0]

    assert seen == ids
    assert [row.sku for row in by_code] == ["C1"]


def test_an_unknown_code_is_not_found_by_its_name(world: World) -> None:
    with pytest.raises(NotFound) as missing, reading():
        queries.item_of_code("4006381333931")

    assert missing.value.code == "unknown_code"


def test_a_list_of_items_is_written_by_a_few_statements_however_long_it_is(
    world: World, count_queries: CountQueries
) -> None:
    def create(start: int, count: int) -> int:
        goods = [
            world.item(sku=f"B{n}", name=f"Mal {n}", barcodes=(Pack(f"X{n}"),)) for n in range(start, start + count)
        ]
        with writing():
            return count_queries(lambda: operations.create_items(goods))

    assert create(0, 2_000) == create(5_000, 20)
