"""Cost layers: known cases worked out by hand, and what must hold over any life of a shelf."""

import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.stock.costing import Layer, Shelf, add_value, at_last_cost, issue, level, put_back, receive, spread


def identifier(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


def shelf(*receipts: tuple[int, int]) -> Shelf:
    """A shelf that received quantities (pieces) at whole values."""
    stock = Shelf()
    for position, (pieces, value) in enumerate(receipts, start=1):
        layer_id = identifier(position)
        stock = receive(stock, pieces * 1_000, value, layer_id=layer_id, position=position).shelf
    return stock


def take(stock: Shelf, pieces: int, method="fifo"):
    return issue(stock, pieces * 1_000, provisional_id=identifier(999), method=method)


def test_first_in_goes_out_first():
    issued = take(shelf((5, 500), (5, 1_000)), 7)

    assert [(one.layer_id, one.quantity_milli, one.value_minor) for one in issued.takes] == [
        (identifier(1), 5_000, 500),
        (identifier(2), 2_000, 400),
    ]
    assert issued.value_minor == 900
    assert issued.shelf.layers == (Layer(identifier(2), 2, 3_000, 600),)
    assert issued.changed == (Layer(identifier(1), 1, 0, 0), Layer(identifier(2), 2, 3_000, 600))


def test_last_in_goes_out_first():
    issued = take(shelf((5, 500), (5, 1_000)), 7, "lifo")

    assert issued.value_minor == 1_000 + 200
    assert issued.shelf.layers == (Layer(identifier(1), 1, 3_000, 300),)


def test_the_average_mixes_the_layers():
    issued = take(shelf((5, 500), (5, 1_000)), 4, "average")

    assert issued.value_minor == 600
    assert issued.shelf.quantity_milli == 6_000
    assert issued.shelf.value_minor == 900
    assert take(issued.shelf, 6, "average").value_minor == 900


def test_the_last_issue_takes_the_rest():
    stock, values = shelf((3, 100)), []
    for _ in range(3):
        issued = take(stock, 1)
        stock = issued.shelf
        values.append(issued.value_minor)

    assert values == [33, 34, 33]
    assert stock.layers == ()


def test_negative_stock_is_settled_by_the_next_receipt_exactly_once():
    """5 sold at a provisional 10, then 10 received at 12: a correction of 10, stock 5 at 60."""
    stock = take(shelf((1, 10)), 1).shelf
    oversold = take(stock, 5)
    assert (oversold.takes[0].layer_id, oversold.value_minor) == (None, 50)
    assert (oversold.shelf.quantity_milli, oversold.shelf.value_minor) == (-5_000, -50)

    receipt = receive(oversold.shelf, 10_000, 120, layer_id=identifier(2), position=2)

    assert receipt.correction_minor == 10
    assert [(one.take_id, one.quantity_milli, one.value_minor) for one in receipt.settlements] == [
        (identifier(999), 5_000, 60)
    ]
    assert (receipt.shelf.quantity_milli, receipt.shelf.value_minor) == (5_000, 60)
    again = receive(receipt.shelf, 1_000, 12, layer_id=identifier(3), position=3)
    assert again.settlements == ()


def test_a_small_receipt_settles_a_part_and_the_parts_add_up():
    stock = take(shelf((3, 100)), 10).shelf
    provisional = stock.owed[0].value_minor
    corrections, settled = 0, 0
    for position in range(2, 9):
        receipt = receive(stock, 1_000, 40, layer_id=identifier(position), position=position)
        stock = receipt.shelf
        corrections += receipt.correction_minor
        settled += sum(one.value_minor for one in receipt.settlements)

    assert stock.owed == ()
    assert provisional + corrections == settled == 7 * 40
    assert (stock.quantity_milli, stock.value_minor) == (0, 0)


def test_what_was_never_bought_leaves_at_no_cost():
    issued = take(Shelf(), 2)

    assert issued.value_minor == 0
    assert receive(issued.shelf, 3_000, 90, layer_id=identifier(1), position=1).correction_minor == 60


def test_goods_given_back_do_not_change_the_last_known_cost():
    stock = take(shelf((2, 200), (2, 300)), 1).shelf

    back = put_back(stock, 1_000, 100, layer_id=identifier(3), position=3)

    assert (back.shelf.last_minor, back.shelf.last_milli) == (300, 2_000)
    assert back.shelf.layers[-1] == Layer(identifier(3), 3, 1_000, 100)
    assert at_last_cost(back.shelf, 4_000) == 600


def test_what_is_no_issue_and_no_receipt_is_refused():
    with pytest.raises(ValueError, match="positive"):
        issue(Shelf(), 0, provisional_id=identifier(1))
    with pytest.raises(ValueError, match="positive"):
        receive(Shelf(), 0, 5, layer_id=identifier(1), position=1)
    with pytest.raises(ValueError, match="negative"):
        receive(Shelf(), 1, -5, layer_id=identifier(1), position=1)
    with pytest.raises(ValueError, match="read"):
        receive(Shelf(unread_milli=1_000), 1, 5, layer_id=identifier(1), position=1)


def test_an_issue_needs_no_debts_but_their_sums():
    known = issue(Shelf(last_minor=10, last_milli=1_000), 5_000, provisional_id=identifier(1)).shelf
    unread = Shelf(last_minor=10, last_milli=1_000, unread_milli=5_000, unread_minor=50)

    after = [issue(shelf, 2_000, provisional_id=identifier(2)) for shelf in (known, unread)]

    assert [one.value_minor for one in after] == [20, 20]
    assert [(one.shelf.quantity_milli, one.shelf.value_minor) for one in after] == [(-7_000, -70)] * 2


EVENTS = st.lists(st.tuples(st.integers(-9_000, 9_000).filter(bool), st.integers(0, 50_000)), max_size=40)


@settings(max_examples=200)
@given(EVENTS, st.sampled_from(["fifo", "lifo", "average"]))
def test_over_any_life_value_is_never_lost(events, method):
    stock, received, issued_value, corrections, on_hand = Shelf(), 0, 0, 0, 0
    for number, (quantity, value) in enumerate(events, start=1):
        on_hand += quantity
        if quantity > 0:
            receipt = receive(stock, quantity, value, layer_id=identifier(number), position=number)
            stock, received, corrections = receipt.shelf, received + value, corrections + receipt.correction_minor
        else:
            issued = issue(stock, -quantity, provisional_id=identifier(number), method=method)
            assert sum(one.quantity_milli for one in issued.takes) == -quantity
            stock, issued_value = issued.shelf, issued_value + issued.value_minor
        assert all(layer.left_milli > 0 and layer.left_minor >= 0 for layer in stock.layers)
        assert not (stock.layers and stock.owed)
        assert stock.quantity_milli == on_hand
        assert received == issued_value + corrections + stock.value_minor
        if on_hand == 0:
            assert stock.value_minor == 0


def test_the_average_rounds_each_issue_once_over_all_layers():
    """4.00 over 3 pieces of 1.00, 1.00 and 2.00: two of them cost 2.67, whatever each layer would round to."""
    stock = shelf((1, 100), (1, 100), (1, 200))

    issued = take(stock, 2, "average")

    assert issued.value_minor == 267
    assert sum(one.value_minor for one in issued.takes) == 267
    assert issued.shelf.layers == (Layer(identifier(3), 3, 1_000, 133),)


def test_layers_are_levelled_by_pieces():
    levelled = level(shelf((1, 100), (3, 700)))

    assert [layer.left_minor for layer in levelled.layers] == [200, 600]


def test_value_is_added_to_one_layer_or_to_all_by_pieces():
    stock = shelf((1, 100), (3, 700))

    assert [layer.left_minor for layer in add_value(stock, 8, layer_id=identifier(1)).layers] == [108, 700]
    assert [layer.left_minor for layer in add_value(stock, 8).layers] == [102, 706]


def test_no_layer_becomes_worth_less_than_nothing():
    stock = shelf((1, 10), (1, 700))

    assert [layer.left_minor for layer in add_value(stock, -500).layers] == [0, 210]
    with pytest.raises(ValueError, match="worth less"):
        add_value(stock, -711)
    with pytest.raises(ValueError, match="worth less"):
        add_value(stock, -11, layer_id=identifier(1))
    with pytest.raises(ValueError, match="nothing"):
        add_value(Shelf(), 5)


GOODS = st.lists(st.tuples(st.integers(1, 5_000), st.integers(0, 900)), min_size=1, max_size=8)


@given(GOODS, st.integers(-5_000, 5_000))
def test_goods_bear_an_amount_as_far_as_they_can(goods, amount):
    quantities, worth = [quantity for quantity, _ in goods], [value for _, value in goods]

    shares = spread(amount, quantities, worth)

    assert sum(shares) == max(amount, -sum(worth))
    assert all(value + share >= 0 and share * amount >= 0 for value, share in zip(worth, shares, strict=True))
