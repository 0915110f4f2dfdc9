"""The desk: what still lives after a restart, what waits for a person, what is refused."""

import uuid
from dataclasses import replace

import pytest

from edge_agent import wire
from edge_agent.desk import Desk
from edge_agent.devices.base import Done, Failed, Interrupted, Later, Uncertain
from edge_agent.server_time import ServerTime
from edge_agent.spool import Spool
from tests.edge_agent.shop import paper

OPS = {"receipt-1": ("print",), "drawer-1": ("open",), "display-1": ("show",), "bell-1": ("ring",)}


class Hands:
    """Clocks that are set by hand."""

    def __init__(self):
        self.boot_id, self.boot, self.wall, self.synced = "boot-1", 1_000, 1_795_550_400_000, False

    def boot_ms(self):
        return self.boot

    def wall_ms(self):
        return self.wall

    def is_synced(self):
        return self.synced

    def pass_by(self, ms):
        self.boot += ms
        self.wall += ms

    def reboot(self, away_ms):
        self.boot_id, self.boot = "boot-2", 500
        self.wall += away_ms


class Table:
    """A desk with its spool, opened anew as after a restart."""

    def __init__(self, folder):
        self.folder, self.clock = folder, Hands()
        self.sit_down()

    def sit_down(self):
        self.spool = Spool(self.folder)
        self.told_at_once, self.server_time = [], ServerTime()
        self.desk = Desk(self.spool, self.clock, OPS, lambda: 1, self)

    def wake(self):
        """As the post."""

    def tell_now(self, ack):
        self.told_at_once.append(ack)

    def restart(self):
        self.spool.close()
        self.sit_down()
        return self.desk.resume()

    def command(self, op, device, args, **fields):
        fields = {"seq": 1, "created_at_ms": self.clock.wall} | fields
        return wire.Command.of(str(uuid.uuid4()), op, device, args, **fields)

    def receive(self, op, device, args, expiry_s=None, is_busy=False, **fields):
        return self.desk.receive(self.command(op, device, args, **fields), expiry_s, is_busy)

    @property
    def told(self):
        return [wire.Ack.from_json(row.body) for row in self.spool.unconfirmed()]

    @property
    def last(self):
        return (self.told[-1].stage, self.told[-1].reason)


@pytest.fixture
def table(tmp_path):
    one = Table(tmp_path)
    yield one
    one.spool.close()


def a_receipt(table, **fields):
    return table.receive("print", "receipt-1", paper("Salam"), **fields)


def a_drawer(table, **fields):
    return table.receive("open", "drawer-1", wire.OpenArgs(), **fields)


def test_a_job_lives_as_long_as_its_command_and_its_broker_say(table):
    long, short = a_receipt(table), a_receipt(table, expiry_s=3)

    assert long.ends_boot_ms == 1_000 + 600_000
    assert short.ends_boot_ms == 1_000 + 3_000


def test_a_drawer_that_waited_longer_than_its_life_is_not_begun(table):
    job = a_drawer(table)
    table.clock.pass_by(5_000)

    assert not table.desk.begin(job)
    assert table.last == ("expired", None)


def test_a_jump_of_the_wall_clock_ends_no_job(table):
    job = a_drawer(table)
    table.clock.wall += 7_200_000

    assert table.desk.begin(job)


def test_a_command_that_a_broker_kept_too_long_is_refused_where_clocks_are_right(table):
    table.clock.synced = True

    assert a_drawer(table, created_at_ms=table.clock.wall - 600_000) is None
    assert table.last == ("expired", "too_late")
    table.clock.synced = False
    assert a_drawer(table, created_at_ms=table.clock.wall - 600_000) is not None


def test_a_drawer_kick_that_was_held_up_anywhere_for_ten_minutes_never_opens(table):
    """No clock of this machine is right, and the message says that it has its whole life before it."""
    table.server_time.learn(table.clock.wall, asked_ms=table.clock.boot, heard_ms=table.clock.boot)
    expires_at = wire.utc_text(table.clock.wall + 5_000)
    kick = replace(table.command("open", "drawer-1", wire.OpenArgs()), expires_at=expires_at)

    table.clock.pass_by(600_000)

    assert table.desk.receive(kick, 5, is_busy=False) is None
    assert table.last == ("expired", "too_late")


def test_a_drawer_kick_lives_for_what_the_way_has_left_of_its_five_seconds(table):
    table.server_time.learn(table.clock.wall, asked_ms=table.clock.boot, heard_ms=table.clock.boot)
    expires_at = wire.utc_text(table.clock.wall + 5_000)
    kick = replace(table.command("open", "drawer-1", wire.OpenArgs()), expires_at=expires_at)

    table.clock.pass_by(3_000)

    assert table.desk.receive(kick, 5, is_busy=False).ends_boot_ms == 1_000 + 5_000


def test_a_drawer_kick_waits_until_the_server_has_told_its_time_and_a_receipt_does_not(table):
    expires_at = wire.utc_text(table.clock.wall + 5_000)
    kick = replace(table.command("open", "drawer-1", wire.OpenArgs()), expires_at=expires_at)
    receipt = replace(table.command("print", "receipt-1", paper("Salam")), expires_at=expires_at)

    assert table.desk.receive(kick, None, is_busy=False) is None
    assert table.told == []
    assert table.desk.receive(receipt, None, is_busy=False) is not None


