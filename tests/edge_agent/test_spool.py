"""The spool: kept before anything happens, known again after a restart, honest when the disk is full."""

import uuid

import pytest

from edge_agent import wire
from edge_agent.spool import BALLAST_BYTES, FULL, KEPT_MS, Report, Spool, SpoolFull, Stored

ARGS = wire.OpenArgs(reason="sale")


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def spool(folder):
    one = Spool(folder)
    yield one
    one.close()


def a_command(seq=1, **fields):
    return wire.Command.of(str(uuid.uuid4()), "open", "drawer-1", ARGS, seq=seq, created_at_ms=0, **fields)


def stored(command, stage="queued"):
    return Stored(command, command.digest, "boot", 10, 20, command.ttl_ms, stage, 1, None)


def a_report(text="received", at_ms=0, life_ms=KEPT_MS):
    def make(n):
        return wire.Ack(cmd_id="j", stage=text, n=n, attempt=1, boot_id="boot", session=1)

    return Report("ack", make, "boot", 0, at_ms, life_ms=life_ms)


def test_a_command_is_taken_once(spool):
    command = a_command()

    assert spool.take(stored(command), a_report()) is None
    assert spool.take(stored(command), a_report()).command == command
    assert len(spool.unconfirmed()) == 1


def test_commands_and_reports_survive_a_restart(spool, folder):
    command = a_command()
    spool.take(stored(command), a_report())
    spool.advance(command.id, "sending", 30, attempt=1, report=a_report("started"))

    again = Spool(folder)

    assert [(one.command, one.stage) for one in again.open_commands()] == [(command, "sending")]
    assert [row.n for row in again.unconfirmed()] == [1, 2]
    again.close()


def test_settled_commands_are_remembered_but_no_longer_open(spool):
    first, second = a_command(seq=1), a_command(seq=2)
    for command in (first, second):
        spool.take(stored(command), a_report())
    spool.advance(first.id, "done", 30)

    assert [one.command.id for one in spool.open_commands()] == [second.id]
    assert spool.find(first.id).stage == "done"
    assert spool.last_seq_done() == 1


def test_open_commands_stand_in_the_order_of_the_server(spool):
    for seq in (7, 3, 5):
        spool.take(stored(a_command(seq=seq)), a_report())

    assert [one.command.seq for one in spool.open_commands()] == [3, 5, 7]


def test_report_numbers_rise_for_ever(spool, folder):
    assert [spool.keep(a_report()) for _ in range(3)] == [1, 2, 3]
    spool.confirm((), up_to=3)
    spool.close()

    again = Spool(folder)

    assert again.keep(a_report()) == 4
    again.close()


def test_only_what_the_server_has_is_struck_out(spool):
    for _ in range(5):
        spool.keep(a_report())

    spool.confirm((2, 4))

    assert [row.n for row in spool.unconfirmed()] == [1, 3, 5]
    assert spool.up_range() == (1, 5, 3)


def test_sessions_rise_over_restarts(spool, folder):
    assert [spool.next_session(), spool.next_session()] == [1, 2]
    spool.close()

    again = Spool(folder)

    assert again.next_session() == 3
    again.close()


def test_what_is_old_is_forgotten(spool):
    old, new = a_command(seq=1), a_command(seq=2)
    for command in (old, new):
        spool.take(stored(command), a_report(at_ms=KEPT_MS + 10))
    spool.advance(old.id, "done", 0)
    spool.advance(new.id, "done", KEPT_MS)
    spool.keep(a_report(at_ms=0))

    spool.prune(KEPT_MS + 1)

    assert spool.find(old.id) is None
    assert spool.find(new.id) is not None
    assert [row.n for row in spool.unconfirmed()] == [1, 2]


def test_a_full_disk_refuses_and_keeps_what_is_there(spool, folder):
    kept = a_command()
    spool.take(stored(kept), a_report())
    pages = spool._base.execute("PRAGMA page_count").fetchone()[0]
    spool._base.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(SpoolFull):
        for _ in range(200):
            spool.take(stored(a_command()), a_report())
    with pytest.raises(SpoolFull):
        for _ in range(200):
            spool.keep(a_report())

    assert spool.find(kept.id).command == kept
    assert not (folder / "spool.ballast").exists()
    spool._base.execute("PRAGMA max_page_count = 100000")
    number = spool.keep(a_report())
    assert number == spool.up_range()[1]
    spool.prune(0)
    assert (folder / "spool.ballast").stat().st_size == BALLAST_BYTES


def test_what_ends_a_job_may_use_the_room_that_the_ballast_gave(spool, folder, monkeypatch):
    command = a_command()
    spool.take(stored(command), a_report())
    pages = spool._base.execute("PRAGMA page_count").fetchone()[0]
    spool._base.execute(f"PRAGMA max_page_count = {pages}")
    unlink = type(folder).unlink

    def give_room(path, missing_ok=False):
        spool._base.execute("PRAGMA max_page_count = 100000")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(type(folder), "unlink", give_room)

    for _ in range(200):
        spool.advance(command.id, "done", 30, report=a_report("done"))

    assert not (folder / "spool.ballast").exists()
    assert spool.find(command.id).stage == "done"


def test_a_refused_report_takes_no_number(spool):
    def broken(n):
        raise wire.WireError("no")

    with pytest.raises(wire.WireError):
        spool.keep(Report("ack", broken, "boot", 0, 0))

    assert spool.keep(a_report()) == 1


def commits(spool, act):
    """Whether each commit of an act waits for the disk."""
    heard = []
    spool._base.set_trace_callback(heard.append)
    act()
    spool._base.set_trace_callback(None)
    modes = [int(said.rpartition("=")[2]) for said in heard if said.startswith("PRAGMA synchronous")]
    assert heard.count("COMMIT") == len(modes)
    return [mode == FULL for mode in modes]


def test_what_a_power_cut_must_not_change_is_written_through_to_the_disk(spool):
    command = a_command()

    assert spool._base.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert commits(spool, lambda: spool.take(stored(command), a_report())) == [True]
    assert commits(spool, lambda: spool.advance(command.id, "sending", 30, report=a_report("started"))) == [True]
    assert commits(spool, lambda: spool.advance(command.id, "expired", 30)) == [True]
    assert commits(spool, lambda: spool.keep(a_report())) == [True]
    assert commits(spool, spool.next_session) == [True]


def test_a_step_that_a_restart_takes_for_the_one_before_does_not_wait_for_the_disk(spool):
    command = a_command()
    spool.take(stored(command), a_report())

    assert commits(spool, lambda: spool.advance(command.id, "claimed", 30)) == [False]
    assert commits(spool, lambda: spool.advance(command.id, "sent", 30)) == [False]
    assert commits(spool, lambda: spool.confirm((1,))) == [False]
