"""The frame: what is taken, what is refused, and that recorded messages of released versions stay readable."""

import itertools
import json
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from edge_agent import wire
from tests.edge_agent import record_wire

RECORDED = sorted((Path(__file__).parents[1] / "vectors" / "wire").glob("*.json"))
RECEIPT = wire.PrintArgs(kind="receipt", doc=wire.Document(blocks=(wire.Text(text="Çörək"), wire.Cut())))
ADDRESS = wire.Address("market", "m1", "a1b2c3d4e5f6")


def a_command(**changes):
    plain = json.loads(
        wire.Command.of(str(uuid.UUID(int=7)), "print", "receipt-1", RECEIPT, seq=1, created_at_ms=0).to_json()
    )
    return json.dumps(plain | changes)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recorded_message_is_read_and_written_the_same(path):
    recorded = json.loads(path.read_text())

    message = getattr(wire, recorded["class"]).from_dict(recorded["payload"])

    assert json.loads(message.to_json()) == recorded["payload"]


def test_every_message_is_recorded():
    assert {path.stem for path in RECORDED} == set(record_wire.messages())


def test_unknown_fields_are_ignored_because_the_protocol_only_adds():
    command = wire.Command.from_json(a_command(colour="green", v=9))

    assert command.op == "print"


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"id": "7"}, "job id"),
        ({"prio": 10}, "priority"),
        ({"prio": True}, "int is expected"),
        ({"ttl_ms": 0}, "life"),
        ({"ttl_ms": "5000"}, "int is expected"),
        ({"device": "Receipt 1"}, "no name"),
        ({"device": "a/b"}, "no name"),
        ({"created_at": "yesterday"}, "no time"),
        ({"created_at": "2026-11-24T20:00:00"}, "no zone"),
        ({"args": []}, "object is expected"),
        ({"op": "print\x00"}, "NUL"),
    ],
)
def test_a_command_out_of_frame_is_refused(changes, trouble):
    with pytest.raises(wire.WireError, match=trouble):
        wire.Command.from_json(a_command(**changes))


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 50_000, b"x" * 200_000])
def test_what_is_no_message_is_refused(payload):
    with pytest.raises(wire.WireError):
        wire.Command.from_json(payload)


def test_a_missing_field_is_named():
    with pytest.raises(wire.WireError, match=r"Ack\.cmd_id is missing"):
        wire.Ack.from_json(b"{}")


def test_an_unknown_op_and_an_unknown_block_are_refused_when_the_arguments_are_read():
    unknown_op = wire.Command.from_json(a_command(op="explode"))
    unknown_block = wire.Command.from_json(a_command(args={"kind": "receipt", "doc": {"blocks": [{"kind": "video"}]}}))

    for command in (unknown_op, unknown_block):
        with pytest.raises(wire.WireError, match="not known"):
            command.parsed_args()


def test_changed_arguments_do_not_match_their_digest():
    assert wire.Command.from_json(a_command()).has_right_digest
    assert not wire.Command.from_json(a_command(args={"kind": "report"})).has_right_digest


def test_the_digest_is_of_the_meaning_not_of_the_spelling():
    assert wire.digest({"b": 1, "a": ["ə"]}) == wire.digest(json.loads('{ "a": ["\\u0259"], "b": 1 }'))


def test_a_number_that_is_none_has_no_canonical_form():
    with pytest.raises(wire.WireError):
        wire.canonical({"weight": float("nan")})


def test_a_job_is_named_by_its_cause_kind_and_copy():
    cause = uuid.UUID("0192f0c1-7b5e-7cc3-98c4-dc0c0c07398f")

    assert wire.job_id(cause, "receipt") == uuid.uuid5(cause, "receipt:0")
    assert len({wire.job_id(cause, kind, copy) for kind in ("receipt", "open") for copy in (0, 1)}) == 4