@pytest.mark.parametrize(("is_busy", "op"), [(True, "print"), (False, "open")])
def test_a_lane_that_is_full_takes_only_drawers_and_bells(table, is_busy, op):
    job = a_receipt(table, is_busy=True) if op == "print" else a_drawer(table, is_busy=True)

    assert (job is None) is is_busy
    assert not is_busy or table.last == ("rejected", "busy")


def test_a_full_disk_refuses_and_the_same_command_comes_through_later(table):
    table.spool._base.execute("PRAGMA max_page_count = 1")
    command = table.command("print", "receipt-1", paper(*["x" * 900] * 20))

    assert table.desk.receive(command, None, False) is None
    [refused] = [*table.told, *table.told_at_once]
    assert (refused.stage, refused.reason, refused.retryable) == ("rejected", "spool_full", True)

    table.spool._base.execute("PRAGMA max_page_count = 100000")
    assert table.desk.receive(command, None, False) is not None


def test_after_a_restart_of_the_program_what_had_not_begun_goes_on(table):
    first, second = a_receipt(table), a_drawer(table, seq=2)
    table.desk.begin(first)
    table.clock.pass_by(100)

    resumed = table.restart()

    assert [job.command.id for job in resumed] == [first.command.id, second.command.id]
    assert resumed[1].ends_boot_ms == second.ends_boot_ms


def test_after_a_restart_of_the_machine_a_drawer_never_opens(table):
    a_drawer(table)
    table.clock.reboot(1_000)

    assert table.restart() == []
    assert table.last == ("expired", "restarted")


def test_after_a_restart_of_the_machine_a_receipt_needs_a_right_clock(table):
    a_receipt(table)
    table.clock.reboot(60_000)

    assert table.restart() == []
    assert table.last == ("failed", "age_unknown")
    assert table.told[-1].retryable is True


def test_with_a_right_clock_a_receipt_goes_on_for_what_is_left_of_its_life(table):
    a_receipt(table)
    table.clock.synced = True
    table.clock.reboot(60_000)

    [job] = table.restart()

    assert job.ends_boot_ms == 500 + 540_000


def test_a_kitchen_ticket_goes_on_after_any_restart(table):
    table.receive("print", "receipt-1", paper("Dolma", kind="ticket"))
    table.clock.reboot(60_000)

    assert len(table.restart()) == 1


@pytest.mark.parametrize("steps", [["sending"], ["sending", "sent"], ["sending", "sent", "held"]])
def test_a_receipt_that_was_under_way_waits_for_a_person(table, steps):
    job = a_receipt(table)
    table.desk.begin(job)
    for step in steps:
        getattr(table.desk, step)(job, *(["paper_out"] if step == "held" else []))

    assert table.restart() == []
    assert table.last == ("uncertain", "interrupted")
    assert table.restart() == []
    assert [ack.stage for ack in table.told].count("uncertain") == 1


def test_a_ticket_that_was_under_way_repeats_with_a_mark_three_times_at_most(table):
    job = table.receive("print", "receipt-1", paper("Dolma", kind="ticket"))
    attempts = []
    while job is not None:
        attempts.append((job.attempt, job.mark))
        assert table.desk.begin(job)
        table.desk.sending(job)
        [job] = table.restart() or [None]

    assert attempts == [(1, False), (2, True), (3, True)]
    assert table.last == ("uncertain", "interrupted")


def test_a_drawer_that_was_under_way_is_never_repeated(table):
    job = a_drawer(table)
    table.desk.begin(job)
    table.desk.sending(job)

    assert table.restart() == []
    assert table.last == ("failed", "interrupted")


def test_what_has_not_left_is_put_back_and_told_once(table):
    job = a_receipt(table)
    for _ in range(3):
        assert table.desk.begin(job)
        assert table.desk.finish(job, Later("paper_out")) is job

    assert [(ack.stage, ack.reason) for ack in table.told] == [("received", None), ("held", "paper_out")]


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (Done(True), "done"),
        (Done(False), "done"),
        (Failed("unsupported"), "failed"),
        (Uncertain(12, "link_lost"), "uncertain"),
    ],
)
def test_an_outcome_is_told_as_its_stage(table, outcome, stage):
    job = a_receipt(table)
    table.desk.begin(job)

    assert table.desk.finish(job, outcome) is None
    assert table.told[-1].stage == stage


def test_a_job_that_the_agent_s_end_interrupts_is_found_as_it_was(table):
    job = a_receipt(table)
    table.desk.begin(job)
    table.desk.sending(job)
    table.desk.finish(job, Interrupted())

    assert table.spool.find(job.command.id).stage == "sending"


def test_what_the_server_has_settled_is_not_begun(table):
    job = a_receipt(table)

    table.desk.forget((job.command.id, str(uuid.uuid4())))

    assert not table.desk.begin(job)
    assert table.spool.open_commands() == []


def test_a_wish_of_the_moment_leaves_no_trace(table):
    job = table.receive("show", "display-1", wire.ShowArgs(lines=("1",)), seq=0)

    assert table.desk.begin(job)
    table.desk.finish(job, Done(False))
    assert table.told == []
    assert table.spool.find(job.command.id) is None
    assert table.receive("show", "display-9", wire.ShowArgs(), seq=0) is None
