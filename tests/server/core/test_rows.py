"""Rows written at little cost are the rows that SQLAlchemy's own way would write, on both databases."""

import sqlalchemy as sa

from server.cash.models import CashDocument
from server.core import rows
from server.core.flags import Flag
from server.core.ids import new_id
from server.core.inbox import Operation
from server.core.rows import Sheet
from server.core.transaction import session, writing
from server.sales.models import Sale, SaleLine

HASH = bytes(range(32))


def operation(seq: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "terminal_id": 2**40,
        "seq": seq,
        "kind": "sale",
        "body_hash": HASH,
        "verdict": "accepted",
        "answer": {"flags": [], "error": {"code": "ə \\ \" '", "params": {"n": 2**62}}},
        "received_at": 1_795_550_400_000,
    }


def test_every_kind_of_value_comes_back_as_it_went(in_shop):
    made = [operation(1), operation(2)]

    with writing():
        rows.insert(Operation.__table__, made)
        found = session().execute(sa.select(Operation.__table__).order_by(Operation.seq)).mappings().all()

    assert [dict(row) for row in found] == made


def test_a_column_that_is_not_named_is_null(in_shop):
    flag = {"id": new_id(), "kind": "over_cap", "subject_kind": "sale", "subject_id": "1", "detail": {}, "raised_at": 1}

    with writing():
        rows.insert(Flag.__table__, [flag])
        found = session().execute(sa.select(Flag.__table__)).mappings().one()

    assert dict(found) == flag | {"settled_at": None, "settled_by": None, "note": None}


def test_an_update_changes_the_columns_that_it_names_of_the_rows_that_it_names(in_shop):
    made = [operation(seq) for seq in range(4)]
    changed = [{"id": row["id"], "verdict": "rejected", "answer": {"flags": ["x"]}} for row in made[1:3]]

    with writing():
        rows.insert(Operation.__table__, made)
        rows.update(Operation.__table__, changed)
        found = session().execute(sa.select(Operation.__table__).order_by(Operation.seq)).mappings().all()

    wanted = [made[0], made[1] | changed[0], made[2] | changed[1], made[3]]
    assert [dict(row) for row in found] == wanted


def test_nothing_to_write_asks_nothing(in_shop, monkeypatch):
    said = []
    monkeypatch.setattr(rows, "say", lambda _, statements: said.append(statements))
    sheet = Sheet()
    sheet.add(Sale.__table__, [])
    sheet.change(Sale.__table__, [])

    with writing():
        rows.insert(Operation.__table__, [])
        rows.update(Operation.__table__, [])
        sheet.write()

    assert said == []


def test_a_sheet_writes_tables_before_those_that_point_at_them_then_changes_and_all_at_once(in_shop, monkeypatch):
    said = []
    monkeypatch.setattr(rows, "say", lambda _, statements: said.append(statements))
    sheet, other = Sheet(), Sheet()
    other.change(Sale.__table__, [{"id": new_id(), "note": "changed"}])
    other.add(SaleLine.__table__, [{"position": 1}])
    other.add(Sale.__table__, [{"id": new_id()}])
    other.add(CashDocument.__table__, [])
    sheet.add(Sale.__table__, [{"id": new_id()}])

    with writing():
        sheet.take_over(other)
        sheet.write()
        sheet.write()

    (statements,) = said
    assert [statement.text.split('"')[:2] for statement in statements] == [
        ["INSERT INTO ", "sale"],
        ["INSERT INTO ", "sale_line"],
        ["UPDATE ", "sale"],
    ]


def test_a_sheet_knows_its_rows_until_it_is_written(in_shop):
    sheet, one = Sheet(), operation(1)
    sheet.add(Operation.__table__, [one])

    before = list(sheet.rows_of(Operation.__table__))
    with writing():
        sheet.write()

    assert before == [one]
    assert list(sheet.rows_of(Operation.__table__)) == []
