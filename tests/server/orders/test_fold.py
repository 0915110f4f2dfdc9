"""The fold of open orders: random histories on shared vectors, and each rule told once."""

import json
import random
from dataclasses import asdict
from pathlib import Path

from vectors.histories import HISTORIES, digest, history

from server.orders.fold import MAX_OPERATIONS, Operation, fold

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "fold.json").read_text(encoding="utf-8"))
HEAD = {"branch_id": 1, "kind": "hold", "name": "Kassa 1"}


def operation(number, kind, clock=None, **body):
    return Operation(f"id-{number}", f"order_{kind}", f"{clock or number:016x}", {"head": HEAD} | body, person_id=7)


def add(number, line="a", quantity=2_000, **more):
    return operation(number, "line_add", line_id=line, item_id=5, quantity_milli=quantity, **more)


def test_two_thousand_histories_end_in_the_state_of_the_vectors():
    states = [digest(fold(history(seed))) for seed in range(HISTORIES)]

    assert states == VECTORS["digests"]
    assert json.loads(json.dumps(asdict(fold(history(7))))) == VECTORS["example"]["state"]


def test_any_permutation_with_repeats_gives_one_state():
    for seed in range(HISTORIES):
        dice, made = random.Random(seed), history(seed)
        state = fold(made)
        for _ in range(2):
            arrived = made + dice.choices(made, k=dice.randint(0, 9))
            dice.shuffle(arrived)
            assert fold(arrived) == state, seed


def test_nothing_makes_no_order():
    assert fold([]) is None


def test_two_terminals_that_add_to_one_held_sale_lose_nothing():
    order = fold([add(1, "a"), add(3, "c"), add(2, "b")])

    assert [(line.line_id, line.position, line.left_milli) for line in order.lines] == [
        ("a", 1, 2_000),
        ("b", 2, 2_000),
        ("c", 3, 2_000),
    ]
    assert order.is_open


def test_the_head_of_the_smallest_operation_stands():
    later = Operation(
        "id-9", "order_rename", f"{9:016x}", {"head": HEAD | {"branch_id": 2, "name": "x"}, "name": "Masa 4"}
    )

    order = fold([later, add(1)])

    assert (order.branch_id, order.kind, order.name, order.opened_by) == (1, "hold", "Masa 4", 7)
    assert order.changed_hlc == f"{9:016x}"


def test_a_line_paid_twice_leaves_both_sales_and_one_flag():
    pay = [operation(n, "line_pay", line_id="a", quantity_milli=2_000, sale_id=f"sale-{n}") for n in (2, 3)]

    order = fold([add(1), *pay])

    assert order.lines[0].left_milli == 0
    assert [(flag.kind, flag.over_milli, flag.sale_ids) for flag in order.flags] == [
        ("paid_twice", 2_000, ("sale-2", "sale-3"))
    ]
    assert not order.is_open


def test_a_part_can_be_voided_and_the_rest_paid():
    void = operation(2, "line_void", line_id="a", quantity_milli=500, reason="səhv")
    pay = operation(3, "line_pay", line_id="a", quantity_milli=1_500, sale_id="s")

    order = fold([add(1), void, pay])

    assert (order.lines[0].voided_milli, order.lines[0].paid_milli, order.lines[0].left_milli) == (500, 1_500, 0)
    assert order.flags == ()


def test_more_voided_than_there_was_is_flagged_and_counts_once():
    voids = [operation(n, "line_void", line_id="a", quantity_milli=1_500, reason="") for n in (2, 3)]

    order = fold([add(1), *voids])

    assert (order.lines[0].voided_milli, order.lines[0].left_milli) == (2_000, 0)
    assert [(flag.kind, flag.over_milli) for flag in order.flags] == [("void_too_much", 1_000)]


def test_the_latest_setting_of_each_field_wins_for_a_line_and_for_the_order():
    order = fold(
        [
            add(1, note="az"),
            operation(2, "line_set", line_id="a", note="çox", discount={"kind": "percent", "value": 500}),
            operation(3, "line_set", line_id="a", note=""),
            operation(4, "line_set", line_id=None, note="tez"),
        ]
    )

    assert (order.lines[0].note, order.lines[0].discount) == ("", {"kind": "percent", "value": 500})
    assert (order.note, order.discount) == ("tez", None)


def test_a_drop_covers_the_lines_before_it_and_a_later_line_stays_open():
    order = fold([add(1, "a"), operation(2, "drop", reason="getdi"), add(3, "b")])

    assert [(line.line_id, line.is_dropped, line.left_milli) for line in order.lines] == [
        ("a", True, 0),
        ("b", False, 2_000),
    ]
    assert (order.dropped.reason, order.dropped.by) == ("getdi", 7)


def test_what_is_said_of_a_line_before_it_arrives_waits_for_it():
    void = operation(1, "line_void", line_id="a", quantity_milli=2_000, reason="")

    assert fold([void]).lines == ()
    assert fold([void, add(2)]).lines[0].left_milli == 0


def test_an_order_of_the_largest_size_folds():
    made = [add(n, f"line-{n}") for n in range(1, MAX_OPERATIONS + 1)]

    assert len(fold(made).lines) == MAX_OPERATIONS