@pytest.mark.parametrize(
    ("topic", "kind", "device"),
    [
        (ADDRESS.up("presence"), "presence", None),
        (ADDRESS.up("ack"), "ack", None),
        (ADDRESS.device("scale-1", "live"), "device_live", "scale-1"),
        (ADDRESS.device("receipt-1", "announce"), "device_announce", "receipt-1"),
        (ADDRESS.down("cmd"), "cmd", None),
    ],
)
def test_a_topic_is_taken_apart_as_it_was_built(topic, kind, device):
    parsed = wire.parse_topic(topic)

    assert (parsed.address, parsed.kind, parsed.device) == (ADDRESS, kind, device)


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "pos/v1/srv/state",
        "pos/v2/market/m1/a1/up/ack",
        "pos/v1/market/m1/a1/up",
        "pos/v1/market/m1/a1/up/cmd",
        "pos/v1/market/m1/a1/down/ack",
        "pos/v1/market/m1/a1/up/dev/x",
        "pos/v1/market/m1/a1/up/dev/x/live/more",
        "pos/v1/+/m1/a1/up/ack",
        "pos/v1/Market/m1/a1/up/ack",
        "pos/v1/market/m1/#/up/ack",
        "pos/v1/market//a1/up/ack",
    ],
)
def test_a_topic_that_is_no_agent_s_is_refused(topic):
    with pytest.raises(wire.WireError):
        wire.parse_topic(topic)


def test_commands_and_events_are_never_retained():
    retained = {kind for kind in ("cmd", "config", "sync") if wire.parse_topic(ADDRESS.down(kind)).is_retained}

    assert retained == {"config"}
    assert not wire.parse_topic(ADDRESS.device("scanner-1", "event")).is_retained


def test_every_op_of_a_device_has_a_rule_and_arguments():
    ops = set().union(*wire.DEVICE_OPS.values())

    assert ops == set(wire.ARGS)
    assert ops == set(wire.OPS) | {"print"}


def test_a_drawer_lives_five_seconds_and_never_comes_late():
    assert (wire.OPS["open"].job_class, wire.OPS["open"].ttl_ms) == ("never_late", 5_000)


REPORTS = [
    wire.Ack(cmd_id="j", stage="received", n=1, attempt=0, boot_id="b", session=1),
    wire.Ack(cmd_id="j", stage="started", n=2, attempt=1, boot_id="b", session=1),
    wire.Ack(cmd_id="j", stage="held", n=3, attempt=1, boot_id="b", session=1, reason="paper_out"),
    wire.Ack(cmd_id="j", stage="uncertain", n=4, attempt=1, boot_id="b", session=1),
    wire.Ack(cmd_id="j", stage="started", n=5, attempt=2, boot_id="b", session=1),
    wire.Ack(cmd_id="j", stage="done", n=6, attempt=2, boot_id="b", session=1, confirmed=True),
]


def test_reports_in_any_order_give_one_standing():
    ends = {standing_of(order) for order in itertools.permutations(REPORTS)}

    assert {end.stage for end in ends} == {"done"}


@given(some.permutations(REPORTS[:5]), some.lists(some.sampled_from(REPORTS[:5])))
def test_repeated_reports_change_nothing(order, again):
    assert standing_of([*order, *again]) == wire.Standing("started", 2, 5)


def test_a_duplicate_tells_the_stage_of_the_first():
    done = wire.Ack(cmd_id="j", stage="duplicate", of_stage="done", n=9, attempt=1, boot_id="b", session=1)

    assert wire.Standing("sent").after(done).stage == "done"


def test_a_refused_second_use_of_an_id_says_nothing_of_the_first():
    reuse = wire.Ack(cmd_id="j", stage="rejected", reason="id_reuse", n=9, attempt=0, boot_id="b", session=1)

    assert wire.Standing("started", 1, 2).after(reuse) == wire.Standing("started", 1, 2)


def test_a_message_that_is_too_long_is_not_sent():
    long = wire.PrintArgs(kind="receipt", doc=wire.Document(blocks=(wire.Text(text="x" * 1000),) * 150))
    command = wire.Command.of(str(uuid.UUID(int=7)), "print", "receipt-1", long, seq=1, created_at_ms=0)

    with pytest.raises(wire.WireError, match="bytes"):
        command.to_json()


@given(some.integers(0, 4_000_000_000_000))
def test_times_survive_the_wire(at_ms):
    assert wire.utc_ms(wire.utc_text(at_ms)) == at_ms


def standing_of(reports):
    standing = wire.Standing("sent")
    for report in reports:
        standing = standing.after(report)
    return standing
