"""A question finds what SQLAlchemy's own way finds, and what is asked before anybody looks goes out together."""

import pytest
import sqlalchemy as sa

from server.core import questions, rows
from server.core.errors import Busy
from server.core.flags import Flag
from server.core.ids import new_id
from server.core.questions import Question
from server.core.tenant import Tenant
from server.core.transaction import connection, reading, savepoint, session, writing

FLAG = Flag.__table__
OF_IDS = Question(
    sa.select(FLAG).where(FLAG.c.id.in_(sa.bindparam("ids", expanding=True))).order_by(FLAG.c.raised_at).limit(100)
)
COUNT = Question(sa.select(sa.func.count().label("count")).where(FLAG.c.kind == sa.bindparam("kind")))


def raised(count: int) -> list[dict[str, object]]:
    """So many flags, written."""
    made = [
        {"id": new_id(), "kind": "over_cap", "subject_kind": "sale", "subject_id": "ə '%s'", "detail": {"n": n}}
        | {"raised_at": n, "settled_at": None, "settled_by": None, "note": None}
        for n in range(count)
    ]
    rows.insert(FLAG, made)
    return made


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_rows_come_back_as_values_by_name_however_many_are_asked_for(in_shop: Tenant, count: int) -> None:
    with writing():
        made = raised(9)

        found = OF_IDS.rows(ids=[row["id"] for row in made[:count]])

        own = session().execute(OF_IDS.select, {"ids": [row["id"] for row in made[:count]]}).mappings().all()
    assert [row._asdict() for row in found] == made[:count]
    assert [row._asdict() for row in found] == [dict(row) for row in own]


def test_an_empty_list_finds_nothing_and_nobody_is_asked(in_shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "say", lambda *_: pytest.fail("asked"))

    with reading():
        assert OF_IDS.rows(ids=[]) == []


def test_what_is_asked_before_the_first_look_goes_out_together(
    in_shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, real = [], questions.say

    def counted(core: sa.Connection, statements: list[questions.Statement]) -> object:
        said.append(len(statements))
        return real(core, statements)

    monkeypatch.setattr(questions, "say", counted)
    with writing():
        made = raised(3)
        every, one = OF_IDS.ask(ids=[row["id"] for row in made]), OF_IDS.ask(ids=[made[1]["id"]])
        count = COUNT.ask(kind="over_cap")

        found = count.rows[0].count, [row.id for row in one.rows], len(every.rows)

    assert found == (3, [made[1]["id"]], 3)
    assert said == [3]


def test_an_answer_that_nobody_looked_at_is_gone_with_its_transaction(in_shop: Tenant) -> None:
    with reading():
        asked = COUNT.ask(kind="over_cap")

    with reading(), pytest.raises(RuntimeError, match="another transaction"):
        assert asked.rows


def test_an_error_is_sqlalchemys_own_and_a_savepoint_survives_it(in_shop: Tenant) -> None:
    with writing():
        (flag,) = raised(1)
        with pytest.raises(sa.exc.IntegrityError), savepoint():
            rows.insert(FLAG, [flag])

        assert COUNT.rows(kind="over_cap")[0].count == 1


def test_a_connection_that_broke_is_not_used_again(in_shop: Tenant) -> None:
    with pytest.raises((sa.exc.DBAPIError, Busy)), writing():
        raw = connection().connection.dbapi_connection
        assert raw is not None
        raw.close()
        COUNT.rows(kind="over_cap")

    with reading():
        assert COUNT.rows(kind="over_cap")[0].count == 0
