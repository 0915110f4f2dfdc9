"""One place commits; a failed block leaves nothing; writers stand in line; a piece can be judged alone."""

import threading

import pytest
import sqlalchemy as sa

from server.core import changes, flags, rows, tenant, transaction
from server.core.doors import App
from server.core.errors import Busy
from server.core.flags import Flag
from server.core.ids import new_id
from server.core.tenant import Tenant

pytestmark = pytest.mark.pooled

THREADS = 8
EACH = 20


def test_a_block_that_fails_leaves_nothing_behind(in_shop: Tenant) -> None:
    with pytest.raises(ValueError, match="boom"), transaction.writing():
        _flag_and_fail()

    with transaction.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 0


def test_what_is_written_in_a_reading_transaction_is_not_kept(in_shop: Tenant) -> None:
    with transaction.reading():
        flags.raise_flag("price_differs", "sale", "1")

    with transaction.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 0


def test_a_savepoint_undoes_only_its_own_block(in_shop: Tenant) -> None:
    with transaction.writing():
        flags.raise_flag("price_differs", "sale", "kept")
        with pytest.raises(ValueError, match="boom"), transaction.savepoint():
            _flag_and_fail()

    with transaction.reading() as session:
        assert session.scalars(sa.select(Flag.subject_id)).all() == ["kept"]


def test_a_savepoint_undoes_what_went_past_the_session(in_shop: Tenant) -> None:
    flag = {"id": new_id(), "kind": "over_cap", "subject_kind": "sale", "subject_id": "1", "detail": {}, "raised_at": 1}

    with transaction.writing():
        with pytest.raises(ValueError, match="boom"), transaction.savepoint():
            transaction.connection().execute(sa.insert(Flag.__table__), flag)
            raise ValueError("boom")
        with pytest.raises(ValueError, match="boom"), transaction.savepoint():
            rows.insert(Flag.__table__, [flag])
            raise ValueError("boom")

    with transaction.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Flag)) == 0


def test_a_query_outside_a_transaction_is_refused(in_shop: Tenant) -> None:
    with pytest.raises(transaction.NoTransaction):
        transaction.session()


def test_a_transaction_inside_another_is_refused(in_shop: Tenant) -> None:
    with transaction.writing(), pytest.raises(RuntimeError, match="already open"), transaction.reading():
        pass


def test_calls_after_the_commit_run_only_when_it_committed(in_shop: Tenant) -> None:
    called: list[str] = []

    with transaction.writing():
        transaction.after_commit(lambda: called.append("committed"))
    with pytest.raises(ValueError, match="boom"), transaction.writing():
        _call_and_fail(called)

    assert called == ["committed"]


def test_writers_in_many_threads_lose_no_change(app: App, shop: Tenant) -> None:
    with tenant.tenant_scope(app, shop), transaction.reading():
        before = changes.head()

    def write_some() -> None:
        with tenant.tenant_scope(app, shop):
            for _ in range(EACH):
                with transaction.writing():
                    changes.record("catalogue", "item", 1)

    _run_together(write_some, THREADS)

    with tenant.tenant_scope(app, shop), transaction.reading():
        rows, more = changes.since(before, ["catalogue"], branch_id=None, limit=1000)
    assert not more
    assert [row.seq - before for row in rows] == list(range(1, THREADS * EACH + 1))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_a_reader_sees_one_moment_while_others_write(app: App, in_shop: Tenant) -> None:
    with transaction.reading():
        first = changes.head()
        _run_together(lambda: _record_once(app, in_shop), 1)
        assert changes.head() == first


def test_the_line_of_writers_is_first_in_first_out() -> None:
    line = transaction.FairLock()
    assert line.acquire(1)
    served: list[int] = []
    waiting = [threading.Thread(target=_stand_in, args=(line, number, served)) for number in range(5)]

    for number, thread in enumerate(waiting):
        thread.start()
        while len(line._waiters) < number + 1:
            thread.join(0.001)
    line.release()
    for thread in waiting:
        thread.join()

    assert served == list(range(5))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")
def test_who_waits_too_long_for_the_line_is_told_to_come_again(
    in_shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "WAIT_AT_MOST_S", 0.01)
    line = transaction._lines[in_shop.id]
    assert line.acquire(1)
    try:
        with pytest.raises(Busy) as refused, transaction.writing():
            pass
    finally:
        line.release()

    assert refused.value.headers == {"Retry-After": "1"}


def _flag_and_fail() -> None:
    flags.raise_flag("price_differs", "sale", "undone")
    raise ValueError("boom")


def _call_and_fail(called: list[str]) -> None:
    transaction.after_commit(lambda: called.append("rolled back"))
    raise ValueError("boom")


def _stand_in(line: transaction.FairLock, number: int, served: list[int]) -> None:
    assert line.acquire(5)
    served.append(number)
    line.release()


def _record_once(app: App, shop: Tenant) -> None:
    with tenant.tenant_scope(app, shop), transaction.writing():
        changes.record("catalogue", "item", 1)


def _run_together(call: "object", count: int) -> None:
    threads = [threading.Thread(target=call) for _ in range(count)]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
