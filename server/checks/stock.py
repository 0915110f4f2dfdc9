"""Stock: balances are the sum of their moves (I16), cost layers close with them to the last minor unit (I18)."""

from collections.abc import Iterator

from server.checks.books import Books, Violation


def balances(books: Books) -> Iterator[Violation]:
    """I16: what is on hand, in quantity and value, is the sum of all moves."""
    moved = books.sums(
        "SELECT item_id, warehouse_id, SUM(quantity_milli) FROM stock_move GROUP BY item_id, warehouse_id"
    )
    worth = books.sums("SELECT item_id, warehouse_id, SUM(value_minor) FROM stock_move GROUP BY item_id, warehouse_id")
    held = {
        row[:2]: row[2:] for row in books.rows("SELECT item_id, warehouse_id, quantity_milli, value_minor FROM balance")
    }
    for key in {*moved, *held}:
        if held.get(key, (0, 0)) != (moved[key], worth[key]):
            subject = f"item {key[0]} in warehouse {key[1]}"
            yield Violation("I16", subject, f"balance {held.get(key)}, moves {(moved[key], worth[key])}")


def layers(books: Books) -> Iterator[Violation]:
    """I18: layers hold what the takes left; what is on hand is layers less what is owed; oldest first; costs agree."""
    yield from _each_layer(books)
    yield from _layers_against_balances(books)
    yield from _oldest_first(books)
    yield from _settled_once(books)
    yield from _costs_of_sales(books)
    yield from _corrections(books)


def _each_layer(books: Books) -> Iterator[Violation]:
    taken = books.sums(f"SELECT layer_id, quantity_milli FROM ({_TAKEN}) AS taken")
    taken_value = books.sums(f"SELECT layer_id, value_minor FROM ({_TAKEN}) AS taken")
    query = "SELECT id, quantity_milli, value_minor, left_milli, left_minor FROM cost_layer"
    for layer, quantity, value, left, left_value in books.rows(query):
        if not 0 <= left <= quantity or left != quantity - taken[layer] or left_value != value - taken_value[layer]:
            detail = (
                f"{left} at {left_value} left of {quantity} at {value}, taken {taken[layer]} at {taken_value[layer]}"
            )
            yield Violation("I18", f"layer {layer}", detail)
        if left == 0 and left_value != 0:
            yield Violation("I18", f"layer {layer}", f"empty, but worth {left_value}")


_TAKEN = """
    SELECT layer_id, quantity_milli, value_minor FROM layer_take WHERE layer_id IS NOT NULL
    UNION ALL SELECT layer_id, quantity_milli, value_minor FROM layer_settlement
"""


def _layers_against_balances(books: Books) -> Iterator[Violation]:
    left = books.sums("SELECT item_id, warehouse_id, left_milli FROM cost_layer")
    value = books.sums("SELECT item_id, warehouse_id, left_minor FROM cost_layer")
    owed = books.sums("""
        SELECT stock_move.item_id, stock_move.warehouse_id, layer_take.owed_milli FROM layer_take
        JOIN stock_move ON stock_move.id = layer_take.move_id WHERE layer_take.owed_milli > 0
    """)
    for item, warehouse, quantity, worth in books.rows(
        "SELECT item_id, warehouse_id, quantity_milli, value_minor FROM balance"
    ):
        key = (item, warehouse)
        subject = f"item {item} in warehouse {warehouse}"
        if quantity != left[key] - owed[key]:
            yield Violation("I18", subject, f"on hand {quantity}, layers {left[key]} less {owed[key]} owed")
        if not owed[key] and worth != value[key]:
            yield Violation("I18", subject, f"worth {worth}, layers {value[key]}")
        if left[key] and owed[key]:
            yield Violation("I18", subject, f"{left[key]} lie in layers while {owed[key]} are owed")


def _oldest_first(books: Books) -> Iterator[Violation]:
    query = f"""
        SELECT older.id, newer.id FROM cost_layer AS older
        JOIN cost_layer AS newer ON newer.item_id = older.item_id AND newer.warehouse_id = older.warehouse_id
             AND newer.position > older.position
        WHERE older.left_milli > 0 AND newer.left_milli < newer.quantity_milli
          AND newer.id IN (SELECT layer_id FROM ({_TAKEN}) AS taken)
    """
    for older, newer in books.rows(query):
        yield Violation("I18", f"layer {newer}", f"was taken from while the older layer {older} holds goods")


def _settled_once(books: Books) -> Iterator[Violation]:
    settled = books.sums("SELECT take_id, quantity_milli FROM layer_settlement")
    query = "SELECT id, quantity_milli, owed_milli FROM layer_take WHERE layer_id IS NULL"
    for take, quantity, owed in books.rows(query):
        if owed < 0 or settled[take] + owed != quantity:
            yield Violation("I18", f"take {take}", f"{settled[take]} settled and {owed} owed of {quantity}")


def _costs_of_sales(books: Books) -> Iterator[Violation]:
    moved = books.sums(
        "SELECT source_id, -value_minor FROM stock_move WHERE source_kind = 'sale' AND quantity_milli <> 0"
    )
    lines = books.sums("SELECT sale_id, cost_minor FROM sale_line")
    for sale, cost in books.rows("SELECT id, cost_minor FROM sale"):
        if not cost == lines[sale] == moved[sale]:
            yield Violation("I18", f"sale {sale}", f"cost {cost}, its lines {lines[sale]}, its moves {moved[sale]}")


def _corrections(books: Books) -> Iterator[Violation]:
    query = """
        SELECT cost_correction.id, cost_correction.amount_minor, stock_move.quantity_milli, stock_move.value_minor
        FROM cost_correction JOIN stock_move ON stock_move.id = cost_correction.move_id
    """
    for correction, amount, quantity, value in books.rows(query):
        if quantity != 0 or value != -amount:
            yield Violation("I18", f"correction {correction}", f"{amount}, but its move is {quantity} at {value}")
